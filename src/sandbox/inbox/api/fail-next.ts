import {
  checkFault,
  checkFaultOptions,
  checkRequestName,
  meantName,
  type Sandbox,
  type SandboxPlannedFault,
} from '../sandbox';
import { ApiRefusal } from './answers';

const OPTIONS = ['times', 'skip', 'every', 'mailbox'];
const NAMES = ['request', 'fault', ...OPTIONS];

/**
 * Adds a fault that a program describes.
 *
 * @throws TypeError or ApiRefusal if it makes no sense
 */
export function failNext(sandbox: Sandbox, body: unknown): SandboxPlannedFault {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiRefusal('bad-request', 'The body is an object with request and fault.');
  }
  const given: Record<string, unknown> = { ...body };
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    const meant = meantName(unknown, NAMES);
    throw new ApiRefusal(
      'bad-request',
      `Unknown property "${unknown}".${meant ? ` Did you mean "${meant}"?` : ''} A fault takes ${NAMES.join(', ')}.`,
    );
  }
  const { request, fault, ...options } = given;
  checkRequestName(request);
  checkFault(fault);
  checkFaultOptions(options);
  sandbox.failNext(request, fault, options);
  const added = sandbox.faults.at(-1);
  if (added === undefined) throw new Error('The fault was not added.');
  return added;
}
