import type { FaultTime, SandboxFault } from '../faults/fault';

/** What happens to a request that meets the fault, in a few words. */
export function describeFault(fault: SandboxFault): string {
  switch (fault.kind) {
    case 'answer': {
      const { status, code = 'without a body', aadsts } = fault;
      const number = aadsts === undefined ? '' : ` AADSTS${aadsts}`;
      return `${status} ${code}${number}${waiting(fault.retryAfter)}${carriedOut(fault.when)}`;
    }
    case 'html':
      return `${fault.status}, the page of a gateway${waiting(fault.retryAfter)}${carriedOut(fault.when)}`;
    case 'headers': {
      const names = Object.keys(fault.headers ?? {});
      return `the right answer with more headers: ${names.join(', ')}${waiting(fault.retryAfter)}`;
    }
    case 'challenge':
      return '401 with a claims challenge';
    case 'redirect':
      return `${fault.status ?? 307} to ${fault.location}`;
    case 'broken-json':
      return 'an answer of broken JSON';
    case 'reset':
      return `the connection is reset${carriedOut(fault.when)}`;
    case 'cut':
      return `cut in the ${fault.in} of the answer, carried out`;
    case 'silence':
      return `no answer${carriedOut(fault.when)}`;
    case 'trickle':
      return `an answer that never ends, in its ${fault.in}, carried out`;
  }
}

function carriedOut(when: FaultTime | 'before-body' = 'before'): string {
  return when === 'after' ? ', although carried out' : '';
}

function waiting(retryAfter: number | Date | undefined): string {
  if (retryAfter === undefined) return '';
  return `, Retry-After ${typeof retryAfter === 'number' ? retryAfter : retryAfter.toUTCString()}`;
}
