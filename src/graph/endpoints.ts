/**
 * Paths below the Graph endpoint. A mailbox and an id are one path segment each, whatever is in them, so
 * that no user id leads to another resource.
 */

/** Ids of Graph are under 200 characters long. */
const MAX_ID_LENGTH = 2000;

/**
 * Whether an id from an answer stands for one path segment. `.` and `..` survive percent-encoding, and URL parsers
 * take them for directions; a lone surrogate cannot be encoded.
 */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^(?!\.{1,2}$)\P{Cs}+$/su.test(value) && value.length <= MAX_ID_LENGTH;
}

/** Whoever the token stands for: a signed-in user, but no app. */
export const ME_PATH = '/v1.0/me';

/** The call that sends a message as the mailbox, in one request. */
export function sendMailPath(userId: string): string {
  return `${mailboxPath(userId)}/sendMail`;
}

/** The mailbox's messages: where a draft is made. */
export function messagesPath(userId: string): string {
  return `${mailboxPath(userId)}/messages`;
}

/** One message of the mailbox. */
export function messagePath(userId: string, messageId: string): string {
  return `${messagesPath(userId)}/${encodeURIComponent(messageId)}`;
}

/** A folder of the mailbox, by its id or its well-known name. */
export function folderPath(userId: string, folder: string): string {
  return `${mailboxPath(userId)}/mailFolders/${encodeURIComponent(folder)}`;
}

function mailboxPath(userId: string): string {
  return `/v1.0/users/${encodeURIComponent(userId)}`;
}
