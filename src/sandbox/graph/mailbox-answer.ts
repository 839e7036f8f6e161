import type { Call } from '../http/delivery';
import { jsonAnswer } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import { findFolder, folderId } from '../mailbox/folders';
import { FOLDER_NAMES, type FolderName, type MailboxState } from '../mailbox/state';
import type { SandboxMailbox } from '../settings';
import { explainMailbox } from '../tenant/explain';
import { findMailbox, mailboxNamed, unknownUser } from '../tenant/mailboxes';
import { requireSomePermission } from './authorize';
import { nextLink, readPage, readQueryOptions, selectProperties } from './query-options';

/** Application permissions to read any user. */
const READ_ALL = ['User.Read.All', 'User.ReadWrite.All', 'User.ReadBasic.All', 'Directory.Read.All'];
/** Delegated permissions to read the signed-in user. */
const READ_OWN = ['User.Read', 'User.ReadWrite'];

/** A user of the directory, who exists with or without a mailbox. */
export function userAnswer(
  request: Request,
  user: string,
  permissions: readonly string[],
  { settings }: MailboxState,
  call: Call,
): Response {
  const { mailboxes, scp, graphEndpoint } = settings;
  const found = mailboxNamed(mailboxes, user);
  const isOwn = scp.length > 0 && found !== undefined && found === mailboxes[0];
  requireSomePermission(permissions);
  requireRead(permissions, isOwn ? [...READ_ALL, ...READ_OWN] : READ_ALL);
  if (found === undefined) throw unknownUser(user, explainMailbox(settings, user), 'directory');
  const { $select } = readQueryOptions(request, ['$select']);
  const { id, displayName, userPrincipalName, state = 'ok' } = found;
  const usual = {
    businessPhones: [],
    displayName,
    givenName: null,
    jobTitle: null,
    mail: state === 'unlicensed' ? null : userPrincipalName,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    userPrincipalName,
    id,
  };
  const onRequest = { accountEnabled: state !== 'disabled' };
  const shown = selectProperties('user', usual, onRequest, $select);
  const selected = $select === undefined ? '' : `(${$select})`;
  const context = `${graphEndpoint}/v1.0/$metadata#users${selected}/$entity`;
  return jsonAnswer(200, { '@odata.context': context, ...shown }, call);
}

/** Refuses in the directory's own words. */
function requireRead(permissions: readonly string[], allowed: readonly string[]): void {
  if (allowed.some((permission) => permissions.includes(permission))) return;
  throw new GraphRefusal(
    'directory-permission',
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

const DISPLAY_NAMES: Readonly<Record<FolderName, string>> = {
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  outbox: 'Outbox',
  inbox: 'Inbox',
};

/** A folder as Graph shows it. Its id is the same with immutable ids. [Graph docs, outlook-immutable-id] */
export function folderAnswer(
  request: Request,
  { user, folder: nameOrId }: { user: string; folder: string },
  state: MailboxState,
  call: Call,
): Response {
  const { mailbox, folder } = findFolder(state, user, nameOrId);
  const { $select } = readQueryOptions(request, ['$select']);
  return jsonAnswer(200, showFolder(mailbox, folder, $select, state), call);
}

/** A mailbox's folders, as far as the sandbox has them, page by page. */
export function foldersAnswer(request: Request, user: string, state: MailboxState, call: Call): Response {
  const { graphEndpoint } = state.settings;
  const mailbox = findMailbox(state.settings, user);
  const { $select, ...page } = readQueryOptions(request, ['$select', '$top', '$skip']);
  const { top, skip } = readPage(page);
  const end = skip + top;
  const body = {
    '@odata.context': `${graphEndpoint}/v1.0/$metadata#users('${encodeURIComponent(user)}')/mailFolders`,
    value: FOLDER_NAMES.slice(skip, end).map((folder) => showFolder(mailbox, folder, $select, state)),
    ...(end < FOLDER_NAMES.length && { '@odata.nextLink': nextLink(request, state.settings, end) }),
  };
  return jsonAnswer(200, body, call);
}

function showFolder(
  mailbox: SandboxMailbox,
  folder: FolderName,
  select: string | undefined,
  state: MailboxState,
): object {
  const messages = state.messages.filter(
    (message) => message.mailbox === mailbox && message.folder === folder,
  );
  const shown = {
    id: folderId(state, mailbox, folder),
    displayName: DISPLAY_NAMES[folder],
    parentFolderId: folderId(state, mailbox, 'msgfolderroot'),
    childFolderCount: 0,
    // Messages stay unread, since the sandbox does not implement isRead.
    unreadItemCount: folder === 'inbox' ? messages.length : 0,
    totalItemCount: messages.length,
    isHidden: false,
  };
  return selectProperties('mailFolder', shown, {}, select);
}
