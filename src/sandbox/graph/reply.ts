import type { Call } from '../http/delivery';
import { GraphRefusal } from '../http/graph-refusal';
import type { PathValues } from '../http/route';
import { checkRecipients } from '../mail/check-message';
import type { MessageContent, ReadMessage, SandboxAddress } from '../mail/message';
import { readJsonChange } from '../mail/read-json';
import { readMimeMessage } from '../mail/read-mime';
import { visibleText } from '../mail/visible-text';
import { findMessage, newMessage } from '../mailbox/messages';
import type { MailboxMessage, MailboxState } from '../mailbox/state';
import { readEntity } from '../schema/read-entity';
import type { SandboxMailbox } from '../settings';
import { findMailbox } from '../tenant/mailboxes';
import { mergeChange } from './drafts';
import { idKind } from './message-answer';
import { mediaTypeOf, parseJson, readRequest, wrongContentType } from './read-request';

const IN_REPLY_TO = 'String 0x1042';
const REFERENCES = 'String 0x1039';

/**
 * The draft of a reply to one message, which is in no list yet.
 * [rule: reply-draft] [rule: reply-all-draft] [rule: reply-conversation] [rule: reply-attachments]
 */
export async function createReply(
  request: Request,
  { user, messageId }: PathValues,
  state: MailboxState,
  { call, toAll }: { call: Call; toAll: boolean },
): Promise<MailboxMessage> {
  const said = await readReplyBody(request, findMailbox(state.settings, user), state);
  const original = findMessage(state, user, messageId);
  const { mailbox, conversationId } = original;
  const from = { name: mailbox.displayName, address: mailbox.userPrincipalName };
  const { to, cc } = toAll ? everyone(original.content, from) : { to: repliesTo(original.content), cc: [] };
  const { subject, references, quoted } = parts(original.content);
  const content: MessageContent = {
    route: 'draft',
    from,
    sender: from,
    replyTo: [],
    to,
    cc,
    bcc: [],
    subject,
    body: quoted,
    importance: original.content.importance,
    internetMessageId: state.ids.messageId(mailbox.userPrincipalName),
    headers: [],
    extendedProperties: references,
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
    attachments: original.content.attachments.filter(({ isInline }) => isInline).map((file) => ({ ...file })),
    savedToSentItems: true,
    request: {},
  };
  const read = withReplyBody(content, said);
  checkRecipients(read.content, state.settings.limits.recipients);
  return newMessage('drafts', { mailbox, read, knownBy: idKind(request), conversationId }, state, call);
}

function repliesTo({ from, replyTo }: MessageContent): SandboxAddress[] {
  return replyTo.length > 0 ? [...replyTo] : [from];
}

function everyone(content: MessageContent, own: SandboxAddress): Pick<MessageContent, 'to' | 'cc'> {
  const isOther = ({ address }: SandboxAddress) => address.toLowerCase() !== own.address.toLowerCase();
  return { to: [...repliesTo(content), ...content.to.filter(isOther)], cc: content.cc.filter(isOther) };
}

/** What the service makes of a message in its reply. */
function parts({ subject, body, from, internetMessageId, extendedProperties }: MessageContent) {
  const before = extendedProperties.find(({ id }) => id === REFERENCES)?.value;
  const line = `From: ${from.address}`;
  const content =
    body.contentType === 'html' ? `<br><hr><p>${line}</p>${body.content}` : `\n\n${line}\n\n${body.content}`;
  return {
    subject: /^re:/i.test(subject) ? subject : `RE: ${subject}`,
    quoted: { contentType: body.contentType, content },
    references: [
      { id: IN_REPLY_TO, value: internetMessageId },
      { id: REFERENCES, value: before === undefined ? internetMessageId : `${before} ${internetMessageId}` },
    ],
  };
}

type Body = MessageContent['body'];

/** What a request for a reply asks of its draft. */
export type ReplyBody =
  /** A whole message. */
  | { mime: ReadMessage }
  /** What to change in the draft that the service makes. */
  | { comment: string; changes: ReadMessage | undefined; names: readonly string[] };

/** Reads the body of createReply and createReplyAll, which may be empty. [rule: reply-content] [rule: reply-mime] */
export async function readReplyBody(
  request: Request,
  mailbox: SandboxMailbox,
  { settings, ids }: MailboxState,
): Promise<ReplyBody> {
  const body = await readRequest(request, settings);
  if (body.length === 0) return { comment: '', changes: undefined, names: [] };
  const mediaType = mediaTypeOf(request);
  if (mediaType === 'text/plain') return { mime: await readMimeMessage(body, mailbox, ids) };
  if (mediaType !== 'application/json') {
    throw wrongContentType(
      request,
      'A reply takes the content type application/json, or text/plain for MIME',
    );
  }
  const { Comment: comment, Message: message } = readEntity(parseJson(body), 'createReply');
  if (comment && message?.body) {
    throw new GraphRefusal(
      'reply-comment-or-body',
      400,
      'ErrorInvalidRequest',
      'A reply takes a comment or the body of the message, not both.',
    );
  }
  return {
    comment: comment ?? '',
    changes: message ? readJsonChange(message, mailbox, ids, settings.limits) : undefined,
    names: Object.keys(message ?? {}).filter((name) => !name.includes('@')),
  };
}

/** The draft with what the request says: a comment or body stands above the quoted message. */
export function withReplyBody(draft: MessageContent, said: ReplyBody): ReadMessage {
  if ('mime' in said) {
    return { ...said.mime, content: { ...said.mime.content, route: 'draft' } };
  }
  const { comment, changes, names } = said;
  const { contentType } = draft.body;
  const above = names.includes('body') && changes ? changes.content.body : textAs(contentType, comment);
  const body = comment === '' && !names.includes('body') ? draft.body : joined(above, draft.body);
  if (changes === undefined) return { content: { ...draft, body }, claimedSenders: [] };
  const { content } = changes;
  const merged = mergeChange(
    draft,
    content,
    names.filter((name) => name !== 'attachments' && name !== 'internetMessageHeaders'),
  );
  const isClaimed = names.includes('from') || names.includes('sender');
  return {
    content: {
      ...merged,
      body,
      headers: content.headers,
      attachments: [...draft.attachments, ...content.attachments],
    },
    claimedSenders: isClaimed ? [merged.from.address, merged.sender.address] : [],
  };
}

/** One body under another, in the format of the upper one. */
function joined(above: Body, below: Body): Body {
  const { contentType } = above;
  if (contentType === below.contentType) return { contentType, content: above.content + below.content };
  const converted =
    contentType === 'html' ? textAs('html', below.content).content : `\n\n${visibleText(below.content)}`;
  return { contentType, content: above.content + converted };
}

function textAs(contentType: Body['contentType'], text: string): Body {
  if (contentType === 'text') return { contentType, content: text };
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { contentType, content: escaped.replace(/\r?\n/g, '<br>') };
}
