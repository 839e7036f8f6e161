import type { SandboxRuleName } from '../sandbox/rules/index';
import type { LiveService } from './live-service';

/** What a check saw: statuses, codes and numbers, never a secret. */
export type Observation = Readonly<Record<string, string | number | boolean | undefined>>;

/** Something the sandbox does, and the requests that show whether a service does the same. */
export interface LiveCheck {
  /** The rule, as a sentence. */
  rule: string;
  /** The rules in the sandbox's table that it confirms. */
  shows?: readonly SandboxRuleName[];
  /** What the check sees if the rule holds. */
  expected: Observation;
  /** Makes the requests, and removes what they leave behind. */
  observe(service: LiveService): Promise<Observation>;
}

/** Thrown by a check that cannot tell anything about this service. */
export class NotObserved extends Error {}
