import { REQUEST_NAMES, type SandboxRequestName } from '../http/route';
import type { FaultTime, SandboxFault, SandboxFaultOptions } from './fault';

/** What a property of a fault accepts, in words and in code. */
interface Property {
  takes: string;
  isGood(value: unknown): boolean;
  isNeeded?: true;
}

const oneOf = (...values: (string | number)[]): Property => ({
  takes: `to be ${values.join(', ').replace(/, ([^,]+)$/, ' or $1')}`,
  isGood: (value) => values.some((known) => known === value),
});
const needed = (property: Property): Property => ({ ...property, isNeeded: true });

const TEXT: Property = { takes: 'to be a text', isGood: (value) => typeof value === 'string' };
const STATUS: Property = {
  takes: 'to be an integer from 200 to 599',
  isGood: (value) => isInteger(value, 200) && Number(value) <= 599,
};
const FAULT_TIMES: FaultTime[] = ['before', 'after'];
const WHEN = oneOf(...FAULT_TIMES);
const IN = oneOf('head', 'body');
const EXTRA_HEADERS: Record<string, Property> = {
  retryAfter: { takes: 'to be a number of seconds or a Date', isGood: isRetryAfter },
  headers: { takes: 'to be an object of names and values of HTTP headers', isGood: areHeaders },
};

const KINDS: Readonly<Record<SandboxFault['kind'], Readonly<Record<string, Property>>>> = {
  answer: {
    status: needed(STATUS),
    code: TEXT,
    message: TEXT,
    aadsts: { takes: 'to be an integer from 1 and up', isGood: (value) => isInteger(value, 1) },
    when: WHEN,
    ...EXTRA_HEADERS,
  },
  html: { status: needed(STATUS), when: WHEN, ...EXTRA_HEADERS },
  headers: EXTRA_HEADERS,
  challenge: { claims: needed({ takes: 'to be JSON', isGood: isJson }) },
  redirect: {
    location: needed({ takes: 'to be a URL or a path', isGood: (value) => areHeaders({ location: value }) }),
    status: oneOf(301, 302, 303, 307, 308),
  },
  'broken-json': {},
  reset: { when: needed(oneOf('before-body', ...FAULT_TIMES)) },
  cut: { in: needed(IN) },
  silence: { when: WHEN },
  trickle: {
    in: needed(IN),
    everyMs: {
      takes: 'to be a number of milliseconds',
      isGood: (value) => isNumber(value) && Number(value) >= 0,
    },
  },
};

/** Tells the test that adds a fault, rather than its client, what is wrong with it. @throws TypeError */
export function checkFault(fault: unknown): asserts fault is SandboxFault {
  const kinds = Object.keys(KINDS).join(', ');
  if (!isObject(fault)) {
    throw new TypeError(
      `Expected a fault to be an object such as { kind: 'answer', status: 503 }, got ${show(fault)}. Its kind is one of ${kinds}.`,
    );
  }
  const properties = propertiesOf(fault.kind);
  if (properties === undefined) {
    throw new TypeError(`Expected the \`kind\` of a fault to be one of ${kinds}, got ${show(fault.kind)}.`);
  }
  checkKeys(`A fault of the kind '${fault.kind}' has`, fault, ['kind', ...Object.keys(properties)]);
  for (const [name, { takes, isGood, isNeeded }] of Object.entries(properties)) {
    const value = fault[name];
    if (value === undefined && !isNeeded) continue;
    if (!isGood(value)) throw new TypeError(`Expected \`${name}\` ${takes}, got ${show(value)}.`);
  }
  const hasBody = fault.kind === 'html' || (fault.kind === 'answer' && fault.code !== undefined);
  if (hasBody && [204, 205, 304].some((status) => status === fault.status)) {
    throw new TypeError(
      `An answer with the status ${fault.status} has no body: leave out its code, or take another status.`,
    );
  }
}

/** @throws TypeError with a list of the requests */
export function checkRequestName(name: unknown): asserts name is SandboxRequestName {
  if (REQUEST_NAMES.some((known) => known === name)) return;
  const letters = (text: string) => text.replace(/[^a-z]/gi, '').toLowerCase();
  const meant = REQUEST_NAMES.find((known) => letters(known) === letters(String(name)));
  throw new TypeError(
    `Unknown request ${show(name)}.${meant ? ` Did you mean '${meant}'?` : ''} ` +
      `Requests: ${REQUEST_NAMES.join(', ')}.`,
  );
}

/** @throws TypeError */
export function checkFaultOptions(options: unknown): asserts options is SandboxFaultOptions {
  const names = ['times', 'mailbox', 'skip', 'every'];
  if (!isObject(options)) {
    throw new TypeError(
      `Expected the options of a fault to be an object with ${names.join(', ')}, got ${show(options)}.`,
    );
  }
  checkKeys('The options of a fault have', options, names);
  const { times = 1, mailbox = '', skip = 0, every = 1 } = options;
  checkCount('times', times, 1);
  checkCount('skip', skip, 0);
  checkCount('every', every, 1);
  if (typeof mailbox !== 'string') {
    throw new TypeError(`Expected \`mailbox\` to be a user principal name, got ${show(mailbox)}.`);
  }
}

function checkCount(name: string, value: unknown, smallest: number): void {
  if (isInteger(value, smallest)) return;
  throw new TypeError(`Expected \`${name}\` to be an integer from ${smallest} and up, got ${show(value)}.`);
}

function checkKeys(what: string, given: object, known: string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new TypeError(`${what} no \`${unknown}\`, only ${known.join(', ')}.`);
}

function propertiesOf(kind: unknown): Readonly<Record<string, Property>> | undefined {
  return Object.entries(KINDS).find(([known]) => known === kind)?.[1];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isInteger(value: unknown, smallest: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= smallest;
}

function isRetryAfter(value: unknown): boolean {
  return value instanceof Date ? !Number.isNaN(value.getTime()) : isNumber(value);
}

function areHeaders(value: unknown): boolean {
  if (!isObject(value)) return false;
  try {
    const headers = new Headers();
    return Object.entries(value).every(([name, text]) => {
      headers.set(name, String(text));
      return typeof text === 'string';
    });
  } catch {
    return false;
  }
}

function isJson(value: unknown): boolean {
  try {
    return typeof value === 'string' && JSON.parse(value) !== undefined;
  } catch {
    return false;
  }
}

/** Shortened, whatever it is. */
function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `'${value.slice(0, 60)}'`;
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}
