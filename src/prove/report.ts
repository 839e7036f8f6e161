import { CLOUD_NAMES, CLOUDS } from '../options/clouds';
import { SANDBOX_RULES, type SandboxRuleName } from '../sandbox/rules/index';
import type { SandboxEvidence } from '../sandbox/rules/rule';
import { type Observation, UnexpectedAnswer } from './live-check';
import { evidenceOf } from './result-lines';
import type { LiveResult } from './run-live-checks';

/** How well a rule is known after a run. */
export type ProvenEvidence = SandboxEvidence | 'confirmed' | 'contradicted';

/** What a run has shown, and nothing that tells whose service it was. */
export interface LiveReport {
  package: string;
  /** Of the package. */
  version: string;
  /** The day, in UTC. */
  date: string;
  /** The name of one of Microsoft's clouds; `other` for a gateway or a sandbox. */
  cloud: string;
  checks: ReportedCheck[];
  /** The rules that these checks are about. */
  rules: Partial<Record<SandboxRuleName, ProvenEvidence>>;
}

export interface ReportedCheck {
  rule: string;
  verdict: LiveResult['verdict'];
  /** From before this run. */
  evidence?: SandboxEvidence;
  expected?: Observation;
  observed?: Observation;
  /** Why nothing was seen: a status and a code, or the code of a broken connection. */
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

/** A rule that one check has contradicted is not confirmed by another one. */
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

/** No message: whatever it is, a host or a mailbox may be named in it. */
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

/** Words, codes of Graph and of connections, starts of ranges, and a time whose digits are all 0. */
const KNOWN_WORD = /^(?:[A-Za-z][A-Za-z_]*(?:\d{1,2}[A-Za-z_]*)?|\d{1,10}-?|0000-00-00T[0:.]+Z)$/;

/** What a service puts where its code belongs, and is none, is not quoted. */
function known(text: string): string {
  return text.length <= 60 && text.split(' ').every((word) => KNOWN_WORD.test(word))
    ? text
    : 'something else';
}
