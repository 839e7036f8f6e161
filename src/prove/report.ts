import { CLOUD_NAMES, CLOUDS } from '../options/clouds';
import { SANDBOX_RULES, type SandboxRuleName } from '../sandbox/rules/index';
import type { SandboxEvidence } from '../sandbox/rules/rule';
import type { Observation } from './live-check';
import { UnexpectedAnswer } from './live-http';
import type { LiveResult } from './run-live-checks';

/** How well a rule is known after a run. */
export type ProvenEvidence = SandboxEvidence | 'confirmed' | 'contradicted';

/** The results of a run, with nothing that identifies the tenant. */
export interface LiveReport {
  package: string;
  /** The package's version. */
  version: string;
  /** The day, in UTC. */
  date: string;
  /** The name of one of Microsoft's clouds; `other` for a gateway or a sandbox. */
  cloud: string;
  checks: ReportedCheck[];
  /** The rules that these checks cover. */
  rules: Partial<Record<SandboxRuleName, ProvenEvidence>>;
}

export interface ReportedCheck {
  rule: string;
  verdict: LiveResult['verdict'];
  /** The evidence before this run. */
  evidence?: SandboxEvidence;
  expected?: Observation;
  observed?: Observation;
  /** Why the check failed: a status and a code, or the code of a connection error. */
  failure?: Observation;
}

const { name, version }: { name: string; version: string } = require('../../package.json');

export function makeReport(
  results: readonly LiveResult[],
  { graphEndpoint }: { graphEndpoint: string },
  now: Date,
): LiveReport {
  const cloud = CLOUD_NAMES.find((known) => CLOUDS[known].graphEndpoint === graphEndpoint) ?? 'other';
  return {
    package: name,
    version,
    date: now.toISOString().slice(0, 10),
    cloud,
    checks: results.map(toCheck),
    rules: provenRules(results),
  };
}

/** A rule that one check contradicts stays contradicted, even if another check confirms it. */
function provenRules(results: readonly LiveResult[]): LiveReport['rules'] {
  const rules: LiveReport['rules'] = {};
  for (const { shows = [], verdict } of results) {
    for (const rule of shows) {
      const before = rules[rule] ?? SANDBOX_RULES[rule].evidence;
      if (verdict === 'contradicted') rules[rule] = 'contradicted';
      else rules[rule] = verdict === 'confirmed' && before !== 'contradicted' ? 'confirmed' : before;
    }
  }
  return rules;
}

function toCheck(result: LiveResult): ReportedCheck {
  const { rule, verdict, expected, observed, failure } = result;
  return {
    rule,
    verdict,
    evidence: evidenceOf(result),
    expected,
    observed: observed && anonymous(observed),
    ...(failure !== undefined && { failure: anonymous(failureOf(failure)) }),
  };
}

/** Leaves out the message, which may name a host or a mailbox. */
function failureOf(error: unknown): Observation {
  if (error instanceof UnexpectedAnswer) return { status: error.status, code: error.graphCode };
  if (isObject(error) && 'name' in error && error.name === 'TimeoutError') return { code: 'timeout' };
  const cause = isObject(error) && 'cause' in error ? error.cause : error;
  return { code: isObject(cause) && 'code' in cause ? String(cause.code) : 'unknown' };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function anonymous(seen: Observation): Observation {
  return Object.fromEntries(
    Object.entries(seen).map(([key, value]) => [key, typeof value === 'string' ? known(value) : value]),
  );
}

/** Words, error codes, starts of ranges, and times whose digits are all 0. */
const KNOWN_WORD = /^(?:[A-Za-z][A-Za-z_]*(?:\d{1,2}[A-Za-z_]*)?|\d{1,10}-?|0000-00-00T[0:.]+Z)$/;

/** Does not quote text that a service returns in place of a code. */
function known(text: string): string {
  return text.length <= 60 && text.split(' ').every((word) => KNOWN_WORD.test(word))
    ? text
    : 'something else';
}

/** From the least certain to the most certain. */
const EVIDENCE: readonly SandboxEvidence[] = ['ours', 'documented', 'reported', 'recorded'];

/** The evidence before this run: that of the least certain of the check's rules. */
export function evidenceOf({ shows = [] }: Pick<LiveResult, 'shows'>): SandboxEvidence | undefined {
  const kinds = shows.map((name) => SANDBOX_RULES[name].evidence);
  return EVIDENCE.find((kind) => kinds.includes(kind));
}

export const TABLE_HEAD = row('verdict', 'evidence', 'rule');

/** A result as lines of the table. */
export function resultLines(result: LiveResult): string[] {
  const { verdict, rule, details } = result;
  const lines = [row(verdict, evidenceOf(result) ?? '', rule)];
  return details === undefined ? lines : [...lines, row('', '', details)];
}

function row(verdict: string, evidence: string, text: string): string {
  return `${verdict.padEnd(12)}  ${evidence.padEnd(10)}  ${text}`;
}
