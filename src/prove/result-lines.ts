import { SANDBOX_RULES } from '../sandbox/rules/index';
import type { SandboxEvidence } from '../sandbox/rules/rule';
import type { LiveResult } from './run-live-checks';

/** The least certain one first. */
const EVIDENCE: readonly SandboxEvidence[] = ['ours', 'documented', 'reported', 'recorded'];

/** What was known before: of several rules, the evidence of the least certain one. */
export function evidenceOf({ shows = [] }: Pick<LiveResult, 'shows'>): SandboxEvidence | undefined {
  const kinds = shows.map((name) => SANDBOX_RULES[name].evidence);
  return EVIDENCE.find((kind) => kinds.includes(kind));
}

export const TABLE_HEAD = row('verdict', 'evidence', 'rule');

/** A result as lines of the table: the evidence is the one from before this run. */
export function resultLines(result: LiveResult): string[] {
  const { verdict, rule, details } = result;
  const lines = [row(verdict, evidenceOf(result) ?? '', rule)];
  return details === undefined ? lines : [...lines, row('', '', details)];
}

function row(verdict: string, evidence: string, text: string): string {
  return `${verdict.padEnd(12)}  ${evidence.padEnd(10)}  ${text}`;
}
