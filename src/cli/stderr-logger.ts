import { format } from 'node:util';
import type { LogMethod, TransportLogger } from '../index';

/**
 * A logger that writes lines to stderr: warnings, and with `debug` everything. Errors are reported at the end
 * instead.
 */
export function createStderrLogger(write: (line: string) => void, debug: boolean): TransportLogger {
  const at =
    (level: string): LogMethod =>
    (_entry, message = '', ...args) =>
      write(`${level}: ${format(message, ...args)}\n`);
  const ignore: LogMethod = () => undefined;
  const detail = (level: string) => (debug ? at(level) : ignore);
  return {
    trace: detail('trace'),
    debug: detail('debug'),
    info: detail('info'),
    warn: at('warning'),
    error: ignore,
    fatal: ignore,
  };
}
