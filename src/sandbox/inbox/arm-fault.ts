import type { Sandbox } from '../create-sandbox';
import type { AnswerFault, FaultTime, SandboxFault } from '../faults/fault';
import { REQUEST_NAMES } from '../graph/request-name';
import { FAULT_PRESETS, findPreset } from './fault-presets';

/**
 * Lays the fault that a form describes, by the same call that a test would make.
 * @throws TypeError given values that no form of the page has, or that make no fault
 */
export function armFault(sandbox: Sandbox, values: URLSearchParams): void {
  const preset = findPreset(values.get('fault') ?? '');
  if (values.has('fault') && preset === undefined) {
    const names = FAULT_PRESETS.flatMap(({ presets }) => presets.map(({ name }) => name));
    throw new TypeError(`There is no such fault. There are ${names.join(', ')}.`);
  }
  const request = REQUEST_NAMES.find(
    (name) => name === (preset?.isForToken ? 'token' : (preset?.request ?? values.get('request'))),
  );
  if (request === undefined) {
    throw new TypeError(
      `The form names no request that a fault could be laid for. There are ${REQUEST_NAMES.join(', ')}.`,
    );
  }
  if (preset && !preset.isForToken && request === 'token') {
    throw new TypeError(
      'This fault is one of Graph. For a token, choose one of Entra or an answer of your own.',
    );
  }
  const mailbox = request === 'token' ? '' : (values.get('mailbox') ?? '');
  const retryAfter = readNumber(values, 'retryAfter');
  const fault = preset
    ? withRetryAfter(preset.fault, preset.isPassing ? retryAfter : undefined)
    : ownAnswer(values, retryAfter);
  sandbox.failNext(request, fault, {
    times: readNumber(values, 'times') ?? 1,
    skip: readNumber(values, 'skip') ?? 0,
    every: readNumber(values, 'every') ?? 1,
    ...(mailbox !== '' && { mailbox }),
  });
  // A client that has a token does not ask for another one before it must.
  if (values.has('revoke')) sandbox.revokeTokens();
}

function withRetryAfter(fault: SandboxFault, retryAfter: number | undefined): SandboxFault {
  if (retryAfter === undefined) return fault;
  return fault.kind === 'answer' || fault.kind === 'html' ? { ...fault, retryAfter } : fault;
}

function ownAnswer(values: URLSearchParams, retryAfter: number | undefined): AnswerFault {
  const given = (name: string) => values.get(name) || undefined;
  return {
    kind: 'answer',
    status: readNumber(values, 'status') ?? 500,
    code: given('code'),
    message: given('message'),
    aadsts: readNumber(values, 'aadsts'),
    retryAfter,
    when: readWhen(values),
  };
}

/** Undefined given an empty field. */
function readNumber(values: URLSearchParams, name: string): number | undefined {
  const text = (values.get(name) ?? '').trim();
  if (text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TypeError(`Expected \`${name}\` to be an integer from 0 and up, got ${text}`);
}

function readWhen(values: URLSearchParams): FaultTime {
  const given = values.get('when') || 'before';
  if (given === 'before' || given === 'after') return given;
  throw new TypeError(`Expected \`when\` to be before or after, got ${given}`);
}
