import type { LiveService } from './live-service';

/** What was seen: statuses, codes and numbers, and nothing that is secret. */
export type Observation = Readonly<Record<string, string | number | boolean | undefined>>;

/** A rule of the sandbox, and the calls that show whether a service keeps to it. */
export interface LiveCheck {
  /** In a sentence. */
  rule: string;
  /** What is seen where the rule holds. */
  expected: Observation;
  /** Calls the service; what it leaves there it takes away again. */
  observe(service: LiveService): Promise<Observation>;
}

/** Thrown by a check that cannot show anything about this service. */
export class NotObserved extends Error {}
