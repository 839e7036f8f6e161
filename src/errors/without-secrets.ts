import { types } from 'node:util';
import type { getLogger } from 'nodemailer/lib/shared';
import { type ErrorChanges, GraphTransportError } from './graph-transport-error';

type Logger = ReturnType<typeof getLogger>;

/** Removes secrets from a text. */
export type Strike = (text: string) => string;

/** The longest text that is passed on from another library's error or from a service. */
const MAX_TEXT = 4000;
/** The most objects that are searched for secrets. An object that leads to more is not passed on. */
const MAX_OBJECTS = 500;
/** The most levels of nested causes. */
const MAX_DEPTH = 20;

/** The error itself, or a copy without the secrets that it or its causes contain. */
export function errorWithoutSecrets(error: GraphTransportError, strike: Strike): GraphTransportError;
export function errorWithoutSecrets(error: Error, strike: Strike): Error;
export function errorWithoutSecrets(error: Error, strike: Strike): Error {
  return error instanceof GraphTransportError ? ownError(error, strike, 0) : foreignError(error, strike, 0);
}

function ownError(error: GraphTransportError, strike: Strike, depth: number): GraphTransportError {
  const { outcome: _, ...details } = error.details;
  const changes: ErrorChanges = { cause: causeWithoutSecrets(error.cause, strike, depth + 1) };
  for (const [name, text] of Object.entries(details)) {
    if (typeof text === 'string' && strike(text) !== text) {
      Object.assign(changes, { [name]: strike(text) });
    }
  }
  // A secret that is complete in the message may be split in its parts. The stack holds only the message and
  // places in the code, and reading it would make Node write it out, which costs more than the rest of an error.
  const isClean = strike(error.message) === error.message && Object.keys(changes).length === 1;
  if (isClean && changes.cause === error.cause) return error;
  const copy = error.with(changes);
  copy.message = strike(copy.message);
  copy.stack = strike(error.stack ?? '');
  return copy;
}

function causeWithoutSecrets(cause: unknown, strike: Strike, depth: number): unknown {
  if (typeof cause === 'string') return shortened(strike(cause));
  if (typeof cause !== 'object' || cause === null) return cause;
  if (depth > MAX_DEPTH) return undefined;
  if (cause instanceof GraphTransportError) return ownError(cause, strike, depth);
  if (types.isNativeError(cause) || cause instanceof Error) return foreignError(cause, strike, depth);
  return isFree(cause, strike) ? cause : undefined;
}

/** Callers may recognise an error by identity, so a copy is made only if necessary. */
function foreignError(error: Error, strike: Strike, depth: number): Error {
  if (isFree(error, strike)) return error;
  const text = (value: string) => shortened(strike(value));
  const { cause } = error;
  const inner = causeWithoutSecrets(cause, strike, depth + 1);
  const copy: Error = new Error(text(error.message), inner === undefined ? undefined : { cause: inner });
  Object.defineProperty(copy, 'name', { value: text(error.name), configurable: true, writable: true });
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (strike(name) !== name) continue;
    if (typeof value === 'string') Object.assign(copy, { [name]: text(value) });
    if (typeof value === 'number' || typeof value === 'boolean') Object.assign(copy, { [name]: value });
    if (name === 'errors' && Array.isArray(value)) {
      Object.assign(copy, { errors: value.map((one) => causeWithoutSecrets(one, strike, depth + 1)) });
    }
  }
  if (typeof error.stack === 'string') copy.stack = text(error.stack);
  return copy;
}

/** Whether an object, and everything it leads to, is free of secrets and overlong texts. */
function isFree(value: object, strike: Strike): boolean {
  const seen = new Set<object>([value]);
  const isFreeText = (text: string) => text.length <= MAX_TEXT && strike(text) === text;
  try {
    // Also visits what is added during the loop.
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
    // A Proxy may throw when it is inspected.
    return false;
  }
}

/** A logger that never receives a secret. */
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
  return atEachLevel(method);
}

/** A logger with a method for each level. */
export function atEachLevel<Method>(method: (level: keyof Logger) => Method): Record<keyof Logger, Method> {
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
