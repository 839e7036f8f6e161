import { formatSize } from './format';
import { OUTLOOK_GAPS } from './outlook-gaps';
import {
  decodeReferences,
  emlHeaders,
  type SandboxMessage,
  sizeOfMessage,
  type Tag,
  tagsOf,
  visibleText,
  withoutComments,
} from './sandbox';
import { textPieces } from './text-links';

/** Something about a message that its sender may want to change, or wants to look over. */
export interface MessageCheck {
  name: string;
  /** A `problem` is wrong for sure, a `warning` probably, and a `note` is there to be read. */
  level: 'problem' | 'warning' | 'note';
  title: string;
  /** The places in the message, such as links. */
  items: string[];
  /** How the rule about the service or a mail program is known. */
  evidence?: { kind: 'documented' | 'reported' | 'recorded' | 'ours'; source: string };
}

/** What the checks need to know about the mailbox. */
export interface CheckSettings {
  /** The largest message that the mailbox takes, in bytes. */
  messageBytes: number;
  /** The mailbox's own addresses besides its user principal name. */
  aliases: readonly string[];
}

/** The documented maximum of a request to Graph. */
const REQUEST_BYTES = 4_000_000;
/** The documented maximum of `internetMessageHeaders`. */
const MAX_X_HEADERS = 5;

/** Exchange sets these itself and ignores a message's own. */
const EXCHANGE_SETS = ['date', 'return-path', 'dkim-signature'];
/** Headers that Exchange stores as properties or passes on. */
const EXCHANGE_KNOWS =
  /^(?:from|sender|reply-to|to|cc|subject|message-id|in-reply-to|references|mime-version|content-.+|importance|priority|sensitivity|keywords|disposition-notification-to|return-receipt-to|x-.+)$/;

/** What Exchange does to the headers of a MIME message: sets some itself, and is reported to drop others. */
export function headersThatExchangeChanges({ mime, headers }: SandboxMessage): {
  replaced: string[];
  dropped: string[];
} {
  const names = mime ? [...new Set(headers.map(({ name }) => name))] : [];
  const isReplaced = (name: string) => EXCHANGE_SETS.includes(name.toLowerCase());
  return {
    replaced: names.filter(isReplaced),
    dropped: names.filter((name) => !isReplaced(name) && !EXCHANGE_KNOWS.test(name.toLowerCase())),
  };
}

/** Looks a message over. Pure: the same message and settings give the same checks. */
export function checksOf(message: SandboxMessage, settings: CheckSettings): MessageCheck[] {
  const tags = message.body.contentType === 'html' ? tagsOf(message.body.content) : [];
  return [
    ...contentIdChecks(message, tags),
    ...linkChecks(message, tags),
    ...placeholderChecks(message, tags),
    ...imageChecks(message, tags),
    ...sizeChecks(message, settings),
    ...headerChecks(message),
    ...senderChecks(message, settings),
    ...outlookChecks(message),
  ];
}

/** How many of the checks ask for a change. */
export function countFindings(checks: readonly MessageCheck[]): number {
  return checks.filter(({ level }) => level !== 'note').length;
}

type Level = MessageCheck['level'];

/** A check, unless it has found nothing. */
function check(
  name: string,
  level: Level,
  title: string,
  items: readonly string[],
  evidence?: MessageCheck['evidence'],
): MessageCheck[] {
  return items.length === 0
    ? []
    : [{ name, level, title, items: [...new Set(items)], ...(evidence && { evidence }) }];
}

function contentIdChecks({ body, attachments }: SandboxMessage, tags: readonly Tag[]): MessageCheck[] {
  const used = new Set(
    tags.length === 0
      ? []
      : [...withoutComments(body.content).matchAll(/["'=(]\s{0,9}cid:([^\s"'()<>]+)/gi)].map(([, id = '']) =>
          decodedId(decodeReferences(id)),
        ),
  );
  const known = new Set(attachments.map(({ contentId = '' }) => contentId));
  const unused = attachments.filter(
    ({ contentId, isInline }) => isInline && contentId !== undefined && !used.has(contentId),
  );
  return [
    ...check(
      'cid-missing',
      'problem',
      'The HTML shows images that are not attached',
      [...used].filter((id) => !known.has(id)).map((id) => `cid:${id}`),
    ),
    ...check(
      'cid-unused',
      'warning',
      'Inline attachments that the HTML does not show',
      unused.map(({ name, contentId }) => `${name || '(no name)'}, cid:${contentId}`),
    ),
  ];
}

function decodedId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function linksOf({ body, textAlternative }: SandboxMessage, tags: readonly Tag[]): string[] {
  const inTags = tags
    .filter(({ name }) => name === 'a' || name === 'area')
    .flatMap(({ attributes }) => attributes.get('href') ?? [])
    .map((href) => decodeReferences(href).trim());
  const text = body.contentType === 'text' ? body.content : (textAlternative ?? '');
  return [...inTags, ...textPieces(text).flatMap(({ href }) => href ?? [])];
}

function linkChecks(message: SandboxMessage, tags: readonly Tag[]): MessageCheck[] {
  const links = linksOf(message, tags);
  return [
    ...check(
      'links-broken',
      'problem',
      'Links that lead nowhere from a mail',
      links.filter(isBroken).map((link) => link || '(empty)'),
    ),
    ...check(
      'links-http',
      'warning',
      'Links without TLS',
      links.filter((link) => /^http:/i.test(link)),
    ),
    ...check('links', 'note', 'All links', links),
  ];
}

/** A mail has no page to be relative to. A name inside the mail is fine, an empty one is a forgotten link. */
function isBroken(link: string): boolean {
  if (/^#./.test(link) || /^(?:mailto|tel|sms|cid):./i.test(link)) return false;
  if (!/^https?:\/\/[^/\s]/i.test(link) || /\s/.test(link) || !URL.canParse(link)) return true;
  const { hostname } = new URL(link);
  return !hostname.includes('.') && hostname !== 'localhost' && !hostname.startsWith('[');
}

/** What template engines leave behind: `{{name}}`, `${name}`, `<%= name %>`, `%NAME%`, and values without text. */
const PLACEHOLDER =
  /\{\{[^{}\n]{1,80}\}\}|\$\{[^{}\n]{1,80}\}|<%[=-]?[^%<>\n]{1,80}%>|%[A-Z][A-Z\d_]{1,40}%|\[object Object\]|\b(?:undefined|null|NaN)\b/g;

function placeholderChecks(message: SandboxMessage, tags: readonly Tag[]): MessageCheck[] {
  const { subject, body, textAlternative = '' } = message;
  const shown = body.contentType === 'html' ? visibleText(body.content) : body.content;
  const inLinks = linksOf(message, tags).map(decodedId);
  const found = [subject, shown, textAlternative, ...inLinks].flatMap(
    (text) => text.match(PLACEHOLDER) ?? [],
  );
  return check('placeholders', 'problem', 'Placeholders that were not filled in', found);
}

function imageChecks({ body }: SandboxMessage, tags: readonly Tag[]): MessageCheck[] {
  const images = tags.filter(({ name }) => name === 'img');
  const bare = images.filter(({ attributes }) => !attributes.has('alt'));
  const isWordless = images.length > 0 && visibleText(body.content) === '';
  return [
    ...check(
      'alt-missing',
      'warning',
      'Images without alt, which readers who block images cannot tell apart',
      bare.map(({ attributes }) => (attributes.get('src') ?? '(no src)').slice(0, 120)),
    ),
    ...check(
      'images-only',
      'warning',
      'The HTML is images only',
      isWordless ? ['It has no text, so it is blank while images are blocked.'] : [],
    ),
  ];
}

function sizeChecks(message: SandboxMessage, { messageBytes }: CheckSettings): MessageCheck[] {
  const bytes = message.mime?.length ?? sizeOfMessage(message, 0);
  // Base64 makes four characters of three bytes.
  const inRequest = Math.ceil(bytes / 3) * 4;
  return [
    ...check(
      'size-mailbox',
      'problem',
      'Larger than the mailbox takes',
      bytes > messageBytes ? [`${formatSize(bytes)} of ${formatSize(messageBytes)}`] : [],
      { kind: 'documented', source: 'Exchange Online limits' },
    ),
    ...check(
      'size-request',
      'note',
      'Too large for one request to Graph, so it needs a draft and Mail.ReadWrite',
      inRequest > REQUEST_BYTES
        ? [`${formatSize(inRequest)} in base64; Graph takes ${formatSize(REQUEST_BYTES)}`]
        : [],
      { kind: 'documented', source: 'Microsoft Graph throttling and request limits' },
    ),
  ];
}

function headerChecks(message: SandboxMessage): MessageCheck[] {
  const { replaced, dropped } = headersThatExchangeChanges(message);
  const own = message.headers.filter(({ name }) => /^x-/i.test(name)).map(({ name }) => name);
  return [
    ...check(
      'x-headers',
      'warning',
      `More than ${MAX_X_HEADERS} X- headers, which is all that Graph’s JSON takes`,
      own.length > MAX_X_HEADERS ? own : [],
      {
        kind: 'reported',
        source: '“Maximum number of headers in one message should be less than or equal to 5.”',
      },
    ),
    ...check('headers-dropped', 'warning', 'Headers that users report Exchange to drop', dropped, {
      kind: 'reported',
      source: 'headers that do not begin with X-',
    }),
    ...check(
      'headers-replaced',
      'note',
      'Headers that Exchange sets itself, whatever they say here',
      replaced,
    ),
  ];
}

function senderChecks(message: SandboxMessage, { aliases }: CheckSettings): MessageCheck[] {
  const { from, mailbox, internetMessageId } = message;
  const address = from.address.toLowerCase();
  const isOwn = [mailbox, ...aliases].some((own) => own.toLowerCase() === address);
  const isMadeUp = emlHeaders(message).some(({ source }) => source === 'made up by the sandbox');
  const idDomain = /@([^@<>\s]+)>?$/.exec(internetMessageId)?.[1]?.toLowerCase();
  const fromDomain = address.slice(address.lastIndexOf('@') + 1);
  const isForeignId = !isMadeUp && internetMessageId !== '' && idDomain !== fromDomain;
  return [
    ...check(
      'from',
      'warning',
      'From is not the mailbox that sent it, which needs Send As',
      isOwn ? [] : [`${from.address}, sent by ${mailbox}`],
    ),
    ...check(
      'message-id',
      'warning',
      'The Message-ID is not of the domain in From',
      isForeignId ? [internetMessageId] : [],
    ),
  ];
}

function outlookChecks({ body }: SandboxMessage): MessageCheck[] {
  if (body.contentType !== 'html') return [];
  const gaps = OUTLOOK_GAPS.filter(({ looksLike }) => looksLike.test(body.content));
  return check(
    'outlook',
    'warning',
    'What the classic Outlook for Windows does not render',
    gaps.map(({ what, source }) => `${what} (${source})`),
    { kind: 'reported', source: 'Can I email; the choice of features is ours' },
  );
}
