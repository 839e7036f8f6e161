import { createSandbox } from '../../src/sandbox';
import { LUNCH, post, refusal, send, tokenFor } from './support';

const REQUEST = JSON.stringify({ message: LUNCH });

/** The body of a sendMail, padded with white space to a size. */
const ofSize = (sizeBytes: number) => REQUEST.padEnd(sizeBytes);

describe('the size of a request', () => {
  test('may be 4,000,000 bytes and not one more', async () => {
    const sandbox = createSandbox();
    expect((await post(sandbox, ofSize(4_000_000))).status).toBe(202);
    expect(await refusal(post(sandbox, ofSize(4_000_001)))).toEqual({
      status: 413,
      code: 'RequestEntityTooLarge',
      message: expect.stringMatching(/^The maximum request length supported is 4MB\./),
    });
  });

  test('is counted in bytes, not in characters', async () => {
    const sandbox = createSandbox({ limits: { requestBytes: REQUEST.length + 10 } });
    const message = { ...LUNCH, subject: `${LUNCH.subject}${'é'.repeat(10)}` };
    expect((await send(sandbox, message)).status).toBe(413);
  });

  test('is refused by its Content-Length alone, without reading it', async () => {
    const sandbox = createSandbox();
    const body = new ReadableStream({ pull: () => Promise.reject(new Error('read')) }, { highWaterMark: 0 });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const headers = { authorization, 'content-length': '4000001' };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    const url = `https://graph.microsoft.com/v1.0/users/${sandbox.options.userId}/sendMail`;
    expect((await sandbox.handle(new Request(url, init))).status).toBe(413);
  });

  test('is refused as soon as a body without a Content-Length has passed it', async () => {
    const sandbox = createSandbox({ limits: { requestBytes: 10_000 } });
    let sentBytes = 0;
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1000));
        sentBytes += 1000;
      },
    });
    const authorization = `Bearer ${await tokenFor(sandbox)}`;
    const init = { method: 'POST', headers: { authorization }, body: endless, duplex: 'half' };
    const url = `https://graph.microsoft.com/v1.0/users/${sandbox.options.userId}/sendMail`;
    expect((await sandbox.handle(new Request(url, init))).status).toBe(413);
    expect(sentBytes).toBeLessThan(20_000);
  });

  test('is looked at before the content type', async () => {
    const sandbox = createSandbox({ limits: { requestBytes: 10 } });
    expect((await post(sandbox, REQUEST, { contentType: 'text/html' })).status).toBe(413);
  });
});

describe('the content type', () => {
  test.each([
    'application/json',
    'Application/JSON ; charset=utf-8',
    'application/json;odata.metadata=minimal',
  ])('reads JSON given %s', async (contentType) => {
    expect((await post(createSandbox(), REQUEST, { contentType })).status).toBe(202);
  });

  test.each(['text/html', 'message/rfc822', 'application/jsonp', 'text/plainish', null])(
    'is refused given %s',
    async (contentType) => {
      expect(await refusal(post(createSandbox(), REQUEST, { contentType }))).toMatchObject({
        status: 415,
        code: 'RequestBodyRead',
      });
    },
  );

  test('is looked at before the mailbox', async () => {
    const options = { contentType: 'text/html', user: 'nobody@contoso.example' };
    expect((await post(createSandbox(), REQUEST, options)).status).toBe(415);
  });
});

describe('the JSON', () => {
  test.each([
    ['nothing', ''],
    ['half an object', REQUEST.slice(0, -1)],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('is refused given %s', async (_what, body) => {
    expect(await refusal(post(createSandbox(), body))).toMatchObject({
      status: 400,
      code: 'UnableToDeserializePostBody',
    });
  });

  test.each(['[]', '"text"', 'null', '1'])('is refused given %s for an object', async (body) => {
    expect(await refusal(post(createSandbox(), body))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
    });
  });

  test('is missed in a request without a body', async () => {
    const sandbox = createSandbox();
    const headers = {
      authorization: `Bearer ${await tokenFor(sandbox)}`,
      'content-type': 'application/json',
    };
    const url = `https://graph.microsoft.com/v1.0/users/${sandbox.options.userId}/sendMail`;
    expect(await refusal(sandbox.handle(new Request(url, { method: 'POST', headers })))).toMatchObject({
      status: 400,
      code: 'UnableToDeserializePostBody',
    });
  });

  test('must hold a message', async () => {
    expect(await refusal(post(createSandbox(), '{"saveToSentItems":false}'))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
      message: expect.stringContaining("'message'"),
    });
  });

  test('may have the capitals of the metadata', async () => {
    const sandbox = createSandbox();
    const body = JSON.stringify({ Message: LUNCH, SaveToSentItems: false });
    expect((await post(sandbox, body)).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ subject: LUNCH.subject, savedToSentItems: false }]);
  });
});

describe('saveToSentItems', () => {
  test.each([
    ['{}', true],
    ['{"saveToSentItems":true}', true],
    ['{"saveToSentItems":false}', false],
    ['{"saveToSentItems":"true"}', true],
    ['{"saveToSentItems":"false"}', false],
  ])('given %s means %s', async (json, saved) => {
    const sandbox = createSandbox();
    await post(sandbox, JSON.stringify({ message: LUNCH, ...JSON.parse(json) }));
    expect(sandbox.messages).toMatchObject([{ savedToSentItems: saved }]);
  });

  test('breaks the service given null', async () => {
    const body = JSON.stringify({ message: LUNCH, saveToSentItems: null });
    expect(await refusal(post(createSandbox(), body))).toMatchObject({
      status: 500,
      code: 'ErrorInternalServerError',
    });
  });

  test.each(['no', 0, [], {}])('is refused given %j', async (saveToSentItems) => {
    const body = JSON.stringify({ message: LUNCH, saveToSentItems });
    expect(await refusal(post(createSandbox(), body))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
    });
  });
});
