import { isDeepStrictEqual } from 'node:util';
import type { SandboxRuleName } from '../sandbox/rules/index';
import { ARRIVAL_CHECKS } from './arrival-checks';
import { CHANGING_CHECKS } from './changing-checks';
import { DRAFT_CHECKS } from './draft-checks';
import { type LiveCheck, NotObserved, type Observation } from './live-check';
import { connectLiveService, type LiveService, type LiveServiceOptions } from './live-service';
import { MAILBOX_CHECKS } from './mailbox-checks';
import { REPLY_CHECKS } from './reply-checks';
import { REQUEST_CHECKS } from './request-checks';
import { startSandboxService } from './sandbox-service';
import { SENDING_CHECKS } from './sending-checks';
import { SENT_COPY_CHECKS } from './sent-copy-checks';
import { TRACE_CHECKS } from './trace-checks';
import { UPLOAD_CHECKS } from './upload-checks';

/** What a check found. */
export interface LiveResult {
  /** The rule, in the words of the check. */
  rule: string;
  verdict: 'confirmed' | 'contradicted' | 'not observed' | 'failed';
  /** What was expected and seen, or why nothing was seen. */
  details?: string;
  /** The rules in the sandbox's table that the check covers. */
  shows?: readonly SandboxRuleName[];
  /** Set if the check saw something, as is `observed`. */
  expected?: Observation;
  observed?: Observation;
  /** The error that made the check fail. */
  failure?: unknown;
}

export const LIVE_CHECKS: readonly LiveCheck[] = [
  ...SENDING_CHECKS,
  ...DRAFT_CHECKS,
  ...ARRIVAL_CHECKS,
  ...MAILBOX_CHECKS,
  ...CHANGING_CHECKS,
  ...REPLY_CHECKS,
  ...SENT_COPY_CHECKS,
  ...UPLOAD_CHECKS,
  ...REQUEST_CHECKS,
  // Last, because a trace takes minutes to show.
  ...TRACE_CHECKS,
];

/**
 * Runs the checks one after the other, each in a sandbox and on the service, and compares the results.
 *
 * @param report receives each result as soon as it is known
 * @param signal ends the run after the current check, which still removes what it created
 */
export async function proveRules(
  options: LiveServiceOptions,
  report: (result: LiveResult) => void,
  checks: readonly LiveCheck[] = LIVE_CHECKS,
  signal?: AbortSignal,
): Promise<LiveResult[]> {
  const service = await connectLiveService(options);
  const played = await startSandboxService();
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
