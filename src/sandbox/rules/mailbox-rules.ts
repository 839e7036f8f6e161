import { documented, ours, recorded, reported } from './rule';

/** Drafts, ids, folders and searches. */
export const MAILBOX_RULES = {
  'item-not-found': reported(
    'microsoftgraph/msgraph-sdk-javascript#272',
    'An id that leads to no message or folder is answered 404 ErrorItemNotFound.',
  ),
  'send-has-no-body': ours('A body of the send action is refused.'),
  'only-drafts-change': ours('A message that was sent cannot be changed or sent again: ErrorInvalidRequest.'),
  'update-property': documented(
    'Graph docs: message-update',
    'A property that cannot be updated is refused.',
  ),
  'delete-again': reported(
    'microsoftgraph/microsoft-graph-docs#2894',
    'A second DELETE of a message, by whichever of its ids, is refused with ErrorCannotDeleteObject.',
  ),
  'delete-hides': reported(
    'microsoftgraph/msgraph-sdk-powershell#3265',
    'What is deleted goes to Recoverable Items, where no search finds it.',
  ),
  'permanent-delete': documented(
    'Graph docs: message-permanentdelete',
    'permanentDelete takes a message out of sight, and only the global cloud has it.',
  ),
  'whole-seconds': recorded('alcionai/corso', 'Times of messages are shown in whole seconds.'),
  'draft-shown': documented(
    'Graph docs: user-post-messages',
    'A draft is shown with conversationId, webLink, changeKey, and with receivedDateTime and sentDateTime.',
  ),
  'copy-shown': documented(
    'Graph docs: message',
    'A copy in Sent Items, too, is shown with conversationId, webLink and sentDateTime.',
  ),
  'change-key': documented(
    'Graph docs: message',
    'A change of a message or its attachments changes changeKey.',
  ),
  'conversation-stays': reported(
    'microsoftgraph/microsoft-graph-docs#1533',
    'When a draft is sent, its conversationId stays and its ids change.',
  ),
  'reply-draft': documented(
    'Graph docs: message-createreply',
    'createReply makes a draft to those in Reply-To, or else to the sender, and can be updated before it is sent.',
  ),
  'reply-all-draft': documented(
    'Graph docs: message-createreplyall',
    'createReplyAll makes a draft to the sender and all recipients.',
  ),
  'reply-conversation': ours(
    'The draft of a reply is in the conversation of the message and names it in In-Reply-To and References, with RE: before its subject and its body below.',
  ),
  'reply-content': ours(
    'A comment, or the body of a message, stands above the body of the reply, and other properties of the message replace those of the draft.',
  ),
  'reply-comment-or-body': documented(
    'Graph docs: message-createreply',
    'A reply takes a comment or the body of a message: both are refused with 400; the code is a guess.',
  ),
  'reply-mime': documented('Graph docs: message-createreply', 'A reply as MIME is the draft as it is.'),
  'reply-attachments': ours('The draft of a reply has the inline attachments of the message.'),
  'parallel-attachments': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1287',
    'Of the files attached to one draft at the same time, all but the first are refused with 412.',
  ),
  'deferred-draft': reported(
    'openonion/connectonion#183',
    'A draft that asks to be sent later stays in Drafts until then, and is not sent once it is deleted.',
  ),
  'deferred-in-outbox': ours(
    'What asks to be sent later and was moved to Outbox before it was sent waits there; the Outbox of an Exchange mailbox is where Outlook keeps such messages (Microsoft KB 188696).',
  ),
  'held-is-submitted': ours(
    'A draft that waits for its time has mfSubmitted (4) in the property Integer 0x0E07, and no other draft has it.',
  ),
  'move-makes-new-id': documented(
    'Graph docs: message-move',
    'Moving a message takes it out of its folder and gives it a new id in the other.',
  ),
  'move-destination': ours('A move that names no folder is refused with ErrorInvalidRequest.'),
  'deferred-send-mail': reported(
    'openonion/connectonion#1198',
    'A sendMail that asks to be sent later is sent at once, and again at that time.',
  ),
  'id-changes-with-folder': documented(
    'Graph docs: outlook-immutable-id',
    'The usual id of a message changes when it leaves its folder.',
  ),
  'immutable-id-dies-by-sending': recorded(
    'microsoftgraph/microsoft-graph-docs#6250',
    'Sending makes a copy in Sent Items with another immutable id.',
  ),
  'page-may-be-short': documented(
    'Graph docs: paging',
    'A page of results may hold few messages or none, and still link to another one.',
  ),
  'next-link': documented(
    'Graph docs: paging',
    'A search with more messages than a page holds links to the next page.',
  ),
  'page-size': documented(
    'Graph docs: user-list-messages',
    'A page holds 10 messages unless $top says otherwise, and at most 1,000.',
  ),
  'search-lags': documented(
    'Graph docs: outlook-immutable-id',
    'A search may take a while to show what was sent; for how long, and whether drafts lag too, is not known.',
  ),
  'parent-folder': documented(
    'Graph docs: message',
    'A message tells the id of its folder as parentFolderId.',
  ),
  'search-by-message-id': reported(
    'microsoftgraph/msgraph-sdk-dotnet#2947',
    'A $filter by internetMessageId finds a message.',
  ),
  'search-by-property': documented(
    'Graph docs: singlevaluelegacyextendedproperty-get',
    'A $filter by an extended property compares names with case and values without.',
  ),
  'filter-invalid': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#727',
    'A $filter that cannot be read is refused with the one sentence "Invalid filter clause".',
  ),
  'filter-endswith': ours('endsWith in a $filter is refused with ErrorInvalidUrlQueryFilter.'),
  'order-invalid': ours('An $orderby that cannot be read is refused with BadRequest.'),
  'order-in-filter': documented(
    'Graph docs: user-list-messages',
    'What is in $orderby stands first in the $filter, in the same order, or InefficientFilter is the answer.',
  ),
  'expand-properties': documented(
    'Graph docs: singlevaluelegacyextendedproperty-get',
    'An $expand shows the extended properties that it names by id.',
  ),
  'message-class': documented(
    '[MS-OXCMAIL]',
    'A report that arrives gets a class such as REPORT.IPM.Note.NDR, in the property String 0x001A.',
  ),
  'mime-of-message': documented(
    'Graph docs: outlook-get-mime-message',
    'A message is also there as MIME: $value behind its path.',
  ),
  'bounce-test': ours('Mail to an address at bounce.test is reported back to the Inbox of its sender.'),
  'property-id-zeros': recorded(
    'debold/GraphMailer.NET',
    'The id of an extended property is shown without leading zeros.',
  ),
};

const ERRORS = 'Graph docs: errors';

/** Upload sessions. */
export const UPLOAD_RULES = {
  'session-file': ours('An upload session for a file without a name, a size or a kind is refused.'),
  'session-kind': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#710',
    'An upload session is for file attachments only: 405.',
  ),
  'session-minimum': reported(
    'microsoftgraph/microsoft-graph-docs#11804',
    'An upload session for a file under 3 MB is refused; whether that is 3,000,000 bytes is not known.',
  ),
  'session-maximum': documented(
    'Graph docs: outlook-large-attachments',
    'An upload session for a file over 150 MB is refused.',
  ),
  'session-gone': documented(
    ERRORS,
    'A session that has ended, was cancelled or has expired takes no range: uploadSessionNotFound.',
  ),
  'session-ends-with-draft': ours('The upload sessions of a draft end when it is sent or deleted.'),
  'upload-authorization': recorded(
    'microsoftgraph/msgraph-sdk-java-core#445',
    'The URL of an upload session takes no Authorization header: 401 InvalidAudience.',
  ),
  'message-size-while-uploading': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#2561',
    'The range that takes a draft over the size limit of the mailbox is refused with ErrorMessageSizeExceeded.',
  ),
  'upload-answer-names': documented(
    'Graph docs: outlook-large-attachments',
    'The answer to a range may spell nextExpectedRanges with a capital.',
  ),
  'range-length': ours('A range without a Content-Length is refused.'),
  'range-size': documented(ERRORS, 'A range of 4 MB or more is refused: maxFragmentLengthExceeded.'),
  'range-mismatch': documented(
    ERRORS,
    'A range that is longer or shorter than its Content-Range says is refused: fragmentLengthMismatch.',
  ),
  'range-overlap': documented(ERRORS, 'A range that is there already is refused: fragmentOverlap.'),
  'range-gap': documented(ERRORS, 'A range that leaves a gap is refused: fragmentOutOfOrder.'),
  'range-invalid': documented(ERRORS, 'A Content-Range that does not fit the file is refused: invalidRange.'),
  'range-answers': recorded(
    'microsoftgraph/msgraph-sdk-dotnet-core',
    'A range is answered 200 with the start of the next one, the last range 201 with a Location and no body.',
  ),
};

/** What the service may answer to any request: the sandbox does so when a fault or a setting tells it to. */
export const SCENE_RULES = {
  'tenant-without-exchange': reported(
    'MicrosoftDocs/azure-docs#32957',
    'A tenant without Exchange Online answers even a good token with 401 OrganizationFromTenantGuidNotFound.',
  ),
  'generic-refusal': reported(
    'microsoftgraph/microsoft-graph-docs#6968',
    'A permission or a mailbox that is missing may be answered with UnknownError and an empty message.',
  ),
  'throttled-without-retry-after': reported(
    'zammad/zammad#5565',
    'A refusal for too many requests may come without Retry-After.',
  ),
  'passing-conflict': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1287',
    'A step of a draft may be refused with 412 ErrorIrresolvableConflict and pass when it is repeated.',
  ),
  malware: documented('Graph docs: errors', 'An attachment with malware is refused: malwareDetected.'),
  'mailbox-full': documented(
    'EWS docs: responsecode',
    'A full mailbox refuses new items: ErrorQuotaExceeded.',
  ),
};
