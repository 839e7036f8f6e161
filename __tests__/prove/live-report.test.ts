import { UnexpectedAnswer } from '../../src/prove/live-http';
import { evidenceOf, makeReport, resultLines } from '../../src/prove/report';
import type { LiveResult } from '../../src/prove/run-live-checks';
import { fc } from '../support/fast-check';

const GRAPH = { graphEndpoint: 'https://graph.microsoft.us' };
const NOW = new Date('2026-01-31T23:59:59Z');
const result = (changes: Partial<LiveResult>): LiveResult => ({
  rule: 'a rule',
  verdict: 'confirmed',
  shows: ['whole-seconds'],
  ...changes,
});

test('tells the day and the cloud', () => {
  expect(makeReport([], GRAPH, NOW)).toMatchObject({ date: '2026-01-31', cloud: 'usgov' });
  expect(makeReport([], { graphEndpoint: 'https://graph.canary.example' }, NOW).cloud).toBe('other');
});

test.each<[LiveResult['verdict'][], string]>([
  [['confirmed'], 'confirmed'],
  [['confirmed', 'contradicted'], 'contradicted'],
  [['contradicted', 'confirmed'], 'contradicted'],
  [['not observed'], 'recorded'],
  [['failed', 'confirmed'], 'confirmed'],
  [['confirmed', 'failed'], 'confirmed'],
])('after %j a rule that was recorded is %s', (verdicts, evidence) => {
  const { rules } = makeReport(
    verdicts.map((verdict) => result({ verdict })),
    GRAPH,
    NOW,
  );
  expect(rules).toEqual({ 'whole-seconds': evidence });
});

test('of several rules a check has the evidence of the least certain one', () => {
  expect(evidenceOf({ shows: ['whole-seconds', 'item-not-found'] })).toBe('reported');
  expect(evidenceOf({ shows: ['whole-seconds', 'token-missing', 'item-not-found'] })).toBe('ours');
  expect(evidenceOf({})).toBeUndefined();
  expect(resultLines(result({ details: 'seen' }))).toEqual([
    'confirmed     recorded    a rule',
    '                          seen',
  ]);
});

test('quotes statuses and codes as they are', () => {
  const observed = {
    status: 403,
    code: 'ErrorMimeContentInvalidBase64String',
    said: '404 ErrorItemNotFound',
    first: '0-',
    header: 'missing',
    time: '0000-00-00T00:00:00.000Z',
    none: undefined,
    echo: true,
  };
  const [check] = makeReport([result({ observed })], GRAPH, NOW).checks;
  expect(check?.observed).toEqual(observed);
});

test('quotes nothing of a service that could tell whose it is', () => {
  const secret = fc.oneof(
    fc.uuid(),
    fc.emailAddress(),
    fc.webUrl(),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.base64String({ minLength: 64 }),
    fc.constantFrom('Bearer eyJ0eXAi.e30.x', 'O=CONTOSO/CN=ANN'),
  );
  fc.assert(
    fc.property(secret, fc.constantFrom('', 'Error ', '404 '), (text, before) => {
      const said = `${before}${text}`;
      const results = [
        result({ verdict: 'contradicted', observed: { said }, details: said }),
        result({ verdict: 'failed', failure: new UnexpectedAnswer('a draft', 500, said), details: said }),
        result({ verdict: 'failed', failure: Object.assign(new Error(said), { code: said }), details: said }),
        result({
          verdict: 'failed',
          failure: new TypeError(said, { cause: new Error(said) }),
          details: said,
        }),
        result({ verdict: 'failed', failure: said, details: said }),
      ];
      expect(JSON.stringify(makeReport(results, GRAPH, NOW))).not.toContain(
        JSON.stringify(text).slice(1, -1),
      );
    }),
  );
});

test('tells the code of a connection that broke, and of an answer', () => {
  const broken = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
  const results = [
    result({ verdict: 'failed', failure: new TypeError('fetch failed', { cause: broken }) }),
    result({ verdict: 'failed', failure: new UnexpectedAnswer('a draft', 404, 'ErrorItemNotFound') }),
    result({ verdict: 'failed', failure: new DOMException('late', 'TimeoutError') }),
  ];
  expect(makeReport(results, GRAPH, NOW).checks.map(({ failure }) => failure)).toEqual([
    { code: 'ECONNREFUSED' },
    { status: 404, code: 'ErrorItemNotFound' },
    { code: 'timeout' },
  ]);
});
