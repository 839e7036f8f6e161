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
  'whole-seconds': recorded('alcionai/corso', 'Times of messages are shown in whole seconds.'),
  'draft-shown': documented(
    'Graph docs: user-post-messages',
    'A draft is shown with conversationId, webLink, changeKey, and with receivedDateTime and sentDateTime.',
  ),
  'change-key': documented(
    'Graph docs: message',
    'A change of a message or its attachments changes changeKey.',
  ),
  'conversation-stays': reported(
    'microsoftgraph/microsoft-graph-docs#1533',
    'conversationId stays when a draft is sent, whose ids do not.',
  ),
  'parallel-attachments': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1287',
    'Files that are attached to one draft at the same time are refused with 412 but for the first.',
  ),
  'deferred-draft': reported(
    'openonion/connectonion#183',
    'A draft that asks to be sent later stays in Drafts until then, and is not sent once it is deleted.',
  ),
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
    'A page of results may hold few messages or none, and lead on to another one all the same.',
  ),
  'next-link': documented(
    'Graph docs: paging',
    'A search with more messages than a page holds leads on to the next page.',
  ),
  'page-size': documented(
    'Graph docs: user-list-messages',
    'A page holds 10 messages unless $top says else, 1,000 at most.',
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
  'property-id-zeros': recorded(
    'debold/GraphMailer.NET',
    'The id of an extended property is shown without leading zeros.',
  ),
};
