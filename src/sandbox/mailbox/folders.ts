import { GraphRefusal, notImplemented } from '../http/graph-refusal';
import type { Ids } from '../http/ids';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { FOLDER_NAMES, type FolderIds, type FolderName, type MailboxState } from './state';

/** Folders that every mailbox has and the sandbox lacks. [Graph docs, resources/mailfolder] */
const OTHER_FOLDERS = new Set([
  'archive',
  'clutter',
  'conflicts',
  'conversationhistory',
  'junkemail',
  'localfailures',
  'msgfolderroot',
  'recoverableitemsdeletions',
  'scheduled',
  'searchfolders',
  'serverfailures',
  'syncissues',
]);

export function makeFolders(
  mailboxes: readonly SandboxMailbox[],
  { outlookId }: Ids,
): ReadonlyMap<SandboxMailbox, FolderIds> {
  return new Map(
    mailboxes.map((mailbox) => [
      mailbox,
      {
        drafts: outlookId(),
        sentitems: outlookId(),
        deleteditems: outlookId(),
        outbox: outlookId(),
        inbox: outlookId(),
        msgfolderroot: outlookId(),
      },
    ]),
  );
}

export function folderId(
  { folders }: MailboxState,
  mailbox: SandboxMailbox,
  folder: keyof FolderIds,
): string {
  const ids = folders.get(mailbox);
  if (ids === undefined) throw new TypeError(`No folders were made for ${mailbox.userPrincipalName}`);
  return ids[folder];
}

/** The folder that a path names, by its well-known name in any case or by its id. @throws GraphRefusal */
export function findFolder(
  state: MailboxState,
  user: string,
  nameOrId: string,
): { mailbox: SandboxMailbox; folder: FolderName } {
  const mailbox = findMailbox(state.settings, user);
  const name = nameOrId.toLowerCase();
  const folder = FOLDER_NAMES.find((known) => known === name || folderId(state, mailbox, known) === nameOrId);
  if (folder !== undefined) return { mailbox, folder };
  if (OTHER_FOLDERS.has(name)) {
    throw notImplemented(`the folder ${nameOrId}`);
  }
  throw new GraphRefusal(
    'item-not-found',
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store.',
  );
}
