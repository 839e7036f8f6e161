import type { readJsonDraft, readJsonMessage } from '../mail/json-message';
import type { ReadMessage } from '../mail/message';
import { readMimeMessage } from '../mail/mime-message';
import { findMailbox } from '../mailbox/mailboxes';
import type { SandboxState } from '../sandbox-state';
import type { SandboxMailbox } from '../settings';
import { mediaTypeOf, readRequest, wrongContentType } from './read-request';

/** Reads a whole message from a request: the checks after the token's, in the order of the service. */
export async function readMessageRequest(
  request: Request,
  user: string,
  readJson: typeof readJsonMessage | typeof readJsonDraft,
  { settings, ids }: SandboxState,
): Promise<{ mailbox: SandboxMailbox; message: ReadMessage }> {
  const { limits } = settings;
  const body = await readRequest(request, settings);
  const readMessage = readerFor(request, readJson);
  const mailbox = findMailbox(settings, user);
  return { mailbox, message: await readMessage(body, mailbox, ids, limits) };
}

function readerFor<ReadJson>(request: Request, readJson: ReadJson): ReadJson | typeof readMimeMessage {
  switch (mediaTypeOf(request)) {
    case 'application/json':
      return readJson;
    case 'text/plain':
      return readMimeMessage;
    default:
      throw wrongContentType(
        request,
        'A message takes the content type application/json, or text/plain for MIME',
      );
  }
}
