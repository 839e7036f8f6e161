import { refusal, throttled } from './recorded-answers';
import { seen } from './seen';
import { createHastyClock, errorOf, LARGE, LUNCH, meaningOf, sendBy, services } from './sending';

const { recorded, sandbox } = services();

/** Tens of seconds. */
const FIRST_MS = { least: 10_000, most: 60_000 };

seen(11, () => {
  const ANSWERS = [
    ['429', throttled()],
    ['503 with a code of throttling', refusal(503, 'ApplicationThrottled', 'Over its limit.')],
    ['429 without a body', { status: 429 }],
  ] as const;

  test.each(ANSWERS.flatMap(([what, answer]) => [0, 0.5, 0.999].map((random) => ({ what, answer, random }))))(
    '$what without a number waits tens of seconds, each time twice as long: $random',
    async ({ answer, random }) => {
      const service = await recorded({ 'send-mail': [answer, answer, answer] });
      const { info, waits } = await sendBy(service.options, LUNCH, createHastyClock(random));
      expect(info).toMatchObject({ route: 'json' });
      const [first = 0, second = 0, third = 0, ...more] = waits;
      expect(more).toEqual([]);
      expect(first).toBeGreaterThanOrEqual(FIRST_MS.least);
      expect(first).toBeLessThanOrEqual(FIRST_MS.most);
      expect(second / first).toBeCloseTo(2, 1);
      expect(third).toBeGreaterThan(second);
      expect(third / second).toBeLessThanOrEqual(2.1);
      expect(Math.max(...waits)).toBeLessThanOrEqual(180_000);
    },
  );

  test('no wait is longer than maxDelay', async () => {
    const service = await recorded({ 'send-mail': { always: throttled() } });
    const retry = { attempts: 8, maxDelay: 45_000 };
    const { waits } = await sendBy({ ...service.options, retry });
    expect(waits).toHaveLength(7);
    expect(Math.max(...waits)).toBe(45_000);
  });

  test.each(ANSWERS)('the error of %s tells how long to wait', async (_what, answer) => {
    const service = await recorded({ 'send-mail': { always: answer } });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({ code: 'ETIMEDOUT', retryable: true, ambiguous: false });
    expect(error.retryAfter).toBeGreaterThanOrEqual(FIRST_MS.least);
    expect(Number.isFinite(error.retryAfter)).toBe(true);
  });

  test('the number of the service is heeded, and told', async () => {
    const service = await recorded({ 'send-mail': { always: throttled({ 'retry-after': '150' }) } });
    const ended = await sendBy({ ...service.options, retry: { attempts: 2 } });
    expect(ended.waits).toEqual([150_000]);
    expect(errorOf(ended).retryAfter).toBe(150_000);
  });

  test('a number beyond all numbers is none', async () => {
    const service = await recorded({
      'send-mail': { always: throttled({ 'retry-after': '9'.repeat(400) }) },
    });
    const { error, waits } = await sendBy({ ...service.options, retry: { attempts: 3 } });
    expect(Number.isFinite(error?.retryAfter)).toBe(true);
    expect(waits.every(Number.isFinite)).toBe(true);
  });

  test('an upload that is throttled pauses the mailbox as well', async () => {
    const service = await recorded({ 'upload-range': ['well', throttled()] });
    const { info, waits } = await sendBy(service.options, LARGE);
    expect(info).toMatchObject({ route: 'draft' });
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(FIRST_MS.least);
    const always = await recorded({ 'upload-range': { always: throttled() } });
    const ended = await sendBy(always.options, LARGE);
    expect(meaningOf(ended)).toMatchObject({
      code: 'ETIMEDOUT',
      graphCode: 'ApplicationThrottled',
      responseCode: 429,
      retryable: true,
      ambiguous: false,
    });
    expect(always.drafts()).toEqual([]);
  });

  test('a connection that breaks keeps its short wait', async () => {
    const service = await recorded({ 'create-upload-session': ['broken'] });
    const { info, waits } = await sendBy(service.options, LARGE);
    expect(info).toMatchObject({ route: 'draft' });
    expect(Math.max(...waits)).toBeLessThan(2000);
  });

  test('the sandbox throttles to the same end, with a number and without', async () => {
    for (const retryAfter of [undefined, 1]) {
      const answer = retryAfter === undefined ? throttled() : throttled({ 'retry-after': `${retryAfter}` });
      const service = await recorded({ 'send-mail': { always: answer } });
      const played = await sandbox();
      played.failNext(
        'send-mail',
        {
          kind: 'answer',
          status: 429,
          code: 'ApplicationThrottled',
          message: 'Application is over its MailboxConcurrency limit.',
          ...(retryAfter !== undefined && { retryAfter }),
        },
        { times: 1000 },
      );
      const [one, other] = [await sendBy(service.options), await sendBy(played.options)];
      expect(meaningOf(other)).toEqual(meaningOf(one));
      expect(other.waits).toEqual(one.waits);
    }
  });

  test('the sandbox asks for one second when there are five requests at once', async () => {
    const service = await sandbox({ latency: 100 });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: service.options.clientId,
      client_secret: service.options.clientSecret,
      scope: `${service.url}/.default`,
    });
    const tokenUrl = `${service.url}/${service.options.tenantId}/oauth2/v2.0/token`;
    const { access_token: token } = await (await fetch(tokenUrl, { method: 'POST', body: form })).json();
    const ask = () =>
      fetch(`${service.url}/v1.0/users/${service.options.userId}/mailFolders/drafts`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const answers = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429) ?? Response.error();
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await refused.json()).error).toMatchObject({
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
    });
  });
});
