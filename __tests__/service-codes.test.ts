import {
  answerCode,
  ENTRA_CODES,
  entraCode,
  GRAPH_CODES,
  graphCode,
  type Outcome,
  statusCode,
} from '../src/service-codes';

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
  expect(entraCode(1)).toBeUndefined();
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
  [504, 'BadRequest', 'unknown'],
])('is careful where code and status contradict each other: %i %s is %s', (status, name, outcome) => {
  expect(answerCode(status, [name]).outcome).toBe(outcome);
});

test('takes the most specific code that it knows', () => {
  expect(answerCode(403, ['SomethingNew', 'ErrorSendAsDenied', 'generalException'])).toEqual(
    graphCode('ErrorSendAsDenied'),
  );
});

test.each([90006, 90012, 90024, 90033, 90055, 90090, 50000])(
  'takes AADSTS%i for a trouble that passes',
  (aadsts) => {
    expect(entraCode(aadsts)).toMatchObject({ code: 'ECONNECTION', outcome: 'not-accepted' });
  },
);
