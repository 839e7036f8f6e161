import type {
  SandboxFault,
  SandboxFaultChooser,
  SandboxFaultOptions,
  SandboxPlannedFault,
  SandboxSeenRequest,
} from './fault';
import type { SandboxRequestName } from './request-name';

/** The faults that are still to come. */
export interface FaultPlan {
  failNext(request: SandboxRequestName, fault: SandboxFault, options?: SandboxFaultOptions): void;
  failWith(choose: SandboxFaultChooser | undefined): void;
  /** The fault that this request meets, taken off the plan. */
  next(seen: SandboxSeenRequest): SandboxFault | undefined;
  planned(): SandboxPlannedFault[];
  cancel(id: number): boolean;
  clear(): void;
}

export function createFaultPlan(): FaultPlan {
  let planned: SandboxPlannedFault[] = [];
  let latestId = 0;
  let choose: SandboxFaultChooser | undefined;
  return {
    failNext(request, fault, { times = 1, mailbox } = {}) {
      if (!Number.isSafeInteger(times) || times < 1) {
        throw new TypeError(`Expected \`times\` to be an integer from 1 and up, got ${times}`);
      }
      checkFault(fault);
      latestId += 1;
      planned.push({ id: latestId, request, mailbox: mailbox?.toLowerCase(), fault, times });
    },
    failWith(chooser) {
      choose = chooser;
    },
    next(seen) {
      const met = planned.find(
        ({ request, mailbox }) =>
          request === seen.request && (mailbox === undefined || mailbox === seen.mailbox?.toLowerCase()),
      );
      if (met === undefined) return choose?.(seen);
      met.times -= 1;
      if (met.times === 0) planned = planned.filter((other) => other !== met);
      return met.fault;
    },
    planned() {
      return planned.map((fault) => ({ ...fault }));
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

/** Told to the test that lays the fault, rather than to the client that meets it. */
function checkFault(fault: SandboxFault): void {
  if ('status' in fault && fault.status !== undefined && !isStatus(fault.status)) {
    throw new TypeError(`Expected \`status\` to be an integer from 200 to 599, got ${fault.status}`);
  }
  if (fault.kind === 'challenge' && !isJson(fault.claims)) {
    throw new TypeError(`Expected \`claims\` to be JSON, got ${fault.claims}`);
  }
}

function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
