/**
 * How well a rule is known. `documented`: Microsoft's documentation says so, and no more is known. `reported`: users
 * have shown the answer that they got. `recorded`: there are recordings of the service, code of Microsoft's, or the
 * word of somebody who works on it. `ours`: a guess, or a rule that only the sandbox has.
 */
export type SandboxEvidence = 'documented' | 'reported' | 'recorded' | 'ours';

/** A rule of the sandbox. */
export interface SandboxRule {
  /** One sentence. */
  rule: string;
  /** How well it is known. */
  evidence: SandboxEvidence;
  /** A page of Microsoft's documentation, or a public thread or repository. None for what is `ours`. */
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
