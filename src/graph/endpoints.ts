/**
 * Paths on the Graph endpoint. A mailbox or an id is always a single path segment, whatever characters it
 * contains, so no user id can lead to another resource.
 */

/** Graph's ids are under 200 characters long. */
const MAX_ID_LENGTH = 2000;

/**
 * Whether an id from an answer can be used as one path segment. Percent-encoding leaves `.` and `..` as they
 * are, and URL parsers resolve them; a lone surrogate cannot be encoded.
 */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^(?!\.{1,2}$)\P{Cs}+$/su.test(value) && value.length <= MAX_ID_LENGTH;
}

/** The user that the token stands for: a signed-in user, never an app. */
export const ME_PATH = '/v1.0/me';

/** The request that sends a message from the mailbox in one step. */
export function sendMailPath(userId: string): string {
  return `${mailboxPath(userId)}/sendMail`;
}

/** The mailbox's messages: where a draft is created. */
export function messagesPath(userId: string): string {
  return `${mailboxPath(userId)}/messages`;
}

/** One message of the mailbox. */
export function messagePath(userId: string, messageId: string): string {
  return `${messagesPath(userId)}/${encodeURIComponent(messageId)}`;
}

/** A message as MIME. The path through its folder is reported to be refused (microsoft-graph-docs-contrib #776). */
export function mimePath(userId: string, messageId: string): string {
  return `${messagePath(userId, messageId)}/$value`;
}

/** A folder of the mailbox, by its id or its well-known name. */
export function folderPath(userId: string, folder: string): string {
  return `${mailboxPath(userId)}/mailFolders/${encodeURIComponent(folder)}`;
}

function mailboxPath(userId: string): string {
  return `/v1.0/users/${encodeURIComponent(userId)}`;
}

/** The tenant's message traces. */
export function tracesPath(): string {
  return '/v1.0/admin/exchange/tracing/messageTraces';
}

/** The steps of one message to one recipient. */
export function traceDetailsPath(traceId: string, recipient: string): string {
  const address = encodeURIComponent(recipient.replaceAll("'", "''"));
  return `${tracesPath()}/${encodeURIComponent(traceId)}/getDetailsByRecipient(recipientAddress='${address}')`;
}
