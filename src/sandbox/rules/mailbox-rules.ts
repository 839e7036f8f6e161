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
    'microsoftgraph/msgraph-sdk-dotnet#3047',
    'A second DELETE of a message is refused with ErrorCannotDeleteObject.',
  ),
  'delete-hides': reported(
    'microsoftgraph/msgraph-sdk-powershell#3265',
    'What is deleted goes to Recoverable Items, where no search finds it.',
  ),
  'whole-seconds': recorded('alcionai/corso', 'Times of messages are shown in whole seconds.'),
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
  'parallel-attachments': reported(
    'microsoftgraph/msgraph-sdk-dotnet#1287',
    'Attachments that are added to one draft at the same time meet 412 ErrorIrresolvableConflict.',
  ),
  'conversation-stays': reported(
    'microsoftgraph/microsoft-graph-docs#1533',
    'The conversationId of a draft is that of its sent copy too.',
  ),
  'deferred-draft': reported(
    'connectonion/connectonion#183',
    'A draft with a deferred send time waits in Drafts when it is sent, and a DELETE calls it off.',
  ),
  'deferred-send-mail': reported(
    'connectonion/connectonion#1198',
    'A deferred send time does not keep sendMail back: the message goes at once, and again at that time.',
  ),
  'property-id-zeros': recorded(
    'tests of GraphMailer.NET',
    'The id of an extended property comes back without leading zeros.',
  ),
  'filter-invalid': reported(
    'microsoftgraph/microsoft-graph-docs-contrib#727',
    'A $filter that cannot be read is refused with BadRequest.',
  ),
  'filter-endswith': ours('A $filter with endswith is refused with ErrorInvalidUrlQueryFilter.'),
  'order-invalid': ours('An $orderby that cannot be read is refused with BadRequest.'),
  'order-in-filter': documented(
    'Graph docs: user-list-messages',
    'The properties of $orderby stand first in $filter, or the request is refused with InefficientFilter.',
  ),
  'next-link': documented(
    'Graph docs: paging',
    'A search with more messages than a page holds leads on to the next page.',
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
};
