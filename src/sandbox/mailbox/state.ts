import type { Call } from '../http/delivery';
import type { Ids } from '../http/ids';
import type { ReadMessage, SandboxAttachment } from '../mail/message';
import type { SandboxMailbox, SandboxSettings } from '../settings';
import type { SentMessages } from './sent';
import type { UploadedContent } from './uploaded-content';

/** The folders that hold messages in the sandbox, by their well-known names. */
export const FOLDER_NAMES = ['drafts', 'sentitems', 'deleteditems', 'outbox', 'inbox'] as const;
export type FolderName = (typeof FOLDER_NAMES)[number];

/** The ids of one mailbox's folders, which never change. */
export type FolderIds = Readonly<Record<FolderName | 'msgfolderroot', string>>;

/** How much longer the search misses a message, or still shows it. */
export interface Delay {
  /** Searches left. */
  finds: number;
  /** In milliseconds of the sandbox's clock. */
  until: number;
}

/** A message in a folder: a draft, the copy of a sent message, or one that has arrived. */
export interface MailboxMessage extends ReadMessage {
  readonly mailbox: SandboxMailbox;
  createdAt: Date;
  changedAt: Date;
  /** Different after each change. */
  changeKey: string;
  /** Unlike the ids, it survives sending. */
  readonly conversationId: string;
  isDraft: boolean;
  folder: FolderName;
  /** Both ids lead to the message. This one changes with each move, and sending is a move. */
  id: string;
  immutableId: string;
  /** Which of the two ids the client got when it created the message. */
  readonly knownBy: 'id' | 'immutableId';
  /** The id of the sent message, if this is one that has arrived. */
  readonly sentId?: string;
  /** How long searches miss it. */
  unsearchable: Delay;
  /** The ids of its attachments, in their order; each is made when it is first shown. */
  readonly attachmentIds: string[];
  /** The size of the request that made a draft, measured once. 0 if it is no draft's: then it is shared. */
  readonly requestBytes: number;
}

/** A draft as it was when it left Drafts, and how long searches still show it. */
export interface StaleDraft {
  readonly draft: MailboxMessage;
  readonly shownFor: Delay;
}

/** The file that an upload session was opened for. */
export interface AnnouncedFile {
  described: Pick<SandboxAttachment, 'name' | 'contentType' | 'isInline' | 'contentId'>;
  sizeBytes: number;
}

/** A file on its way to a draft. */
export interface UploadSession {
  readonly id: string;
  /** The secret in the session's URL. */
  readonly authToken: string;
  readonly draft: MailboxMessage;
  readonly file: AnnouncedFile;
  readonly content: UploadedContent;
  readonly expiresAt: Date;
}

/** A message to be sent later. */
export interface DeferredSend {
  /** In milliseconds of the sandbox's clock; undefined once there is nothing left to send. */
  dueAt(): number | undefined;
  send(at: Date): void;
  /** What is to be sent: a draft is deferred at most once. */
  readonly of: object;
  /** The message to be sent once more. Removing it cancels this. */
  readonly messageId?: string;
}

/** What the mailboxes of one sandbox hold. */
export interface MailboxState {
  readonly settings: SandboxSettings;
  readonly ids: Ids;
  readonly folders: ReadonlyMap<SandboxMailbox, FolderIds>;
  /** What was sent, by any route. */
  readonly sent: SentMessages;
  /** What is in the folders. */
  readonly messages: MailboxMessage[];
  /** What searches still show in Drafts. */
  readonly staleDrafts: StaleDraft[];
  /** The ids of deleted messages whose second DELETE is refused, with their mailboxes. */
  readonly recoverable: Map<string, SandboxMailbox>;
  readonly uploadSessions: Map<string, UploadSession>;
  /** Unanswered requests that attach a file, or a part of one, to a draft. */
  readonly attaching: Map<Call, { draft: MailboxMessage; file: object }>;
  readonly deferred: DeferredSend[];
  /** When message traces were asked for, in milliseconds of the sandbox's clock. */
  readonly traceRequests: number[];
}
