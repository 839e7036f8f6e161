/**
 * How well a rule is known. `documented`: Microsoft's documentation says so, and that is all. `reported`: users showed
 * the answer they got. `recorded`: there are recordings of the service, code by Microsoft, or a statement by someone who
 * works on it. `ours`: a guess, or a rule that only the sandbox has.
 */
export type SandboxEvidence = 'documented' | 'reported' | 'recorded' | 'ours';

/** A rule of the sandbox. */
export interface SandboxRule {
  /** One sentence. */
  rule: string;
  /** How well it is known. */
  evidence: SandboxEvidence;
  /** A page of Microsoft's documentation, or a public thread or repository. Undefined for `ours`. */
  source?: string;
}

export const documented = (source: string, rule: string): SandboxRule => ({
  rule,
  evidence: 'documented',
  source,
});
export const reported = (source: string, rule: string): SandboxRule => ({
  rule,
  evidence: 'reported',
  source,
});
export const recorded = (source: string, rule: string): SandboxRule => ({
  rule,
  evidence: 'recorded',
  source,
});
export const ours = (rule: string): SandboxRule => ({ rule, evidence: 'ours' });
