import { createSandbox, type Sandbox, type SandboxFault, type SandboxRequestName } from '../../src/sandbox';
import { REQUEST_NAMES } from '../../src/sandbox/http/route';
import { fc } from '../support/fast-check';
import { LUNCH, send } from './support';

const KINDS = [
  'answer',
  'html',
  'headers',
  'challenge',
  'redirect',
  'broken-json',
  'reset',
  'cut',
  'silence',
  'trickle',
];

/** As JavaScript calls it, which knows no types. */
const lay = (sandbox: Sandbox, ...args: unknown[]) => Reflect.apply(sandbox.failNext, sandbox, args);
const choose = (sandbox: Sandbox, chooser: unknown) => Reflect.apply(sandbox.failWith, sandbox, [chooser]);

/** What laying a fault throws: a TypeError, or nothing. */
function complaint(...args: unknown[]): string {
  const sandbox = createSandbox();
  try {
    lay(sandbox, ...args);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    expect(sandbox.faults).toEqual([]);
    return error instanceof Error ? error.message : '';
  }
  expect(sandbox.faults).toHaveLength(1);
  return '';
}

const name = fc.constantFrom(...REQUEST_NAMES);
const when = fc.constantFrom('before', 'after');
const status = fc.integer({ min: 200, max: 599 }).filter((code) => ![204, 205, 304].includes(code));
const headers = fc.constantFrom({}, { 'x-a': 'b' }, { Location: '/' });
const retryAfter = fc.oneof(fc.nat(), fc.constant(new Date(0)));
const optional = { requiredKeys: ['kind', 'status'] as ['kind', 'status'] };
const fault: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('answer'),
      status,
      code: fc.string(),
      message: fc.string(),
      aadsts: fc.integer({ min: 1 }),
      when,
      headers,
      retryAfter,
    },
    optional,
  ),
  fc.record({ kind: fc.constant('html'), status, when, headers, retryAfter }, optional),
  fc.record({ kind: fc.constant('headers'), headers, retryAfter }, { requiredKeys: ['kind'] }),
  fc.record({ kind: fc.constant('challenge'), claims: fc.json() }),
  fc.record(
    {
      kind: fc.constant('redirect'),
      location: fc.webUrl(),
      status: fc.constantFrom(301, 302, 303, 307, 308),
    },
    { requiredKeys: ['kind', 'location'] },
  ),
  fc.record({ kind: fc.constant('broken-json') }),
  fc.record({ kind: fc.constant('reset'), when: fc.constantFrom('before-body', 'before', 'after') }),
  fc.record({ kind: fc.constant('silence'), when }, { requiredKeys: ['kind'] }),
  fc.record({ kind: fc.constant('cut'), in: fc.constantFrom('head', 'body') }),
  fc.record(
    { kind: fc.constant('trickle'), in: fc.constantFrom('head', 'body'), everyMs: fc.nat() },
    { requiredKeys: ['kind', 'in'] },
  ),
);

/** Properties that a fault cannot do without. */
const NEEDED: Record<string, string[]> = {
  answer: ['status'],
  html: ['status'],
  challenge: ['claims'],
  redirect: ['location'],
  reset: ['when'],
  cut: ['in'],
  trickle: ['in'],
};

test('takes every fault that the types allow', () => {
  fc.assert(fc.property(name, fault, (request, good) => expect(complaint(request, good)).toBe('')));
});

test('refuses what is no object, and lists the kinds', () => {
  const bad = fc.oneof(
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined, [], () => undefined),
  );
  fc.assert(
    fc.property(name, bad, (request, value) => {
      const sentence = complaint(request, value);
      for (const kind of KINDS) expect(sentence).toContain(kind);
    }),
  );
  expect(complaint('send-mail', 500)).toBe(
    "Expected a fault to be an object such as { kind: 'answer', status: 503 }, got 500. " +
      `Its kind is one of ${KINDS.join(', ')}.`,
  );
});

test('refuses another kind, or none, and lists the kinds', () => {
  const kind = fc.oneof(
    fc.string(),
    fc.constantFrom(undefined, null, 7, 'Answer', 'constructor', '__proto__'),
  );
  fc.assert(
    fc.property(name, kind, fault, (request, other, good) => {
      fc.pre(!KINDS.includes(String(other)));
      expect(complaint(request, { ...good, kind: other })).toContain(KINDS.join(', '));
    }),
  );
});

test('refuses properties that the kind does not have, and lists those that it has', () => {
  const key = fc.oneof(fc.stringMatching(/^[a-z]{3,9}$/), fc.constantFrom('Status', 'stauts', 'constructor'));
  fc.assert(
    fc.property(name, fault, key, (request, good, extra) => {
      fc.pre(!/^(?:kind|status|code|message|aadsts|when|headers|claims|location|in)$/.test(extra));
      const sentence = complaint(request, { ...good, [extra]: 1 });
      expect(sentence).toMatch(
        new RegExp(`^A fault of the kind '${good.kind}' has no \`${extra}\`, only kind`),
      );
    }),
  );
});

test('refuses a fault without what it needs', () => {
  fc.assert(
    fc.property(name, fault, fc.nat(), (request, good, index) => {
      const needed = NEEDED[String(good.kind)] ?? [];
      fc.pre(needed.length > 0);
      const missing = needed[index % needed.length] ?? '';
      const { [missing]: _gone, ...rest } = good;
      expect(complaint(request, rest)).toMatch(
        new RegExp(`^Expected \`${missing}\` to be .*, got undefined\\.$`),
      );
    }),
  );
});

test('refuses values of another type', () => {
  const wrong = fc.constantFrom<unknown>(null, true, [], Number.NaN, { a: 1 }, Symbol.iterator, -1);
  fc.assert(
    fc.property(name, fault, wrong, fc.nat(), (request, good, value, index) => {
      const keys = Object.keys(good).filter((key) => key !== 'kind');
      fc.pre(keys.length > 0);
      const key = keys[index % keys.length] ?? '';
      // Seconds may be any number.
      fc.pre(key !== 'retryAfter' || value !== -1);
      expect(complaint(request, { ...good, [key]: value })).toMatch(
        new RegExp(`^Expected \`${key}\` to be `),
      );
    }),
  );
});

test.each<[SandboxFault | Record<string, unknown>, RegExp]>([
  [{ kind: 'answer', status: 600 }, /`status` to be an integer from 200 to 599, got 600/],
  [{ kind: 'answer', status: '503' }, /`status` to be an integer from 200 to 599, got '503'/],
  [{ kind: 'answer', status: 204, code: 'x' }, /^An answer with the status 204 has no body/],
  [{ kind: 'html', status: 304 }, /^An answer with the status 304 has no body/],
  [{ kind: 'redirect', location: '/', status: 200 }, /`status` to be 301, 302, 303, 307 or 308, got 200/],
  [{ kind: 'reset' }, /`when` to be before-body, before or after, got undefined/],
  [{ kind: 'headers', headers: { 'a b': 'c' } }, /`headers` to be an object of names and values/],
  [{ kind: 'headers', headers: { a: 'b\nc' } }, /`headers` to be an object of names and values/],
  [
    { kind: 'answer', status: 429, retryAfter: new Date(Number.NaN) },
    /`retryAfter` to be a number of seconds or a/,
  ],
])('refuses %j', (bad, sentence) => {
  expect(complaint('send-mail', bad)).toMatch(sentence);
});

test('refuses the name of a request that there is not, and lists those that there are', () => {
  const busy = { kind: 'answer', status: 503 };
  const other = fc.oneof(fc.string(), fc.constantFrom<unknown>(undefined, null, 1, {}, 'constructor'));
  fc.assert(
    fc.property(other, (request) => {
      fc.pre(!REQUEST_NAMES.some((known) => known === request));
      expect(complaint(request, busy)).toContain(`Requests: ${REQUEST_NAMES.join(', ')}.`);
    }),
  );
  expect(complaint('sendMail', busy)).toMatch(/^Unknown request 'sendMail'\. Did you mean 'send-mail'\?/);
});

test('refuses options that make no sense, and lists those that there are', () => {
  const busy = { kind: 'answer', status: 503 };
  for (const options of [null, 3, 'twice', []]) {
    expect(complaint('send-mail', busy, options)).toMatch(
      /options of a fault to be an object with times, mailbox/,
    );
  }
  expect(complaint('send-mail', busy, { count: 2 })).toBe(
    'The options of a fault have no `count`, only times, mailbox, skip, every.',
  );
  expect(complaint('send-mail', busy, { mailbox: 1 })).toMatch(
    /`mailbox` to be a user principal name, got 1/,
  );
  const count = fc.oneof(fc.double(), fc.string(), fc.constantFrom<unknown>(null, true, {}));
  const key = fc.constantFrom('times', 'skip', 'every');
  fc.assert(
    fc.property(key, count, (option, value) => {
      fc.pre(!(Number.isSafeInteger(value) && Number(value) >= 0));
      expect(complaint('send-mail', busy, { [option]: value })).toMatch(
        new RegExp(`^Expected \`${option}\` to be an integer`),
      );
    }),
  );
});

describe('a chooser', () => {
  test.each([[500], ['reset'], [null], [{}]])('is refused given %j in its place', (chooser) => {
    expect(() => choose(createSandbox(), chooser)).toThrow(
      new TypeError(
        'Expected a function that chooses a fault for each request, or undefined to take it away.',
      ),
    );
  });

  test.each([
    [500],
    [null],
    [false],
    ['reset'],
    [{ status: 500 }],
    [Promise.resolve(undefined)],
    [{ kind: 'answer' }],
  ])('that returns %j is told what it may return', async (returned) => {
    const sandbox = createSandbox();
    choose(sandbox, ({ request }: { request: SandboxRequestName }) =>
      request === 'send-mail' ? returned : undefined,
    );
    await expect(send(sandbox, LUNCH)).rejects.toThrow(TypeError);
    await expect(send(sandbox, LUNCH)).rejects.toThrow(/^Expected /);
    choose(sandbox, undefined);
    expect((await send(sandbox, LUNCH)).status).toBe(202);
  });
});

describe('skip and every', () => {
  const statuses = async (sandbox: Sandbox, count: number) => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await send(sandbox, LUNCH)).status);
    return seen;
  };
  const busy: SandboxFault = { kind: 'answer', status: 503 };

  test('let requests pass before the first one that meets the fault', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', busy, { skip: 2, times: 2 });
    expect(sandbox.faults).toMatchObject([{ skip: 2, times: 2 }]);
    expect(await statuses(sandbox, 5)).toEqual([202, 202, 503, 503, 202]);
  });

  test('let most requests pass between two that meet it', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', busy, { every: 3, times: 2 });
    expect(await statuses(sandbox, 7)).toEqual([202, 202, 503, 202, 202, 503, 202]);
  });

  test('do so together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        async (skip, every, times) => {
          const sandbox = createSandbox();
          sandbox.failNext('send-mail', busy, { skip, every, times });
          const met = (await statuses(sandbox, 13)).flatMap((status, index) =>
            status === 503 ? [index + 1] : [],
          );
          expect(met).toEqual(Array.from({ length: times }, (_, n) => skip + (n + 1) * every));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('count for each fault on its own: those that are laid behind are met meanwhile', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('send-mail', busy, { skip: 1 });
    sandbox.failNext('send-mail', { kind: 'answer', status: 500 });
    expect(await statuses(sandbox, 3)).toEqual([500, 503, 202]);
    expect(sandbox.faults).toEqual([]);
  });
});
