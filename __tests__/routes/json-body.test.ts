import { jsonBody } from '../../src/routes/json-body';

test('writes what JSON.stringify does, given attachments small and large', () => {
  const attachments = [10, 100_000, 0, 20_000, 12_000].map((size, n) => ({
    name: `"${n}" Grüße.bin`,
    contentBytes: Buffer.alloc(size, `${n}ÿ`).toString('base64'),
    contentId: undefined,
  }));
  const request = { message: { subject: '"\n😀', attachments, sentAt: new Date(0) }, saveToSentItems: true };
  expect(jsonBody(request).toString()).toBe(JSON.stringify(request));
});
