import { isDeepStrictEqual } from 'node:util';
import { type StartSandboxOptions, startSandbox } from '../../src/sandbox';
import { ARRIVAL_CHECKS } from './arrival-checks';
import { DRAFT_CHECKS } from './draft-checks';
import { type LiveCheck, NotObserved, type Observation } from './live-check';
import { connectLiveService, type LiveService, type LiveServiceOptions } from './live-service';
import { MAILBOX_CHECKS } from './mailbox-checks';
import { SENDING_CHECKS } from './sending-checks';
import { UPLOAD_CHECKS } from './upload-checks';

/** What a service has shown of a rule. */
export interface LiveResult {
  rule: string;
  verdict: 'confirmed' | 'contradicted' | 'not observed' | 'failed';
  /** What was expected and seen, or why nothing was. */
  details?: string;
}

export const LIVE_CHECKS: readonly LiveCheck[] = [
  ...SENDING_CHECKS,
  ...DRAFT_CHECKS,
  ...ARRIVAL_CHECKS,
  ...MAILBOX_CHECKS,
  ...UPLOAD_CHECKS,
];

/**
 * Runs the checks one after the other, and says of each rule of the sandbox whether the service keeps to it.
 *
 * @param write is given the report line by line
 */
export async function runLiveChecks(
  options: LiveServiceOptions,
  write: (line: string) => void,
  checks: readonly LiveCheck[] = LIVE_CHECKS,
): Promise<LiveResult[]> {
  const service = await connectLiveService(options);
  const played = await startPlayedService();
  const results: LiveResult[] = [];
  try {
    for (const check of checks) {
      const result = await judge(check, service, played.service);
      results.push(result);
      write(`${result.verdict.padEnd(12)}  ${check.rule}`);
      if (result.details) write(`${' '.repeat(14)}${result.details}`);
    }
  } finally {
    await played.close();
  }
  return results;
}

/** The sandbox that is compared with, or stands in for a tenant; with what the checks may need of one. */
export async function startPlayedService(settings: StartSandboxOptions = {}) {
  const sandbox = await startSandbox({
    mailboxes: [
      {
        id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a01',
        userPrincipalName: 'app@contoso.example',
        displayName: 'Contoso App',
        aliases: ['alias@contoso.example'],
      },
    ],
    // Long enough for requests to meet.
    latency: 15,
    ...settings,
  });
  const options: LiveServiceOptions = {
    ...sandbox.options,
    to: 'ann@example.com',
    alias: 'alias@contoso.example',
    foreignFrom: 'nobody@example.com',
    // What is not there at once does not come later.
    lookMs: 1,
  };
  return { sandbox, options, service: await connectLiveService(options), close: () => sandbox.close() };
}

async function judge(check: LiveCheck, service: LiveService, played: LiveService): Promise<LiveResult> {
  const { rule, expected } = check;
  try {
    const inSandbox = await check.observe(played);
    if (!isDeepStrictEqual(inSandbox, expected)) {
      return { rule, verdict: 'failed', details: `the sandbox itself: ${compared(expected, inSandbox)}` };
    }
    const observed = await check.observe(service);
    return isDeepStrictEqual(observed, expected)
      ? { rule, verdict: 'confirmed' }
      : { rule, verdict: 'contradicted', details: compared(expected, observed) };
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return { rule, verdict: error instanceof NotObserved ? 'not observed' : 'failed', details };
  }
}

function compared(expected: Observation, observed: Observation): string {
  return `expected ${JSON.stringify(expected)}, saw ${JSON.stringify(observed)}`;
}
