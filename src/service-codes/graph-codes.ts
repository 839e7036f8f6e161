import type { ServiceCode, ServiceCodeRow } from './service-code';

const DOCS = 'https://learn.microsoft.com/graph';

/**
 * Codes of Graph and Exchange. Meanings: Microsoft Graph documentation, the page of each link, and for codes
 * that no page explains what users report of them.
 */
export const GRAPH_CODES: readonly ServiceCodeRow[] = [
  {
    codes: ['InvalidAuthenticationToken', 'unauthenticated', 'AuthenticationError', 'InvalidAudience'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The token does not fit this Graph: authorityHost, graphEndpoint and the tenant must belong to one cloud.',
    link: `${DOCS}/resolve-auth-errors`,
  },
  {
    codes: ['LifetimeValidationFailed'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The token has expired: check the clock of this machine.',
    link: `${DOCS}/resolve-auth-errors`,
  },
  {
    codes: ['NoPermissionsInAccessToken'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'Give the app registration the application permission Mail.Send (not the delegated one) and grant admin consent; a token from before that lacks it for up to an hour.',
    link: `${DOCS}/resolve-auth-errors`,
  },
  {
    codes: ['ErrorAccessDenied', 'accessDenied', 'AccessRestricted', 'Authorization_RequestDenied'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'Give the app registration the application permission Mail.Send (not the delegated one), grant admin consent, and check that no application access policy or RBAC scope keeps the app from this mailbox; such changes can take over an hour.',
    link: `${DOCS}/auth-limit-mailbox-access`,
  },
  {
    codes: ['insufficient_claims'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'A conditional access policy blocks the app: see the policies for workload identities.',
    link: 'https://learn.microsoft.com/entra/identity/conditional-access/workload-identity',
  },
  {
    codes: ['ErrorAccountDisabled'],
    code: 'EAUTH',
    outcome: 'refused',
    hint: 'The account of the mailbox in userId is disabled: enable it, or make it a shared mailbox.',
    link: `${DOCS}/api/resources/user`,
  },
  {
    codes: ['ErrorSendAsDenied'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'The From or Sender of the message is not the mailbox in userId. Set From to that mailbox, set userId to the From mailbox, or grant the userId mailbox "Send As" on the From address in Exchange.',
    link: `${DOCS}/outlook-send-mail-from-other-user`,
  },
  {
    codes: ['ErrorInvalidUser', 'ResourceNotFound', 'Request_ResourceNotFound', 'ErrorNonExistentMailbox'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'Set userId to the object id or the user principal name of a licensed Exchange Online mailbox in this tenant; an alias does not do.',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: [
      'MailboxNotEnabledForRESTAPI',
      'MailboxNotSupportedForRESTAPI',
      'ErrorMailboxNotHostedInExchangeOnline',
      'extensionError',
    ],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'Set userId to a licensed Exchange Online mailbox, not one that is on premises, deleted or a guest, and check that no application access policy keeps the app from it.',
    link: `${DOCS}/errors`,
  },
  {
    codes: ['ErrorInvalidRecipients', 'ErrorRecipientNotFound'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'Check the recipients: there must be at least one, each a plain address that Exchange can resolve.',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['ErrorInvalidRecipientSubfilterException', 'ErrorInvalidSmtpAddress'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'One of the addresses is malformed: check From, Reply-To and the recipients.',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['ErrorRecipientLimitExceeded'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'Split the recipients over several messages (the default limit is 500).',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['ErrorExceededMessageLimit', 'ErrorSubmissionQuotaExceeded'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'The mailbox has used up its sending quota: wait a day, or spread the mail.',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['ErrorMessageSubmissionBlocked'],
    code: 'EENVELOPE',
    outcome: 'refused',
    hint: 'The mailbox is blocked from sending: see "Restricted entities" in the Defender portal.',
    link: `${DOCS}/outlook-things-to-know-about-send-mail`,
  },
  {
    codes: ['ErrorMessageSizeExceeded'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: "The message is over the mailbox's MaxSendSize (35 MB unless raised): make it smaller, or raise that.",
    link: `${DOCS}/api/attachment-createuploadsession`,
  },
  {
    codes: ['RequestEntityTooLarge'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'The request is over what Graph takes in one piece (4 MB): a larger message needs the application permission Mail.ReadWrite, to go as a draft.',
    link: `${DOCS}/outlook-large-attachments`,
  },
  {
    codes: [
      'ErrorAttachmentSizeLimitExceeded',
      'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
      'maxFileSizeExceeded',
      'maxFragmentLengthExceeded',
    ],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'An attachment has a size that Graph does not take: at most 150 MB, of which the mailbox may allow less.',
    link: `${DOCS}/outlook-large-attachments`,
  },
  {
    codes: [
      'uploadSessionNotFound',
      'uploadSessionIncomplete',
      'uploadSessionFailed',
      'invalidRange',
      'fragmentLengthMismatch',
      'fragmentOutOfOrder',
      'fragmentOverlap',
    ],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'The upload of an attachment broke down before anything was sent: send the message again.',
    link: `${DOCS}/outlook-large-attachments`,
  },
  {
    codes: [
      'ErrorItemNotFound',
      'itemNotFound',
      'ErrorIrresolvableConflict',
      'resourceModified',
      'ErrorConcurrentModification',
    ],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'The draft was changed or taken away while it was made: does another program work on the Drafts of this mailbox?',
    link: `${DOCS}/errors`,
  },
  {
    codes: ['ErrorQuotaExceeded', 'quotaLimitReached'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'The sending mailbox is full: empty its Sent Items, or set saveToSentItems to false.',
    link: `${DOCS}/outlook-things-to-know-about-send-mail`,
  },
  {
    codes: ['malwareDetected', 'virusSuspicious'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'Exchange takes an attachment for malware: send the message without it.',
    link: `${DOCS}/errors`,
  },
  {
    codes: [
      'ErrorMimeContentInvalid',
      'ErrorMimeContentConversionFailed',
      'ErrorContentConversionFailed',
      'ErrorCorruptData',
    ],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: "Exchange cannot read the content of the message: try the other format ('json' or 'mime').",
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['ErrorMimeContentInvalidBase64String', 'UnableToDeserializePostBody'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'The request did not arrive as it was sent: does a proxy change what passes through it?',
    link: `${DOCS}/api/user-sendmail`,
  },
  {
    codes: ['BadRequest', 'invalidRequest', 'ErrorInvalidRequest'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'Graph finds the request malformed or larger than 4 MB: its own sentence says which.',
    link: `${DOCS}/errors`,
  },
  {
    codes: ['InvalidInternetMessageHeader', 'InvalidInternetMessageHeaderCollection'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: "Graph takes at most five headers of the app's own, each with a name that begins with X-: rename or remove some.",
    link: `${DOCS}/api/resources/internetmessageheader`,
  },
  {
    codes: ['ErrorInvalidExtendedProperty', 'ErrorInvalidExtendedPropertyValue'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: "Exchange does not take the value of a header that travels as a MAPI property: check In-Reply-To, References, Sensitivity and the List headers, or set format to 'mime'.",
    link: `${DOCS}/api/resources/extended-properties-overview`,
  },
  {
    codes: [
      'RequestBodyRead',
      'ErrorInvalidPropertyRequest',
      'ErrorInvalidPropertySet',
      'ErrorInvalidId',
      'ErrorInvalidIdMalformed',
      'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments',
    ],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: "Graph does not understand how this package put the message: report it with the request id, and try format: 'mime' meanwhile.",
    link: `${DOCS}/errors`,
  },
  {
    codes: ['notSupported', 'NotImplemented'],
    code: 'EMESSAGE',
    outcome: 'refused',
    hint: 'This cloud or mailbox cannot do what was asked: check graphEndpoint and userId.',
    link: `${DOCS}/deployments`,
  },
  {
    codes: ['ErrorSendFailed', 'ErrorCannotSendMessage'],
    code: 'EMESSAGE',
    outcome: 'unknown',
    hint: 'Exchange could not submit the message: look into Drafts and Sent Items before sending it again.',
    link: `${DOCS}/outlook-things-to-know-about-send-mail`,
  },
  {
    codes: [
      'ErrorInternalServerError',
      'ErrorInternalServerTransientError',
      'generalException',
      'UnknownError',
      'ErrorMessageTransientError',
      'ErrorTimeoutExpired',
    ],
    code: 'ECONNECTION',
    outcome: 'unknown',
    hint: 'Exchange failed halfway: look into Sent Items before sending the message again, and give Microsoft support the request id if it goes on.',
    link: `${DOCS}/best-practices-concept`,
  },
  {
    codes: ['ErrorMailboxStoreUnavailable', 'ErrorMailboxMoveInProgress'],
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'The mailbox is being moved or is out of reach for now: send again later.',
    link: `${DOCS}/errors`,
  },
  {
    codes: ['serviceNotAvailable', 'ServiceUnavailable'],
    code: 'ECONNECTION',
    outcome: 'not-accepted',
    hint: 'Graph is busy or under maintenance: send again later.',
    link: `${DOCS}/errors`,
  },
  {
    codes: [
      'ApplicationThrottled',
      'TooManyRequests',
      'activityLimitReached',
      'throttledRequest',
      'ErrorServerBusy',
      'CommandConcurrencyLimitReached',
    ],
    code: 'ETIMEDOUT',
    outcome: 'not-accepted',
    hint: 'Graph throttles this app or mailbox: send more slowly.',
    link: `${DOCS}/throttling`,
  },
];

const BY_NAME: ReadonlyMap<string, ServiceCode> = new Map(
  GRAPH_CODES.flatMap(({ codes, ...meaning }) => codes.map((name) => [spelling(name), meaning])),
);

/**
 * What a code of Graph or Exchange means, whichever way it is spelled: services behind Graph write
 * `ErrorItemNotFound` and `itemNotFound` alike.
 */
export function graphCode(name: string): ServiceCode | undefined {
  return BY_NAME.get(spelling(name));
}

function spelling(name: string): string {
  return name.toLowerCase().replace(/^error/, '');
}
