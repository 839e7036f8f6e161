import { documented, ours, recorded, reported } from './rule';

const CODES = 'Entra docs: reference-error-codes';
const RECORDINGS = 'recordings in Azure/azure-sdk-for-js';

/** What Entra refuses, and what its tokens show. */
export const ENTRA_RULES = {
  'entra-method': documented(CODES, 'An endpoint of Entra takes one method only: AADSTS900561.'),
  'entra-parameter-missing': documented(
    CODES,
    'A token request without a parameter is refused: AADSTS900144.',
  ),
  'entra-grant-type': documented(CODES, 'A grant type that Entra does not know is refused: AADSTS70003.'),
  'entra-shared-endpoint': documented(
    CODES,
    'An app alone cannot use /common or /organizations: AADSTS9001023.',
  ),
  'entra-unknown-tenant': recorded(RECORDINGS, 'An unknown tenant is refused: AADSTS90002.'),
  'entra-unknown-app': recorded(RECORDINGS, 'An app that is not in the tenant is refused: AADSTS700016.'),
  'entra-secret-missing': recorded(RECORDINGS, 'A token request without a secret is refused: AADSTS7000218.'),
  'entra-secret-wrong': recorded(RECORDINGS, 'A wrong secret is refused: AADSTS7000215.'),
  'entra-secret-expired': recorded(RECORDINGS, 'An expired secret is refused: AADSTS7000222.'),
  'entra-scope': documented(CODES, 'A scope other than one resource with /.default is refused: AADSTS70011.'),
  'entra-resource': documented(CODES, 'A resource that the tenant does not have is refused: AADSTS500011.'),
  'entra-claims-json': ours('Claims that are not JSON are refused: AADSTS90023.'),
  'entra-public-scope': ours(
    'The scope https://graph.microsoft.com/.default is accepted at every endpoint except those of other clouds.',
  ),
  'token-answer': recorded(
    RECORDINGS,
    'An answer with a token has ext_expires_in and is not to be stored, and correlation_id and trace_id of a refusal differ.',
  ),
  'token-roles': documented(
    'Entra docs: v2-oauth2-client-creds-grant-flow',
    'A token of client credentials shows its permissions in roles, and no scp.',
  ),
  'token-without-consent': documented(
    'Entra docs: v2-oauth2-client-creds-grant-flow',
    'An app without admin consent still gets a token, without roles.',
  ),
};

/** Tokens, permissions and mailboxes that Graph refuses, and requests that it cannot read. */
export const ACCESS_RULES = {
  'token-missing': ours('A request without a token is refused with InvalidAuthenticationToken.'),
  'token-unreadable': reported(
    'OfficeDev/outlook-dev-docs#508',
    'Text that is not a token is refused with InvalidAuthenticationToken.',
  ),
  'token-signature': ours('A token that was changed is refused with InvalidAuthenticationToken.'),
  'token-audience': reported(
    'microsoftgraph/microsoft-graph-docs#16208',
    'A token for another resource is refused with InvalidAuthenticationToken.',
  ),
  'token-expired': reported(
    's1t5/mail-archiver#267',
    'An expired token is refused with InvalidAuthenticationToken.',
  ),
  'token-revoked': ours('A revoked token is refused with InvalidAuthenticationToken.'),
  'claims-challenge': recorded(
    RECORDINGS,
    'A token that lacks claims is refused with a challenge that names them in base64.',
  ),
  'no-permissions': reported(
    'O365/python-o365#428',
    'A token without any permission is refused with 401 NoPermissionsInAccessToken.',
  ),
  'permission-missing': reported(
    'maester365/maester#961',
    'A token with other permissions than the request needs is refused with ErrorAccessDenied.',
  ),
  'me-for-app': reported('microsoftgraph/msgraph-sdk-php#1163', 'There is no /me for an app.'),
  'unknown-address': reported(
    'InnoGE/laravel-msgraph-mail#13',
    'An address that is not a user principal name, such as an alias, is refused in the path with ErrorInvalidUser.',
  ),
  'unknown-object-id': ours('An unknown object id is refused in the path with Request_ResourceNotFound.'),
  'unknown-user': ours('A user that the directory does not have is refused with Request_ResourceNotFound.'),
  'directory-permission': documented(
    'Graph docs: user-get',
    'The directory shows a user only to a token with a permission to read users: Authorization_RequestDenied.',
  ),
  'mailbox-unlicensed': reported(
    'microsoftgraph/microsoft-graph-docs#10481',
    'A user without a mailbox is refused with MailboxNotEnabledForRESTAPI.',
  ),
  'mailbox-on-premises': ours(
    'A mailbox outside of Exchange Online is refused with MailboxNotSupportedForRESTAPI.',
  ),
  'account-disabled': documented(
    'EWS docs: responsecode',
    'The mailbox of a disabled account is refused with ErrorAccountDisabled, the code that Exchange has for it.',
  ),
  'access-policy': documented(
    'Graph docs: auth-limit-mailbox-access',
    'A mailbox that a policy keeps the app out of is refused with ErrorAccessDenied.',
  ),
  'delegated-mailbox': ours('A token of a user opens the mailbox of that user only.'),
  'mailbox-concurrency': recorded(
    'magodo/terraform-provider-outlook#21',
    'Too many requests at once for one mailbox are refused with ApplicationThrottled.',
  ),
  'token-error-shape': recorded(
    RECORDINGS,
    'A refusal of a token has oAuthEventOperationId, oAuthEventcV and errorUrl in its innerError.',
  ),
  'bearer-challenge': recorded(
    RECORDINGS,
    'A 401 has a WWW-Authenticate with an empty realm, the authorization_uri and the app id of Graph.',
  ),
  'client-request-id': documented(
    'Graph docs: best-practices-concept',
    'An answer repeats the client-request-id of its request.',
  ),
  'own-request-id': recorded(
    RECORDINGS,
    'An answer to a request without a client-request-id has the request-id in its place.',
  ),
  'action-namespace': recorded(
    'microsoftgraph/msgraph-sdk-java#1380',
    'An action may be named with its namespace: microsoft.graph.sendMail.',
  ),
  'key-in-parentheses': documented(
    'OData docs: url-conventions',
    "A key may stand in parentheses: users('x').",
  ),
  'action-is-post': ours('An action is a POST; other methods are refused.'),
  'unknown-segment': reported(
    'O365/python-o365#1187',
    'A segment of a path that Graph does not have is refused with BadRequest, after the token was checked.',
  ),
  'nothing-there': ours('A path that leads to no service is answered 404.'),
  'not-played': ours(
    'What the sandbox does not implement is refused with 501, rather than answered with a guess.',
  ),
  'body-too-large': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#682',
    'A request over 4 MB is refused with 413 or 400; whether that is 4,000,000 bytes is not known.',
  ),
  'body-not-json': reported(
    'microsoftgraph/msgraph-sdk-dotnet#435',
    'A body that is not what its content type says is refused with UnableToDeserializePostBody.',
  ),
  'content-type': reported(
    'microsoftgraph/msgraph-sdk-dotnet#435',
    'Another content type than the request takes is refused with 415.',
  ),
  'body-schema': reported(
    'microsoftgraph/msgraph-sdk-python#313',
    'A property that the type does not have, or of another type, is refused with RequestBodyRead.',
  ),
  'names-in-any-case': recorded(
    'microsoftgraph/nodejs-connect-rest-sample',
    'The names of properties in a body are read in any case.',
  ),
  'property-twice': ours('One property in two spellings is refused with RequestBodyRead.'),
  'query-unknown': ours('A query option that OData does not have is refused with BadRequest.'),
  'query-number': ours('A $top or $skip that is not a number in range is refused with BadRequest.'),
  'select-unknown': ours(
    'A property in $select, $filter or $orderby that the type does not have is refused with BadRequest.',
  ),
};
