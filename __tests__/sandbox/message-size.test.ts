import { createSandbox, type SandboxOptions } from '../../src/sandbox';
import {
  ask,
  attach,
  LUNCH,
  makeDraft,
  openSession,
  post,
  putRange,
  refusal,
  send,
  sendMime,
} from './support';

const MB = 1_000_000;
const BODY = LUNCH.body.content.length;
const SMALL = { sessionMinimumBytes: 5, rangeBytes: 6 };
const EXCEEDED = {
  status: 413,
  code: 'ErrorMessageSizeExceeded',
  message: 'The message exceeds the maximum supported size.',
};

async function withSession(options: SandboxOptions, size = 10) {
  const sandbox = createSandbox(options);
  const id = await makeDraft(sandbox);
  return { sandbox, id, url: await openSession(sandbox, id, { size }) };
}

describe('the size of a message', () => {
  test('is 35 MB by default, and refused by the range that crosses it', async () => {
    const { sandbox, url } = await withSession({ keepContent: 'hash' }, 36 * MB);
    const bytes = new Uint8Array(3.5 * MB);
    for (let at = 0; at < 9; at += 1) {
      const start = at * bytes.length;
      const range = `bytes ${start}-${start + bytes.length - 1}/${36 * MB}`;
      expect((await putRange(sandbox, url, bytes, range)).status).toBe(200);
    }
    const start = 9 * bytes.length;
    // With the body of the draft this one is over.
    const range = `bytes ${start}-${start + bytes.length - 1}/${36 * MB}`;
    expect(await refusal(putRange(sandbox, url, bytes, range))).toEqual(EXCEEDED);
  });

  test('counts body, attachments and the ranges that are there', async () => {
    const limits = { ...SMALL, messageBytes: BODY + 5 + 9 };
    const { sandbox, id, url } = await withSession({ limits });
    await attach(sandbox, id);
    expect((await putRange(sandbox, url, 'abcde', 'bytes 0-4/10')).status).toBe(200);
    expect(await refusal(putRange(sandbox, url, 'fghij', 'bytes 5-9/10'))).toEqual(EXCEEDED);
    expect(sandbox.drafts).toMatchObject([{ attachments: [{ size: 5 }] }]);
    const fits = await withSession({ limits: { ...limits, messageBytes: BODY + 5 + 10 } });
    await attach(fits.sandbox, fits.id);
    await putRange(fits.sandbox, fits.url, 'abcde', 'bytes 0-4/10');
    expect((await putRange(fits.sandbox, fits.url, 'fghij', 'bytes 5-9/10')).status).toBe(201);
    expect((await ask(fits.sandbox, 'POST', `messages/${fits.id}/send`)).status).toBe(202);
  });

  test('may be another one for one mailbox', async () => {
    const mailbox = { id: '11111111-2222-3333-4444-555555555555', displayName: 'App' };
    const mailboxes = [{ ...mailbox, userPrincipalName: 'app@contoso.example', messageBytes: BODY + 9 }];
    const { sandbox, url } = await withSession({ mailboxes, limits: SMALL });
    expect((await send(sandbox, LUNCH)).status).toBe(202);
    await putRange(sandbox, url, 'abcde', 'bytes 0-4/10');
    expect(await refusal(putRange(sandbox, url, 'fghij', 'bytes 5-9/10'))).toEqual(EXCEEDED);
    const message = { ...LUNCH, body: { contentType: 'text', content: 'x'.repeat(BODY + 10) } };
    expect(await refusal(send(sandbox, message))).toMatchObject({ code: 'ErrorMessageSizeExceeded' });
  });
});

describe('the attachments of a message', () => {
  const file = (number: number) => ({
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: `${number}.txt`,
    contentBytes: 'SGk=',
  });
  const files = (count: number) => Array.from({ length: count }, (_, number) => file(number));

  test('are 250 at most', async () => {
    const sandbox = createSandbox();
    expect((await send(sandbox, { ...LUNCH, attachments: files(250) })).status).toBe(202);
    expect(await refusal(send(sandbox, { ...LUNCH, attachments: files(251) }))).toMatchObject({
      status: 400,
      message: 'The message has 251 attachments, the limit is 250.',
    });
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: files(249) });
    expect((await attach(sandbox, id)).status).toBe(201);
    expect((await attach(sandbox, id)).status).toBe(400);
    expect((await ask(sandbox, 'POST', `messages/${id}/send`)).status).toBe(202);
  });

  test('are as many by uploads', async () => {
    const { sandbox, url } = await withSession({ limits: { ...SMALL, attachments: 0 } }, 5);
    expect((await putRange(sandbox, url, 'abcde', 'bytes 0-4/5')).status).toBe(400);
  });
});

describe('the headers of a message', () => {
  const mime = (value: string) => ['To: megan@fabrikam.example', `X-Long: ${value}`, '', 'x'];

  test('take up 256 KB at most', async () => {
    const sandbox = createSandbox();
    expect((await sendMime(sandbox, mime('x'.repeat(255_000)))).status).toBe(202);
    expect(await refusal(sendMime(sandbox, mime('x'.repeat(256_000))))).toMatchObject({
      status: 400,
      message: expect.stringMatching(
        /^The headers of the message have 2560\d\d bytes, the limit is 256000\.$/,
      ),
    });
    expect((await sendMime(sandbox, ['To: a@b.example', '', 'x'.repeat(300_000)])).status).toBe(202);
  });

  test('take up as much as JSON', async () => {
    const sandbox = createSandbox();
    const message = (bytes: number) => ({
      ...LUNCH,
      internetMessageHeaders: [{ name: 'x-long', value: 'x'.repeat(bytes) }],
    });
    expect((await send(sandbox, message(250_000))).status).toBe(202);
    expect((await send(sandbox, message(256_000))).status).toBe(400);
  });
});

test('a request over 4 MB is a bad one where the sandbox is told so', async () => {
  const sandbox = createSandbox({ oversizedRequest: 400 });
  const body = (bytes: number) => JSON.stringify({ message: LUNCH }).padEnd(bytes);
  expect((await post(sandbox, body(4 * MB))).status).toBe(202);
  expect(await refusal(post(sandbox, body(4 * MB + 1)))).toEqual({
    status: 400,
    code: 'BadRequest',
    message: 'The maximum request length supported is 4MB.',
  });
});

test('the wide limits take an attachment of 3,145,611 bytes and not one more, and sessions from 2,097,152', async () => {
  const limits = { requestBytes: 4 * 2 ** 20, attachmentBytes: 3_145_612, sessionMinimumBytes: 2 ** 21 };
  const sandbox = createSandbox({ limits });
  const id = await makeDraft(sandbox);
  const file = (bytes: number) => ({
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'a.bin',
    contentBytes: Buffer.alloc(bytes).toString('base64'),
  });
  expect((await attach(sandbox, id, file(3_145_611))).status).toBe(201);
  expect((await attach(sandbox, id, file(3_145_612))).status).toBe(413);
  const path = `messages/${id}/attachments/createUploadSession`;
  const statusOf = async (size: number) =>
    (await ask(sandbox, 'POST', path, { AttachmentItem: { attachmentType: 'file', name: 'a', size } }))
      .status;
  expect(await statusOf(2_097_151)).toBe(400);
  expect(await statusOf(2_097_152)).toBe(201);
});
