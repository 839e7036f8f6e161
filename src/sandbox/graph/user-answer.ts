import type { Call } from '../http/delivery';
import { jsonAnswer } from '../http/graph-answer';
import { GraphRefusal } from '../http/graph-refusal';
import type { MailboxState } from '../mailbox/state';
import { explainMailbox } from '../tenant/explain';
import { mailboxNamed, unknownUser } from '../tenant/mailboxes';
import { requireSomePermission } from './authorize';
import { readQueryOptions, selectProperties } from './query-options';

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
