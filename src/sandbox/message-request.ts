import type { readJsonDraft, readJsonMessage } from './json-message';
import { findMailbox } from './mailboxes';
import { readMimeMessage } from './mime-message';
import { mediaTypeOf, readRequest, wrongContentType } from './read-request';
import type { ReadMessage } from './sandbox-message';
import type { SandboxState } from './sandbox-state';
import type { SandboxMailbox } from './settings';

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
