import type { SandboxRequestName } from '../http/route';
import { checkFault, checkFaultOptions, checkRequestName } from './check-fault';
import type {
  SandboxFault,
  SandboxFaultChooser,
  SandboxFaultOptions,
  SandboxPlannedFault,
  SandboxSeenRequest,
} from './fault';

/** The faults that are still to apply. */
export interface FaultPlan {
  failNext(request: SandboxRequestName, fault: SandboxFault, options?: SandboxFaultOptions): void;
  failWith(choose: SandboxFaultChooser | undefined): void;
  /** The fault that applies to this request, taken off the list. */
  next(seen: SandboxSeenRequest): SandboxFault | undefined;
  planned(): SandboxPlannedFault[];
  cancel(id: number): boolean;
  clear(): void;
}

/** More than anyone adds. The inbox's form could add more without end. */
const MAX_FAULTS = 10_000;

/** A fault, with the requests that it still skips counted down. */
interface Waiting extends SandboxPlannedFault {
  skip: number;
  every: number;
}

export function createFaultPlan(): FaultPlan {
  let planned: Waiting[] = [];
  let latestId = 0;
  let choose: SandboxFaultChooser | undefined;
  return {
    failNext(request, fault, options = {}) {
      checkRequestName(request);
      checkFault(fault);
      checkFaultOptions(options);
      if (planned.length >= MAX_FAULTS) {
        throw new TypeError(`Expected at most ${MAX_FAULTS} faults that still have requests to apply to.`);
      }
      const { times = 1, mailbox, skip = 0, every = 1 } = options;
      latestId += 1;
      planned.push({
        id: latestId,
        request,
        mailbox: mailbox?.toLowerCase(),
        fault,
        times,
        // The first request that fails is the last one of its round.
        skip: skip + every - 1,
        every,
      });
    },
    failWith(chooser) {
      if (chooser !== undefined && typeof chooser !== 'function') {
        throw new TypeError(
          'Expected a function that chooses a fault for each request, or undefined to take it away.',
        );
      }
      choose = chooser;
    },
    next(seen) {
      const waiting = planned.filter(
        ({ request, mailbox }) =>
          request === seen.request && (mailbox === undefined || mailbox === seen.mailbox?.toLowerCase()),
      );
      for (const fault of waiting) {
        if (fault.skip > 0) {
          fault.skip -= 1;
          continue;
        }
        fault.times -= 1;
        fault.skip = fault.every - 1;
        if (fault.times === 0) planned = planned.filter((other) => other !== fault);
        return fault.fault;
      }
      return chosen(choose?.(seen));
    },
    planned() {
      return planned.map(({ skip, every, ...fault }) => ({
        ...fault,
        ...(skip > 0 && { skip }),
        ...(every > 1 && { every }),
      }));
    },
    cancel(id) {
      const left = planned.filter((fault) => fault.id !== id);
      const isGone = left.length < planned.length;
      planned = left;
      return isGone;
    },
    clear() {
      planned = [];
      choose = undefined;
    },
  };
}

/** The choice of a test's function, which may return anything. */
function chosen(fault: SandboxFault | undefined): SandboxFault | undefined {
  if (fault !== undefined) checkFault(fault);
  return fault;
}
