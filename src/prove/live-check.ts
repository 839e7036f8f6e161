import type { SandboxRuleName } from '../sandbox/rules/index';
import type { LiveService } from './live-service';

/** What was seen: statuses, codes and numbers, and nothing that is secret. */
export type Observation = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the sandbox does, and the calls that show whether a service does the same. */
export interface LiveCheck {
  /** In a sentence. */
  rule: string;
  /** The rules of the sandbox's table that are confirmed with it. */
  shows?: readonly SandboxRuleName[];
  /** What is seen where the rule holds. */
  expected: Observation;
  /** Calls the service; what it leaves there it takes away again. */
  observe(service: LiveService): Promise<Observation>;
}

/** Thrown by a check that cannot show anything about this service. */
export class NotObserved extends Error {}

/** Thrown where a service answers in a way that lets a check not go on. */
export class UnexpectedAnswer extends Error {
  constructor(
    what: string,
    readonly status: number,
    readonly graphCode: string | undefined,
  ) {
    super(`${what} was answered with ${status}${graphCode === undefined ? '' : ` ${graphCode}`}`);
  }
}
