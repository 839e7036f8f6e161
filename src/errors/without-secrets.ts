import { types } from 'node:util';
import type { getLogger } from 'nodemailer/lib/shared';
import type { VerifyCheck } from '../verify/verify-check';
import { changedError, GraphTransportError } from './graph-transport-error';

type Logger = ReturnType<typeof getLogger>;

/** Strikes secrets out of a text. */
export type Strike = (text: string) => string;

/** Longest text of another library's error, or of a service, that is passed on. */
const MAX_TEXT = 4000;
/** Objects that are looked through for secrets; one that leads to more is not passed on. */
const MAX_OBJECTS = 500;
/** Causes of causes. */
const MAX_DEPTH = 20;

/** The error, or one like it without the secrets that were in it, wherever: also in what caused it. */
export function errorWithoutSecrets(error: GraphTransportError, strike: Strike): GraphTransportError;
export function errorWithoutSecrets(error: Error, strike: Strike): Error;
export function errorWithoutSecrets(error: Error, strike: Strike): Error {
  return error instanceof GraphTransportError ? ownError(error, strike, 0) : foreignError(error, strike, 0);
}

function ownError(error: GraphTransportError, strike: Strike, depth: number): GraphTransportError {
  const cause = causeWithoutSecrets(error.cause, strike, depth + 1);
  return changedError(error, strike, cause);
}

function causeWithoutSecrets(cause: unknown, strike: Strike, depth: number): unknown {
  if (typeof cause === 'string') return shortened(strike(cause));
  if (typeof cause !== 'object' || cause === null) return cause;
  if (depth > MAX_DEPTH) return undefined;
  if (cause instanceof GraphTransportError) return ownError(cause, strike, depth);
  if (types.isNativeError(cause) || cause instanceof Error) return foreignError(cause, strike, depth);
  return isFree(cause, strike) ? cause : undefined;
}

/** Whoever handles the error may know it by its identity: it is another only where it must be. */
function foreignError(error: Error, strike: Strike, depth: number): Error {
  if (isFree(error, strike)) return error;
  const text = (value: string) => shortened(strike(value));
  const { cause } = error;
  const inner = causeWithoutSecrets(cause, strike, depth + 1);
  const copy: Error = new Error(text(error.message), inner === undefined ? undefined : { cause: inner });
  Object.defineProperty(copy, 'name', { value: text(error.name), configurable: true, writable: true });
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (['message', 'cause', 'name', 'stack'].includes(name) || strike(name) !== name) continue;
    if (typeof value === 'string') Object.assign(copy, { [name]: text(value) });
    if (typeof value === 'number' || typeof value === 'boolean') Object.assign(copy, { [name]: value });
    if (name === 'errors' && Array.isArray(value)) {
      Object.assign(copy, { errors: value.map((one) => causeWithoutSecrets(one, strike, depth + 1)) });
    }
  }
  if (typeof error.stack === 'string') copy.stack = text(error.stack);
  return copy;
}

/** Whether there is no secret and no endless text in an object, nor in anything that it leads to. */
function isFree(value: object, strike: Strike): boolean {
  const seen = new Set<object>([value]);
  const isFreeText = (text: string) => text.length <= MAX_TEXT && strike(text) === text;
  try {
    // What is added meanwhile is looked at, too.
    for (const one of seen) {
      if (seen.size > MAX_OBJECTS) return false;
      if (ArrayBuffer.isView(one)) {
        if (!isFreeText(Buffer.from(one.buffer, one.byteOffset, one.byteLength).toString('latin1')))
          return false;
        continue;
      }
      const inner: unknown[] = [];
      if (one instanceof Map) inner.push(...one.keys(), ...one.values());
      if (one instanceof Set) inner.push(...one);
      if (one instanceof Error) inner.push(one.message, one.name);
      for (const key of Reflect.ownKeys(one)) {
        inner.push(key.toString(), Reflect.getOwnPropertyDescriptor(one, key)?.value);
      }
      for (const part of inner) {
        if (typeof part === 'string' && !isFreeText(part)) return false;
        if (typeof part === 'object' && part !== null) seen.add(part);
      }
    }
    return true;
  } catch {
    // A Proxy may not let itself be looked at.
    return false;
  }
}

/** What was looked at, without the secrets that are in its error, its warning or its hint. */
export function checkWithoutSecrets(check: VerifyCheck, strike: Strike): VerifyCheck {
  const { error, warning, hint } = check;
  return {
    ...check,
    ...(error !== undefined && { error: errorWithoutSecrets(error, strike) }),
    ...(warning !== undefined && { warning: strike(warning) }),
    ...(hint !== undefined && { hint: strike(hint) }),
  };
}

/** A logger that is told of no secret. */
export function loggerWithoutSecrets(logger: Logger, strike: Strike): Logger {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return strike(value);
    return value instanceof Error ? errorWithoutSecrets(value, strike) : value;
  };
  const method =
    (level: keyof Logger) =>
    (data?: object | string, ...said: unknown[]): void => {
      if (typeof data !== 'object') {
        logger[level](data, ...said.map(clean));
        return;
      }
      const [message, ...values] = said;
      const entry = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, clean(value)]));
      logger[level](entry, message === undefined ? undefined : String(message), ...values.map(clean));
    };
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    fatal: method('fatal'),
  };
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
