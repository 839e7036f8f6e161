import { documented, ours, recorded, reported } from './rule';

const EWS = 'EWS docs: responsecode';

/** What a message may hold, and what its recipients get of it. */
export const MESSAGE_RULES = {
  accepted: documented(
    'Graph docs: user-sendmail',
    'A message that is accepted is answered 202, with an empty body.',
  ),
  'save-to-sent-items': documented('Graph docs: user-sendmail', 'saveToSentItems: false keeps no copy.'),
  'message-missing': ours('A sendMail without a message is refused with RequestBodyRead.'),
  'save-to-sent-items-null': reported(
    'InnoGE/laravel-msgraph-mail#11',
    'saveToSentItems: null breaks the service: 500.',
  ),
  'message-id-form': ours('An internetMessageId without angle brackets and @ is refused.'),
  'message-id-kept': recorded(
    'SMTP2Graph/SMTP2Graph',
    'The Message-ID that a client gives stays, by JSON, MIME and draft.',
  ),
  'header-count': reported(
    'microsoftgraph/msgraph-sdk-dotnet#2208',
    'More than five internetMessageHeaders, or an empty list, are refused.',
  ),
  'header-name': reported(
    'microsoftgraph/msgraph-sdk-dotnet#2105',
    'An internetMessageHeader whose name does not begin with x- is refused.',
  ),
  'header-form': ours('An internetMessageHeader with characters that could begin another header is refused.'),
  'property-id': documented(
    EWS,
    'The id of an extended property that is not one is refused with ErrorInvalidExtendedProperty.',
  ),
  'property-value': documented(
    EWS,
    'A value that does not have the type of its extended property is refused with ErrorInvalidExtendedPropertyValue.',
  ),
  'properties-on-drafts': documented(
    'Graph docs: singlevaluelegacyextendedproperty-post',
    'A draft takes extended properties.',
  ),
  'attachment-incomplete': documented(
    'Graph docs: fileattachment',
    'An attachment without a name or content is refused; the code is a guess.',
  ),
  'attachment-size': reported(
    'microsoftgraph/msgraph-sdk-java#52',
    'An attachment in a request is smaller than 3 MB; whether that is 3,000,000 bytes is not known.',
  ),
  'mime-base64': documented(
    'Graph docs: user-sendmail',
    'MIME that is not base64 is refused with ErrorMimeContentInvalidBase64String.',
  ),
  'mime-invalid': documented('Graph docs: outlook-send-mime-message', 'MIME that cannot be read is refused.'),
  'mime-line-ends': ours(
    'MIME with lines that do not end in CRLF is refused, which the service takes and may garble.',
  ),
  'mime-kept-in-sent-items': reported(
    'microsoftgraph/microsoft-graph-docs#18698',
    'A message sent as MIME is always kept in Sent Items.',
  ),
  'no-recipients': reported(
    'SMTP2Graph/SMTP2Graph#30',
    'A message without recipients is refused with ErrorInvalidRecipients when it is sent.',
  ),
  'recipient-form': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1891',
    'A recipient that is not an address is refused with ErrorInvalidRecipients.',
  ),
  'recipient-count': documented(
    'Exchange Online limits',
    'A message has at most 500 recipients; the code ErrorRecipientLimitExceeded is a guess.',
  ),
  'send-as': reported(
    'microsoftgraph/microsoft-graph-docs#19312',
    'A From or Sender that the mailbox may not send as is refused with ErrorSendAsDenied.',
  ),
  'message-size': documented(
    EWS,
    'A message over the size limit of the mailbox is refused with ErrorMessageSizeExceeded when it is sent.',
  ),
  'attachment-count': documented(
    'Exchange Online limits',
    'A message has at most 250 attachments; the code ErrorInvalidRequest is a guess.',
  ),
  'header-bytes': documented(
    'Exchange Online limits',
    'A message has at most 256 KB of headers; the code ErrorInvalidRequest is a guess.',
  ),
  'bcc-hidden': documented(
    'Graph docs: outlook-send-mime-message',
    'Recipients in Bcc get the message, and no recipient gets the Bcc header.',
  ),
  'named-headers-on-the-wire': documented(
    '[MS-OXCMAIL] 2.1.3.2.4',
    'A named property of PS_INTERNET_HEADERS is a header of the message that arrives.',
  ),
  'properties-stay-with-the-sender': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#3434',
    'The named properties of a message do not reach its recipients.',
  ),
  'headers-on-request': documented(
    'Graph docs: user-post-messages',
    'internetMessageHeaders are shown only when $select names them.',
  ),
};
