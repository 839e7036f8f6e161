import type { LiveCheck } from '../../src/prove/live-check';
import type { LiveServiceOptions } from '../../src/prove/live-service';
import { LIVE_CHECKS, type LiveResult, proveRules } from '../../src/prove/run-live-checks';

export { startSandboxService } from '../../src/prove/sandbox-service';
export { LIVE_CHECKS, type LiveResult };

/** Runs the checks, and writes the results line by line. */
export function runLiveChecks(
  options: LiveServiceOptions,
  write: (line: string) => void,
  checks: readonly LiveCheck[] = LIVE_CHECKS,
): Promise<LiveResult[]> {
  const report = ({ verdict, rule, details }: LiveResult) => {
    write(`${verdict.padEnd(12)}  ${rule}`);
    if (details) write(`${' '.repeat(14)}${details}`);
  };
  return proveRules(options, report, checks);
}
