import { randomUUID } from 'node:crypto';
import type { Call } from './call';
import { readJsonMessage } from './json-message';
import { readMessageRequest } from './message-request';
import type { SandboxMessage } from './sandbox-message';
import type { SandboxSettings } from './settings';
import { submit } from './submit';

/** One sendMail of a caller that may send. */
export async function sendMail(
  request: Request,
  user: string,
  settings: SandboxSettings,
  call: Call,
): Promise<SandboxMessage> {
  const { mailbox, message } = await readMessageRequest(request, user, readJsonMessage, settings);
  return { id: randomUUID(), ...submit(mailbox, message, settings.limits, call) };
}
