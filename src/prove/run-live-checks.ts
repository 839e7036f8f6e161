import { isDeepStrictEqual } from 'node:util';
import type { SandboxRuleName } from '../sandbox/rules/index';
import { ARRIVAL_CHECKS } from './arrival-checks';
import { CHANGING_CHECKS } from './changing-checks';
import { DRAFT_CHECKS } from './draft-checks';
import { type LiveCheck, NotObserved, type Observation } from './live-check';
import { connectLiveService, type LiveService, type LiveServiceOptions } from './live-service';
import { MAILBOX_CHECKS } from './mailbox-checks';
import { startPlayedService } from './played-service';
import { REQUEST_CHECKS } from './request-checks';
import { SENDING_CHECKS } from './sending-checks';
import { UPLOAD_CHECKS } from './upload-checks';

/** What a service has shown of a rule. */
export interface LiveResult {
  /** In the words of the check. */
  rule: string;
  verdict: 'confirmed' | 'contradicted' | 'not observed' | 'failed';
  /** What was expected and seen, or why nothing was. */
  details?: string;
  /** The rules of the sandbox's table that the check is about. */
  shows?: readonly SandboxRuleName[];
  /** Where something was seen. */
  expected?: Observation;
  observed?: Observation;
  /** What made the check fail. */
  failure?: unknown;
}

export const LIVE_CHECKS: readonly LiveCheck[] = [
  ...SENDING_CHECKS,
  ...DRAFT_CHECKS,
  ...ARRIVAL_CHECKS,
  ...MAILBOX_CHECKS,
  ...CHANGING_CHECKS,
  ...UPLOAD_CHECKS,
  ...REQUEST_CHECKS,
];

/**
 * Runs the checks one after the other, and says of each rule of the sandbox whether the service keeps to it.
 *
 * @param report is given each result as soon as it is there
 * @param signal ends the run after the check that is under way, which takes away what it has made
 */
export async function proveRules(
  options: LiveServiceOptions,
  report: (result: LiveResult) => void,
  checks: readonly LiveCheck[] = LIVE_CHECKS,
  signal?: AbortSignal,
): Promise<LiveResult[]> {
  const service = await connectLiveService(options);
  const played = await startPlayedService();
  const results: LiveResult[] = [];
  try {
    for (const check of checks) {
      if (signal?.aborted) break;
      const result = await judge(check, service, played.service);
      results.push(result);
      report(result);
    }
  } finally {
    await played.close();
  }
  return results;
}

async function judge(check: LiveCheck, service: LiveService, played: LiveService): Promise<LiveResult> {
  const { rule, expected, shows } = check;
  try {
    const inSandbox = await check.observe(played);
    if (!isDeepStrictEqual(inSandbox, expected)) {
      return {
        rule,
        verdict: 'failed',
        details: `the sandbox itself: ${compared(expected, inSandbox)}`,
        shows,
      };
    }
    const observed = await check.observe(service);
    const seen = { rule, shows, expected, observed };
    return isDeepStrictEqual(observed, expected)
      ? { ...seen, verdict: 'confirmed' }
      : { ...seen, verdict: 'contradicted', details: compared(expected, observed) };
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    if (error instanceof NotObserved) return { rule, verdict: 'not observed', details, shows };
    return { rule, verdict: 'failed', details, shows, failure: error };
  }
}

function compared(expected: Observation, observed: Observation): string {
  return `expected ${JSON.stringify(expected)}, saw ${JSON.stringify(observed)}`;
}
