import type { LogMethod, TransportLogger } from '../options/options';

/** A logger that may throw or reject without changing what becomes of a message or a check. */
export function harmlessLogger(logger: TransportLogger): TransportLogger {
  const method =
    (level: keyof TransportLogger): LogMethod =>
    (...entry) => {
      try {
        Promise.resolve(logger[level](...entry)).catch(() => undefined);
      } catch {}
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
