import { GRAPH_CODES } from '../../src/errors/service-codes/graph-codes';
import type { GraphTransportError } from '../../src/index';
import { entraRefusal, refusal, saidBy, transient } from './recorded-answers';
import type { RecordedAnswer } from './recorded-service';
import { seen } from './seen';
import { checkBy, errorOf, meaningOf, PARCEL, sendBy, services } from './sending';

const { recorded, sandbox } = services();

/** What the transport makes of an answer to sendMail, from the recorded service and from the sandbox. */
async function meaningsOf(answer: RecordedAnswer) {
  const service = await recorded({ 'send-mail': { always: answer } });
  const played = await sandbox();
  const { code, message } = saidBy(answer);
  const fault = { kind: 'answer', status: answer.status, code, message } as const;
  played.failNext('send-mail', fault, { times: 1000 });
  const ended = await sendBy(service.options);
  expect(meaningOf(await sendBy(played.options))).toEqual(meaningOf(ended));
  expect(service.sent).toEqual([]);
  return { error: errorOf(ended), tries: service.count('send-mail') };
}

seen(8, () => {
  test('a transient refusal is tried again, and the message is sent once', async () => {
    const service = await recorded({ 'send-mail': [transient, transient] });
    expect((await sendBy(service.options)).info).toMatchObject({ route: 'json' });
    expect(service.count('send-mail')).toBe(3);
    expect(service.sent).toHaveLength(1);
  });

  test('one that goes on is worth another try, and nothing is in doubt', async () => {
    const { error, tries } = await meaningsOf(transient);
    expect(error).toMatchObject({
      graphCode: 'ErrorMessageTransientError',
      responseCode: 403,
      retryable: true,
      ambiguous: false,
    });
    expect(error.code).not.toBe('EAUTH');
    expect(error.hint).toMatch(/again/);
    expect(error.hint).not.toMatch(/Mail\.Send|permission/);
    expect(tries).toBe(5);
  });

  test('the same at the /send of a draft', async () => {
    const service = await recorded({ 'send-draft': { always: transient } });
    const ended = await sendBy(service.options, PARCEL);
    expect(meaningOf(ended)).toMatchObject({ retryable: true, ambiguous: false });
    expect(service.drafts()).toEqual([]);
  });
});

/** What a 4xx means whose code says nothing. */
const codeOf = (status: number) =>
  status === 401 || status === 403 ? 'EAUTH' : status === 404 ? 'EENVELOPE' : 'EMESSAGE';

seen(12, () => {
  const STATUSES = [400, 401, 403, 404, 405, 409, 410, 422];
  const BODIES: [string, (status: number) => RecordedAnswer][] = [
    ['UnknownError', (status) => refusal(status, 'UnknownError', '')],
    [
      'generalException',
      (status) => refusal(status, 'generalException', 'General exception while processing'),
    ],
    ['an empty code', (status) => refusal(status, '', 'Something went wrong with the request.')],
    ['an unheard-of code', (status) => refusal(status, 'ErrorOfTomorrow', 'It is not possible.')],
  ];
  const CASES = STATUSES.flatMap((status) => BODIES.map(([what, answerOf]) => ({ status, what, answerOf })));

  test.each(CASES)('the status decides: $status with $what', async ({ status, answerOf }) => {
    const service = await recorded({ 'send-mail': { always: answerOf(status) } });
    const ended = await sendBy(service.options);
    expect(meaningOf(ended)).toMatchObject({
      code: codeOf(status),
      responseCode: status,
      retryable: false,
      ambiguous: false,
    });
    expect(service.sent).toEqual([]);
  });

  test.each(STATUSES)('the page of %i that stands in the message is no reason to doubt', async (status) => {
    const page = '<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head></html>';
    const { error } = await meaningsOf(refusal(status, 'UnknownError', page));
    expect(error).toMatchObject({ code: codeOf(status), retryable: false, ambiguous: false });
  });

  test('no 4xx but 408 is in doubt, whatever its code', async () => {
    const names = GRAPH_CODES.flatMap(({ codes }) => codes);
    for (const name of names) {
      const service = await recorded({ 'send-mail': { always: refusal(400, name, 'No.') } });
      const { ambiguous } = errorOf(await sendBy({ ...service.options, retry: { attempts: 1 } }));
      expect({ name, ambiguous }).toEqual({ name, ambiguous: false });
      await service.close();
    }
  });

  test('408 is in doubt', async () => {
    const { error, tries } = await meaningsOf(refusal(408, 'UnknownError', ''));
    expect(error).toMatchObject({ retryable: false, ambiguous: true });
    expect(tries).toBe(1);
  });

  test('an empty code leaves the sentence of Graph, which is taken for one of Graph', async () => {
    const said = 'Something went wrong with the request.';
    const service = await recorded({ 'send-mail': { always: refusal(400, '', said) } });
    const error = errorOf(await sendBy(service.options));
    expect(error.message).toContain('Something went wrong with the request');
    expect(error.message).not.toMatch(/not one of Graph/);
  });

  test('a 403 at a draft keeps its advice', async () => {
    const service = await recorded({ 'create-draft': { always: refusal(403, 'UnknownError', '') } });
    const ended = await sendBy(service.options, PARCEL);
    expect(meaningOf(ended)).toMatchObject({ code: 'EAUTH', retryable: false, ambiguous: false });
    expect(errorOf(ended).hint).toMatch(/Mail\.ReadWrite/);
  });
});

seen(25, () => {
  interface Meaning {
    code: string;
    /** Undefined where one could argue. */
    retryable?: boolean;
    about: RegExp;
  }
  const GRAPH: [string, number, Meaning][] = [
    ['ErrorAccountSuspend', 403, { code: 'EAUTH|EENVELOPE', retryable: false, about: /suspend|block/i }],
    ['ErrorExceededMaxRecipientLimit', 400, { code: 'EENVELOPE', retryable: false, about: /recipient/i }],
    ['ErrorMessageBlocked', 403, { code: 'EENVELOPE|EMESSAGE', retryable: false, about: /block/i }],
    ['ErrorExceededHourlyMessageLimit', 400, { code: '.*', about: /hour|later/i }],
    ['ErrorMessageThrottled', 429, { code: 'ETIMEDOUT', retryable: true, about: /slow|throttl|later/i }],
    ['MailboxInfoStale', 503, { code: 'ECONNECTION', retryable: true, about: /again/i }],
  ];

  test.each(GRAPH)('%s (%i) has a row and a hint', async (name, status, { code, retryable, about }) => {
    const { error } = await meaningsOf(refusal(status, name, 'It is so.'));
    expect(error).toMatchObject({ graphCode: name, responseCode: status, ambiguous: false });
    expect(error.code).toMatch(new RegExp(`^(?:${code})$`));
    expect(error.hint).toMatch(about);
    expect(error.retryable).toBe(retryable ?? error.retryable);
  });

  const ENTRA: [number, string, RegExp][] = [
    [7000229, 'invalid_client', /tenant|service principal|consent/i],
    [500014, 'invalid_resource', /disabled|enable/i],
    [700024, 'invalid_client', /assertion|clock/i],
    [70021, 'invalid_request', /federated|subject|issuer/i],
    [700211, 'invalid_request', /federated|issuer/i],
    [700213, 'invalid_request', /federated|subject/i],
    [7000216, 'invalid_client', /secret|assertion/i],
    [900023, 'invalid_request', /tenantId/],
    [50194, 'invalid_request', /tenant/i],
  ];

  test.each(ENTRA)('AADSTS%i has a row and a hint', async (aadsts, error, about) => {
    const service = await recorded({ token: { always: entraRefusal(400, error, aadsts, 'It is so.') } });
    const played = await sandbox();
    const fault = { kind: 'answer', status: 400, code: error, aadsts, message: 'It is so.' } as const;
    played.failNext('token', fault, { times: 1000 });
    const ended = await sendBy(service.options);
    const refused: GraphTransportError = errorOf(ended);
    expect(refused).toMatchObject({
      code: 'EAUTH',
      graphCode: `AADSTS${aadsts}`,
      retryable: false,
      ambiguous: false,
    });
    expect(refused.hint).toMatch(about);
    expect(meaningOf(await sendBy(played.options))).toEqual(meaningOf(ended));
    const [first, ...more] = (await checkBy(service.options)).filter(({ ok }) => !ok);
    expect(first?.hint).toBe(refused.hint);
    expect(more).toEqual([]);
  });
});

seen(26, () => {
  test.each(['Service Unavailable', 'serviceUnavailable', 'ErrorServiceUnavailable', 'SERVICE UNAVAILABLE'])(
    '503 %j is a service that is busy',
    async (code) => {
      const service = await recorded({ 'send-mail': [refusal(503, code, 'The service is unavailable.')] });
      expect((await sendBy(service.options)).info).toMatchObject({ route: 'json' });
      expect(service.sent).toHaveLength(1);
      const { error, tries } = await meaningsOf(refusal(503, code, 'The service is unavailable.'));
      expect(error).toMatchObject({
        code: 'ECONNECTION',
        retryable: true,
        ambiguous: false,
        graphCode: code,
      });
      expect(tries).toBe(5);
    },
  );

  test.each(['Error Send As Denied', 'errorsendasdenied', 'SendAsDenied'])('%j is one code', async (code) => {
    const { error } = await meaningsOf(refusal(403, code, 'No.'));
    expect(error).toMatchObject({ code: 'EENVELOPE', retryable: false });
    expect(error.hint).toMatch(/Send As/);
  });
});
