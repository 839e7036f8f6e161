import type { Outcome } from '../../src/errors/graph-transport-error';
import { answerCode, statusCode } from '../../src/errors/service-codes/answer-code';
import { ENTRA_CODES, ENTRA_ORDER, entraCode } from '../../src/errors/service-codes/entra-codes';
import { GRAPH_CODES, graphCode } from '../../src/errors/service-codes/graph-codes';
import { spelling } from '../../src/errors/service-codes/service-code';
import { fc } from '../support/fast-check';
import { ALL_PAGES, tableOf } from '../support/pages';

test.each(['ErrorItemNotFound', 'itemNotFound', 'ITEMNOTFOUND', 'errorItemNotFound'])(
  'knows a code however a service behind Graph spells it: %s',
  (name) => {
    expect(graphCode(name)).toMatchObject({
      code: 'EMESSAGE',
      outcome: 'refused',
      hint: expect.stringMatching(/draft/),
    });
  },
);

test('knows nothing of a code that is not in the table', () => {
  expect(graphCode('SomethingNew')).toBeUndefined();
  expect(graphCode('constructor')).toBeUndefined();
  expect(entraCode('AADSTS1')).toBeUndefined();
});

test('says one thing of each code', () => {
  const spellings = [...GRAPH_CODES, ...ENTRA_CODES].flatMap(({ codes }) => [
    ...new Set(codes.map((name) => name.toLowerCase().replace(/^error/, ''))),
  ]);
  expect(spellings.filter((name, index) => spellings.indexOf(name) !== index)).toEqual([]);
});

test('says of every code what to do in full sentences, and where Microsoft writes of it', () => {
  for (const { codes, hint, link } of [...GRAPH_CODES, ...ENTRA_CODES]) {
    expect([codes, hint]).toEqual([codes, expect.stringMatching(/^[^|\n]{30,}[.?]$/)]);
    expect([codes, link]).toEqual([
      codes,
      expect.stringMatching(/^https:\/\/learn\.microsoft\.com\/(graph|entra)\/[a-z\d/-]+$/),
    ]);
  }
});

test.each([
  ['Code of Graph or Exchange', GRAPH_CODES],
  ["Entra's code", ENTRA_CODES],
])('the troubleshooting table "%s" says what the errors say, row by row', (head, rows) => {
  const again = { 'not-accepted': 'yes', unknown: 'no, it may have gone out', refused: 'no' };
  expect(tableOf(ALL_PAGES, head, '`code`', 'Sent again', 'What to do', "Microsoft's page")).toEqual(
    rows.map(({ codes, code, outcome, hint, link }) => [
      codes.map((name) => `\`${name}\``).join(', '),
      `\`${code}\``,
      again[outcome],
      hint,
      `[${link.split('/').at(-1)}](${link})`,
    ]),
  );
});

test('says how far Entra came: it looks at the tenant first, then at the app, and then at its secret', () => {
  const about = (wanted?: string) =>
    ENTRA_CODES.filter((row) => row.about === wanted).flatMap(({ codes }) => codes);
  expect(ENTRA_ORDER).toEqual(['tenant', 'app', 'secret']);
  expect(about('tenant')).toEqual(
    expect.arrayContaining(['AADSTS90002', 'AADSTS900023', 'AADSTS90038', 'AADSTS50194']),
  );
  expect(about('app')).toEqual(expect.arrayContaining(['AADSTS700016', 'AADSTS70001', 'AADSTS7000229']));
  expect(about('secret')).toEqual(
    expect.arrayContaining(['AADSTS7000215', 'AADSTS7000222', 'AADSTS7000218']),
  );
  // A policy, a consent or the service itself: says nothing about how far it came.
  expect(about()).toEqual(expect.arrayContaining(['AADSTS53003', 'AADSTS65001', 'AADSTS90033']));
});

test('tells throttling, which pauses a mailbox, from limits that waiting does not help', () => {
  const throttling = [...GRAPH_CODES, ...ENTRA_CODES]
    .filter(({ throttles }) => throttles)
    .flatMap(({ codes }) => codes);
  expect(throttling).toEqual(
    expect.arrayContaining(['ErrorExceededHourlyMessageLimit', 'TooManyRequests', 'AADSTS90055']),
  );
  expect(throttling).not.toContain('ErrorSubmissionQuotaExceeded');
});

test.each<[number, string, RegExp | undefined]>([
  [204, 'EMESSAGE', /^Only the documented status .* check Sent Items/],
  [302, 'EMESSAGE', /^Redirects are not followed: check graphEndpoint\.$/],
  [400, 'EMESSAGE', undefined],
  [401, 'EAUTH', undefined],
  [403, 'EAUTH', undefined],
  [404, 'EENVELOPE', undefined],
  [407, 'EAUTH', undefined],
  [408, 'ETIMEDOUT', /may have gone out: check Sent Items/],
  [413, 'EMESSAGE', /larger than Graph accepts in one piece \(4 MB\)/],
  [429, 'ETIMEDOUT', /throttles this app or mailbox: send more slowly/],
  [500, 'ECONNECTION', /may have gone out: check Sent Items/],
  [501, 'ECONNECTION', undefined],
  [504, 'ETIMEDOUT', /may have gone out: check Sent Items/],
  [507, 'ECONNECTION', undefined],
  [509, 'ETIMEDOUT', undefined],
])('says what to do about a status alone: %i is %s', (status, code, hint) => {
  const meaning = statusCode(status);
  expect(meaning.code).toBe(code);
  expect(meaning.hint).toEqual(hint && expect.stringMatching(hint));
});

test.each([408, 429, 500, 502, 503, 504])(
  'takes %i for a server that may answer the same question later',
  (status) => {
    expect(statusCode(status).busy).toBe(true);
    expect(statusCode(400).busy).toBeUndefined();
  },
);

test.each<[number, Outcome]>([
  [200, 'unknown'],
  [204, 'unknown'],
  [302, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [403, 'refused'],
  [404, 'refused'],
  [408, 'unknown'],
  [413, 'refused'],
  [429, 'not-accepted'],
  [500, 'unknown'],
  [501, 'refused'],
  [502, 'unknown'],
  [503, 'unknown'],
  [504, 'unknown'],
  [507, 'refused'],
  [509, 'not-accepted'],
  [599, 'unknown'],
])('goes by the status where it knows no code: %i is %s', (status, outcome) => {
  expect(statusCode(status).outcome).toBe(outcome);
  expect(answerCode(status, ['SomethingNew'])).toEqual(statusCode(status));
});

test.each<[number, string, Outcome]>([
  [503, 'ErrorServerBusy', 'not-accepted'],
  [503, 'serviceNotAvailable', 'not-accepted'],
  [503, 'ErrorMailboxMoveInProgress', 'not-accepted'],
  [503, 'ErrorInternalServerTransientError', 'unknown'],
  [500, 'ErrorInternalServerError', 'unknown'],
  [500, 'ErrorCannotSendMessage', 'unknown'],
  [429, 'ApplicationThrottled', 'not-accepted'],
  [429, 'ErrorSubmissionQuotaExceeded', 'refused'],
  [507, 'ErrorQuotaExceeded', 'refused'],
  [404, 'ErrorItemNotFound', 'refused'],
])('tells what became of a request: %i %s is %s', (status, name, outcome) => {
  expect(answerCode(status, [name]).outcome).toBe(outcome);
});

test.each<[number, string, Outcome]>([
  [429, 'UnknownError', 'not-accepted'],
  [504, 'serviceNotAvailable', 'unknown'],
  [500, 'TooManyRequests', 'unknown'],
  [502, 'BadRequest', 'unknown'],
  [504, 'BadRequest', 'unknown'],
  [408, 'BadRequest', 'unknown'],
  [509, 'UnknownError', 'not-accepted'],
  [509, 'serviceNotAvailable', 'not-accepted'],
])('is careful where code and status contradict each other: %i %s is %s', (status, name, outcome) => {
  expect(answerCode(status, [name]).outcome).toBe(outcome);
});

test.each([
  [500, 'ErrorInternalServerError'],
  [500, 'BadRequest'],
  [599, 'BadRequest'],
  [302, 'BadRequest'],
  [302, 'UnknownError'],
  [400, 'BadRequest'],
  [429, 'ErrorSubmissionQuotaExceeded'],
])('says what Microsoft says of the code, not only of the status: %i %s', (status, name) => {
  expect(answerCode(status, [name])).toEqual(graphCode(name));
});

test('says what Microsoft says of a code, though a gateway gave up', () => {
  expect(answerCode(408, ['BadRequest'])).toEqual({ ...graphCode('BadRequest'), outcome: 'unknown' });
});

test.each([429, 509])('counts any answer of %i as throttling that may be repeated', (status) => {
  expect(graphCode('MailboxInfoStale')).not.toHaveProperty('throttles');
  for (const name of ['MailboxInfoStale', 'SomethingNew']) {
    expect(answerCode(status, [name])).toMatchObject({ throttles: true, outcome: 'not-accepted' });
  }
});

test('takes the most specific code that it knows', () => {
  expect(answerCode(403, ['SomethingNew', 'ErrorSendAsDenied', 'generalException'])).toEqual(
    graphCode('ErrorSendAsDenied'),
  );
});

test.each([90006, 90012, 90024, 90033, 90055, 90090, 50000])(
  'takes AADSTS%i for a trouble that passes',
  (aadsts) => {
    expect(entraCode(`AADSTS${aadsts}`)).toMatchObject({ code: 'ECONNECTION', outcome: 'not-accepted' });
  },
);

test.each([
  'Service Unavailable',
  'errorsendasdenied',
  'SendAsDenied',
  'Error Send As Denied',
  ' ERRORSERVERBUSY\t',
])('compares codes without case, white space and the prefix Error: %s', (name) => {
  expect(graphCode(name)).toBeDefined();
});

test('tells no code from another by its spelling alone', () => {
  const spellings = GRAPH_CODES.flatMap(({ codes }) => [...new Set(codes.map(spelling))]);
  expect(new Set(spellings).size).toBe(spellings.length);
  expect(spelling('error')).toBe('error');
  expect(spelling('Mailbox Error State')).toBe('mailboxerrorstate');
  expect(graphCode('')).toBeUndefined();
});

test.each<[string, string, Outcome]>([
  ['NoPermissionsInAccessToken', 'EAUTH', 'refused'],
  ['OrganizationFromTenantGuidNotFound', 'EENVELOPE', 'refused'],
  ['ErrorMessageTransientError', 'ECONNECTION', 'not-accepted'],
  ['InvalidAudience', 'EAUTH', 'refused'],
  ['InvalidAudienceForResource', 'EAUTH', 'refused'],
  ['ErrorAccountSuspend', 'EAUTH', 'refused'],
  ['ErrorExceededMaxRecipientLimit', 'EENVELOPE', 'refused'],
  ['ErrorMessageBlocked', 'EMESSAGE', 'refused'],
  ['ErrorExceededHourlyMessageLimit', 'ETIMEDOUT', 'not-accepted'],
  ['ErrorMessageThrottled', 'ETIMEDOUT', 'not-accepted'],
  ['MailboxInfoStale', 'ECONNECTION', 'not-accepted'],
])('knows %s, which users have met', (name, code, outcome) => {
  expect(graphCode(name)).toMatchObject({ code, outcome });
  expect(answerCode(403, [name]).outcome).toBe(outcome);
});

test.each([7000229, 500014, 700024, 70021, 700211, 700213, 7000216, 900023, 50194])(
  'knows AADSTS%i, which no sending again helps',
  (aadsts) => {
    expect(entraCode(`AADSTS${aadsts}`)).toMatchObject({ code: 'EAUTH', outcome: 'refused' });
  },
);

test.each([
  [401, 'EAUTH'],
  [403, 'EAUTH'],
  [404, 'EENVELOPE'],
  [429, 'ETIMEDOUT'],
  [400, 'EMESSAGE'],
  [409, 'EMESSAGE'],
  [499, 'EMESSAGE'],
])('lets the status decide where the code says nothing: %i is %s', (status, code) => {
  for (const name of ['UnknownError', 'generalException', 'BadRequest', 'ErrorInternalServerError']) {
    expect([name, answerCode(status, [name])]).toMatchObject([name, { code }]);
  }
});

const names = fc.oneof(
  fc.constantFrom(...GRAPH_CODES.flatMap(({ codes }) => codes)),
  fc.string({ maxLength: 20 }),
  fc.constantFrom('', 'UnknownError', 'error', 'SomethingNew'),
);
/** A code as some service might spell it. */
const spelled = fc
  .tuple(names, fc.constantFrom('', 'Error', 'ERROR ', ' '), fc.nat(3))
  .map(([name, before, how]) => {
    const bare = before === '' ? name : name.replace(/^error/i, '');
    const cased = [bare, bare.toUpperCase(), bare.toLowerCase(), bare.split('').join(' ')][how] ?? bare;
    return { name, spelled: before + cased };
  });

test('holds to its promises for every status and code, however spelled', () => {
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), spelled, (status, { name, spelled }) => {
      const meaning = answerCode(status, [spelled]);
      const known = graphCode(name);
      expect(graphCode(spelled)).toEqual(known);
      const isCertain = status < 500 && status !== 408;
      if (isCertain) expect(meaning.outcome).not.toBe('unknown');
      if (status === 408 || status === 502 || status === 504) expect(meaning.outcome).toBe('unknown');
      if (status === 500 && known?.outcome !== 'refused') expect(meaning.outcome).toBe('unknown');
      if (status === 429 && known?.outcome !== 'refused') expect(meaning).toMatchObject({ throttles: true });
      if (meaning.throttles) expect(meaning.outcome).toBe('not-accepted');
      if (isCertain && known === undefined) {
        const code = { 401: 'EAUTH', 403: 'EAUTH', 407: 'EAUTH', 404: 'EENVELOPE', 429: 'ETIMEDOUT' }[status];
        expect(meaning.code).toBe(code ?? 'EMESSAGE');
      }
      if (isCertain && known?.outcome === 'refused' && !known.generic) expect(meaning).toEqual(known);
    }),
    { numRuns: 3000 },
  );
});
