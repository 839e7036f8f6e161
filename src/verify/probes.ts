import { plainJson } from '../delivery/request-bodies';
import { GraphTransportError } from '../errors/graph-transport-error';
import { graphCode as serviceCode } from '../errors/service-codes/graph-codes';
import { spelling } from '../errors/service-codes/service-code';
import type { GraphClient } from '../graph/client';
import { ME_PATH, sendMailPath } from '../graph/endpoints';
import type { TokenClaims } from './check-token';
import { doubted, failed, passed, type VerifyCheck } from './verify-check';

/** Codes that are about the mailbox itself, though their status is that of missing permissions. */
const MAILBOX_CODES: ReadonlySet<string> = new Set(
  ['ErrorAccountDisabled', 'ErrorAccountSuspend', 'extensionError', 'OrganizationFromTenantGuidNotFound'].map(
    spelling,
  ),
);

/** Comes with 401, like an invalid token. But Graph has read this token, and found no permissions in it. */
const NO_PERMISSIONS = spelling('NoPermissionsInAccessToken');

/**
 * Asks Graph to send a message without recipients, which it refuses before anything can be delivered. Graph has
 * no documented way to ask whether an app may send from a mailbox. Users report that once token, mailbox and
 * access are in order it answers 400 `ErrorInvalidRecipients` (SMTP2Graph #30,
 * microsoftgraph/msgraph-sdk-powershell #463). Any success would mean that something else answered, so it
 * counts as a failure here.
 */
export async function probeMailbox(
  client: GraphClient,
  userId: string,
  claims: TokenClaims | undefined,
  signal: AbortSignal,
): Promise<VerifyCheck[]> {
  try {
    const { status, requestId, clientRequestId } = await client.call(
      {
        method: 'POST',
        path: sendMailPath(userId),
        what: `the check of the mailbox ${userId}`,
        expect: 202,
        contentType: 'application/json',
        body: plainJson(MESSAGE_TO_NOBODY),
      },
      signal,
    );
    return [failed('graph', acceptedError(status, requestId, clientRequestId))];
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    return explainAnswer(error, claims);
  }
}

/**
 * Asks Graph who the app is, for use when no mailbox is known. Graph refuses, because an app is not a user, and
 * the refusal shows that Graph can be reached and accepts the token.
 */
export async function probeGraph(
  client: GraphClient,
  claims: TokenClaims | undefined,
  signal: AbortSignal,
): Promise<VerifyCheck[]> {
  try {
    await client.call({ method: 'GET', path: ME_PATH, what: 'the check', expect: 200 }, signal);
  } catch (error) {
    if (!(error instanceof GraphTransportError)) throw error;
    const rights = error.responseCode === 401 ? explainRights(error, claims) : undefined;
    if (rights) return rights;
    if (!isGraphsOwn(error)) return [failed('graph', error)];
  }
  return [
    passed('graph'),
    doubted(
      'mailbox',
      'No mailbox was checked: userId is a function, so the mailbox depends on the message.',
    ),
  ];
}

const MESSAGE_TO_NOBODY = {
  message: {
    subject: 'Check by nodemailer-graph-transport, to nobody',
    body: { contentType: 'text', content: '' },
    toRecipients: [],
  },
  saveToSentItems: false,
};

function explainAnswer(error: GraphTransportError, claims: TokenClaims | undefined): VerifyCheck[] {
  const { responseCode: status = 0, graphCode, requestId, clientRequestId } = error;
  if (status >= 200 && status < 300) {
    return [failed('graph', acceptedError(status, requestId, clientRequestId))];
  }
  const beyondToken = explainRights(error, claims);
  if (beyondToken) return beyondToken;
  if (error.retryable || !isGraphsOwn(error)) return [failed('graph', error)];
  const known = serviceCode(graphCode ?? '');
  if (status === 400 && spelling(graphCode ?? '') === INVALID_RECIPIENTS) {
    return [passed('graph'), passed('mailbox'), passed('access')];
  }
  if (status === 400 && (error.code === 'EMESSAGE' || known === undefined)) {
    // It concerns the message, which was never meant to be valid, so it does not show that sending fails.
    return [
      passed('graph'),
      doubted(
        'mailbox',
        `Graph refused the check with ${graphCode ?? error.response}, where ErrorInvalidRecipients was expected: whether the app can send from the mailbox is not known.`,
        'Send a message to be sure.',
      ),
    ];
  }
  return [passed('graph'), failed('mailbox', error)];
}

const INVALID_RECIPIENTS = spelling('ErrorInvalidRecipients');

/** A refusal that is not about the token, though its status says token or permissions. */
function explainRights(
  error: GraphTransportError,
  claims: TokenClaims | undefined,
): VerifyCheck[] | undefined {
  const { responseCode: status } = error;
  if (status !== 401 && status !== 403) return undefined;
  const code = spelling(error.graphCode ?? '');
  if (MAILBOX_CODES.has(code)) return [passed('graph'), failed('mailbox', error)];
  const isAboutAccess = status === 403 ? isGraphsOwn(error) && !error.retryable : code === NO_PERMISSIONS;
  return isAboutAccess ? [passed('graph'), failed('access', withAccessHint(error, claims))] : undefined;
}

/** Whether Graph itself answered, and got as far as judging the request. Its code may be empty. */
function isGraphsOwn({ responseCode: status, graphCode, response }: GraphTransportError): boolean {
  if (status === undefined || (graphCode === undefined && response === String(status))) return false;
  return status >= 400 && status < 500 && status !== 401 && status !== 429;
}

/** The permissions in the token show which reason for a 403 it can be. */
function withAccessHint(error: GraphTransportError, claims: TokenClaims | undefined): GraphTransportError {
  if (claims === undefined || claims.scopes !== undefined) return error;
  const hint = claims.roles.some((role) => role.toLowerCase() === 'mail.send')
    ? 'The token has Mail.Send, so an application access policy keeps the app from this mailbox: see Test-ApplicationAccessPolicy in Exchange Online PowerShell. A change can take over an hour.'
    : 'The token has no Mail.Send. Give the app registration Mail.Send as an application permission and grant admin consent, or give it the role "Application Mail.Send" over this mailbox by RBAC for Applications (see Test-ServicePrincipalAuthorization in Exchange Online PowerShell). A change can take over an hour.';
  return error.with({ hint });
}

function acceptedError(
  status: number,
  requestId: string | undefined,
  clientRequestId: string | undefined,
): GraphTransportError {
  return new GraphTransportError(
    'ECONNECTION',
    `Graph did not refuse a message to nobody, but answered ${status}.`,
    {
      hint: 'This is not how Graph is known to answer: is there a proxy or gateway in between? Check Sent Items and Drafts of the mailbox.',
      responseCode: status,
      requestId,
      clientRequestId,
      response: String(status),
    },
  );
}
