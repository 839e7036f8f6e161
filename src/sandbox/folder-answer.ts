import type { Call } from './call';
import { jsonAnswer } from './graph-answer';
import { type FolderName, findFolder, folderId } from './mail-folders';
import { readQueryOptions } from './query-options';
import type { SandboxState } from './sandbox-state';
import { selectProperties } from './select-properties';

const DISPLAY_NAMES: Readonly<Record<FolderName, string>> = {
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  outbox: 'Outbox',
  inbox: 'Inbox',
};

/** A folder as Graph shows it. Its id is the same with and without immutable ids. [Graph docs, outlook-immutable-id] */
export function folderAnswer(
  request: Request,
  { user, folder: nameOrId }: { user: string; folder: string },
  state: SandboxState,
  call: Call,
): Response {
  const { mailbox, folder } = findFolder(state, user, nameOrId);
  const { $select } = readQueryOptions(request, ['$select']);
  const messages = state.stored.filter((message) => message.mailbox === mailbox && message.folder === folder);
  const shown = {
    id: folderId(state, mailbox, folder),
    displayName: DISPLAY_NAMES[folder],
    parentFolderId: folderId(state, mailbox, 'msgfolderroot'),
    childFolderCount: 0,
    // What arrives stays unread: the sandbox does not play isRead.
    unreadItemCount: folder === 'inbox' ? messages.length : 0,
    totalItemCount: messages.length,
    isHidden: false,
  };
  return jsonAnswer(200, selectProperties('mailFolder', shown, {}, $select), call);
}
