import { makeDraft, openSession, putRange, tokenFor } from '../sandbox/support';
import { REQUEST_ID, tooBigForMailbox, wrongAudience } from './recorded-answers';
import { seen } from './seen';
import { errorOf, LARGE, LARGE_BYTES, meaningOf, sendBy, services } from './sending';

const { recorded, sandbox } = services();

seen(5, () => {
  test.each([400, 413])('a PUT that is over the size limit of the mailbox is final: %i', async (status) => {
    const service = await recorded({ 'upload-range': ['well', 'well', tooBigForMailbox(status)] });
    const error = errorOf(await sendBy(service.options, LARGE));
    expect(error).toMatchObject({
      code: 'EMESSAGE',
      graphCode: 'ErrorMessageSizeExceeded',
      responseCode: status,
      requestId: REQUEST_ID,
      retryable: false,
      ambiguous: false,
    });
    expect(error.hint).toMatch(/35 MB/);
    expect(error.message).toContain('The message exceeds the maximum supported size');
    expect(error.draftId).toBeUndefined();
    expect(service.count('create-upload-session')).toBe(1);
    expect(service.count('upload-range')).toBe(3);
    expect(service.sent).toEqual([]);
    expect(service.drafts()).toEqual([]);
  });

  test('the sandbox refuses what is over 35 MB on a PUT, before the end', async () => {
    const service = await sandbox({ keepContent: 'hash' });
    const size = 43_000_000;
    const url = await openSession(service, await makeDraft(service), { size });
    const step = 3_900_000;
    let answer = new Response();
    let start = 0;
    for (; start < size && answer.status === 200; start += step) {
      const bytes = Buffer.alloc(Math.min(step, size - start), 'x');
      answer = await putRange(service, url, bytes, `bytes ${start}-${start + bytes.length - 1}/${size}`);
    }
    expect(start).toBeGreaterThan(30_000_000);
    expect(start).toBeLessThan(size);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await answer.json()).error).toMatchObject({
      code: 'ErrorMessageSizeExceeded',
      message: 'The message exceeds the maximum supported size.',
    });
  });

  test('the sandbox comes to the same end', async () => {
    const played = await sandbox({ limits: { messageBytes: 5_000_000 } });
    const ended = await sendBy(played.options, LARGE);
    const { responseCode = 400, ...meaning } = meaningOf(ended);
    const service = await recorded({ 'upload-range': ['well', tooBigForMailbox(responseCode)] });
    expect({ responseCode, ...meaning }).toEqual(meaningOf(await sendBy(service.options, LARGE)));
    expect(played.requests.at(-1)?.path).not.toMatch(/send$/);
    expect(played.drafts).toEqual([]);
    expect(played.messages).toEqual([]);
  });
});

seen(9, () => {
  const CODES = ['InvalidAudience', 'InvalidAudienceForResource'];

  test.each(CODES)('%s ends a session, and another one is opened', async (code) => {
    const service = await recorded({ 'upload-range': ['well', wrongAudience(code)] });
    const { info } = await sendBy(service.options, LARGE);
    expect(info).toMatchObject({ route: 'draft' });
    expect(service.count('create-upload-session')).toBe(2);
    expect(service.sent).toHaveLength(1);
    expect(service.drafts()).toEqual([]);
  });

  test.each(CODES)('%s of every session is worth another try, later', async (code) => {
    const service = await recorded({ 'upload-range': { always: wrongAudience(code) } });
    const ended = await sendBy(service.options, LARGE);
    expect(meaningOf(ended)).toMatchObject({
      graphCode: code,
      responseCode: 401,
      retryable: true,
      ambiguous: false,
    });
    expect(errorOf(ended).hint).toMatch(/\w/);
    expect(errorOf(ended).message).toContain('The audience claim value is invalid');
    expect(service.count('create-upload-session')).toBe(3);
    expect(service.sent).toEqual([]);
    expect(service.drafts()).toEqual([]);
  });

  test('no upload URL gets a token, and none is changed', async () => {
    const service = await recorded();
    await sendBy(service.options, LARGE);
    const puts = service.requests.filter(({ name }) => name === 'upload-range');
    expect(puts).toHaveLength(3);
    for (const { headers, path } of puts) {
      expect(headers.authorization).toBeUndefined();
      expect(path).toMatch(/\?authtoken=eyJhbGciOi\.a%2Bb$/);
    }
  });

  test('the sandbox answers a token on an upload URL as the service was seen to', async () => {
    const service = await sandbox();
    const url = await openSession(service, await makeDraft(service), { size: LARGE_BYTES });
    const answer = await putRange(service, url, Buffer.alloc(10), `bytes 0-9/${LARGE_BYTES}`, {
      authorization: `Bearer ${await tokenFor(service)}`,
    });
    expect(answer.status).toBe(401);
    const { error } = await answer.json();
    expect(error).toEqual({
      code: expect.stringMatching(/^InvalidAudience(ForResource)?$/),
      message: expect.stringMatching(/^The audience claim value is invalid for current resource\. /),
      innerError: {
        oAuthEventOperationId: expect.any(String),
        oAuthEventcV: expect.any(String),
        errorUrl: 'https://aka.ms/autherrors#error-InvalidResource',
        requestId: expect.any(String),
        date: expect.any(String),
      },
    });
  });

  test('the sandbox plays a right upload that is refused to the same end', async () => {
    const status = 401;
    const code = 'InvalidAudienceForResource';
    const played = await sandbox();
    const fault = { kind: 'answer', status, code, message: 'The audience claim value is invalid.' } as const;
    played.failNext('upload-range', fault);
    expect((await sendBy(played.options, LARGE)).info).toMatchObject({ route: 'draft' });
    played.failNext('upload-range', fault, { times: 1000 });
    const service = await recorded({ 'upload-range': { always: wrongAudience(code) } });
    const ended = await sendBy(played.options, LARGE);
    expect(meaningOf(ended)).toEqual(meaningOf(await sendBy(service.options, LARGE)));
    expect(played.messages).toHaveLength(1);
    expect(played.drafts).toEqual([]);
  });

  test('the sandbox takes the same range without a token', async () => {
    const service = await sandbox();
    const url = await openSession(service, await makeDraft(service), { size: LARGE_BYTES });
    const answer = await putRange(service, url, Buffer.alloc(10), `bytes 0-9/${LARGE_BYTES}`);
    expect(answer.status).toBe(200);
  });
});
