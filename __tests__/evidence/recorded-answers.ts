import type { RecordedAnswer } from './recorded-service';

/** Code and message of a refusal. */
export function saidBy({ body }: RecordedAnswer): { code: string; message: string } {
  const { error } = JSON.parse(JSON.stringify(body));
  return { code: error.code, message: error.message };
}

/** Graph's refusal in the shape that most records show. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): RecordedAnswer {
  return {
    status,
    headers,
    body: { error: { code, message, innerError: { date: '2023-12-01T08:20:46', 'request-id': REQUEST_ID } } },
  };
}

export const REQUEST_ID = '8f5d9075-5501-4428-8b8d-1c5b270cc052';

/** microsoftgraph/microsoft-graph-docs-contrib#2561: without an innerError. */
export const tooBigForMailbox = (status: number): RecordedAnswer => ({
  status,
  headers: { 'request-id': REQUEST_ID },
  body: {
    error: { code: 'ErrorMessageSizeExceeded', message: 'The message exceeds the maximum supported size.' },
  },
});

/** O365/python-o365#446 */
export const noPermissions = refusal(
  401,
  'NoPermissionsInAccessToken',
  'The token contains no permissions, or permissions can not be understood.',
);

/** MicrosoftDocs/azure-docs#32957 */
export const noExchange = refusal(
  401,
  'OrganizationFromTenantGuidNotFound',
  "The tenant for tenant guid 'db404958-8858-4f05-8a8c-91cbd9d89b21' does not exist.",
);

/** O365/python-o365#668 */
export const transient = refusal(
  403,
  'ErrorMessageTransientError',
  'Cannot send this mail due to a transient error. Please try again later (0x00004000)., WASCL UserAction verdict is not None. Actual verdict is TransientError.',
);

/** microsoftgraph/msgraph-sdk-dotnet#2239: an innerError of another kind. */
export const wrongAudience = (code = 'InvalidAudienceForResource'): RecordedAnswer => ({
  status: 401,
  body: {
    error: {
      code,
      message:
        "The audience claim value is invalid for current resource. Audience claim is 'https://outlook.office.com/api/', request url is 'https://outlook.office365.com' and resource type is 'Exchange'.",
      innerError: {
        oAuthEventOperationId: 'edb9d0b9-f824-4cae-a231-35818c93d507',
        oAuthEventcV: 'JN0dmiR5klAj9qnbU8jaVw.1.1',
        errorUrl: 'https://aka.ms/autherrors#error-InvalidResource',
        requestId: REQUEST_ID,
        date: '2023-12-01T08:20:46',
      },
    },
  },
});

/** microsoftgraph/msgraph-sdk-dotnet#1201 */
export const conflict = refusal(
  412,
  'ErrorIrresolvableConflict',
  'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
);

/** microsoftgraph/msgraph-sdk-javascript#1065 */
export const itemNotFound = refusal(
  404,
  'ErrorItemNotFound',
  'The specified object was not found in the store.',
);

/** microsoftgraph/microsoft-graph-docs-contrib#8823, and #4985 for the sentence. */
export const noMailboxYet = refusal(
  404,
  'ErrorNonExistentMailbox',
  'The SMTP address has no mailbox associated with it.',
);

/** zammad/zammad#5565 */
export const throttled = (headers: Record<string, string> = {}): RecordedAnswer =>
  refusal(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', headers);

/** microsoftgraph/msgraph-sdk-dotnet#3047 */
export const cannotDelete = (status: number): RecordedAnswer => ({
  status,
  body: { error: { code: 'ErrorCannotDeleteObject', message: 'Object cannot be deleted.' } },
});

/** microsoftgraph/microsoft-graph-docs-contrib#682 */
export const over4MB = refusal(400, 'BadRequest', 'The maximum request length supported is 4MB.');

/** O365/python-o365#1187 */
export const noSuchSegment = refusal(400, 'BadRequest', "Resource not found for the segment 'sendMail'.");

/** GNOME/evolution-ews */
export const tooManyHeaders = refusal(
  400,
  'InvalidInternetMessageHeaderCollection',
  'Maximum number of headers in one message should be less than or equal to 5.',
);

/** The answer to a message without recipients. */
export const noRecipients = refusal(
  400,
  'ErrorInvalidRecipients',
  "At least one recipient is not valid., A message can't be sent because it contains no recipients.",
);

/** What stands in the WWW-Authenticate of a 401, before what a challenge adds. */
export const BEARER =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"';

/** Graph's 401 with a challenge. */
export const challenged = (wwwAuthenticate: string | string[]): RecordedAnswer => ({
  status: 401,
  headers: { 'www-authenticate': wwwAuthenticate },
  body: {
    error: {
      code: 'InvalidAuthenticationToken',
      message: 'Continuous access evaluation resulted in challenge with result: InteractionRequired.',
      innerError: { date: '2024-12-11T11:43:06', 'request-id': REQUEST_ID, 'client-request-id': REQUEST_ID },
    },
  },
});

/** Entra's refusal of a token. */
export function entraRefusal(
  status: number,
  error: string,
  aadsts: number,
  sentence: string,
): RecordedAnswer {
  return {
    status,
    headers: {
      'cache-control': 'no-store, no-cache',
      'x-ms-request-id': '0c1d7f4e-aaaa-4bbb-8ccc-000000000001',
    },
    body: {
      error,
      error_description: `AADSTS${aadsts}: ${sentence} Trace ID: 0c1d7f4e-aaaa-4bbb-8ccc-000000000001 Correlation ID: 2e3f7f4e-aaaa-4bbb-8ccc-000000000002 Timestamp: 2023-12-01 08:20:46Z`,
      error_codes: [aadsts],
      timestamp: '2023-12-01 08:20:46Z',
      trace_id: '0c1d7f4e-aaaa-4bbb-8ccc-000000000001',
      correlation_id: '2e3f7f4e-aaaa-4bbb-8ccc-000000000002',
      error_uri: `https://login.microsoftonline.com/error?code=${aadsts}`,
    },
  };
}
