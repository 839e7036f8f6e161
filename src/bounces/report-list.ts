import { property } from '../graph/answer-error';
import { folderPath, isId } from '../graph/endpoints';
import { garbledAnswer, readPage } from '../graph/list-page';
import type { MessageRequests } from '../graph/message-requests';
import { isServer } from './read-bounces';

/** PidTagMessageClass ([MS-OXCMSG] 2.2.1.3): `REPORT.IPM.Note.NDR` and the like for reports. */
const MESSAGE_CLASS = 'String 0x001A';
const PAGE_SIZE = '50';
/** So many reports are found before they are read. */
const MAX_FOUND = 50;
/** A list that is longer would never end. */
const MAX_PAGES = 10_000;

/** The ids stay the same if someone moves a report to another folder. */
export const IMMUTABLE_IDS = { prefer: 'IdType="ImmutableId"' };

/** A message that may be a report. */
export interface FoundReport {
  id: string;
  /** In milliseconds since 1970. */
  receivedAt: number;
}

/** What was found, oldest first. */
export interface FoundReports {
  reports: FoundReport[];
  /** Where to go on, in milliseconds since 1970: the time of the last message that was looked at. */
  reached: number;
  /** Whether that was the last one. */
  isEnd: boolean;
}

/**
 * Finds what may be a report in the Inbox, from a time on: messages of a report's class and, since some servers
 * write reports as plain mail, what looks like one of those.
 *
 * All messages are listed, with their class. To filter by it is documented (singlevaluelegacyextendedproperty-get),
 * but not together with an order, without which no place in the list could be kept; and it would miss plain mail.
 *
 * @param isDone whether a report was read earlier
 */
export async function findReports(
  requests: MessageRequests,
  userId: string,
  from: number,
  isDone: (id: string) => boolean,
): Promise<FoundReports> {
  const found: FoundReports = { reports: [], reached: from, isEnd: false };
  let path: string | undefined = `${folderPath(userId, 'inbox')}/messages?${query(from)}`;
  for (let pages = 1; path !== undefined && found.reports.length < MAX_FOUND; pages++) {
    if (pages > MAX_PAGES) throw garbledAnswer();
    const { body } = await requests.call({
      method: 'GET',
      path,
      what: 'the search for reports',
      expect: 200,
      wantsBody: true,
      headers: IMMUTABLE_IDS,
      check: toPage,
      repeatable: true,
    });
    const page = toPage(body);
    for (const message of page.items) {
      const { id, receivedAt, mayBeReport } = message;
      found.reached = receivedAt;
      if (mayBeReport && receivedAt >= from && !isDone(id)) found.reports.push({ id, receivedAt });
    }
    path = page.next;
  }
  found.isEnd = path === undefined;
  found.reports.sort((one, other) => one.receivedAt - other.receivedAt || (one.id < other.id ? -1 : 1));
  return found;
}

/** Graph requires what it sorts by to come first in the filter (documented: user-list-messages.md). */
function query(from: number): URLSearchParams {
  return new URLSearchParams({
    ...(from > 0 && {
      $filter: `receivedDateTime ge ${new Date(from).toISOString().replace(/\.\d+Z$/, 'Z')}`,
    }),
    $orderby: 'receivedDateTime',
    $select: 'id,receivedDateTime,subject,from,bodyPreview',
    $expand: `singleValueExtendedProperties($filter=id eq '${MESSAGE_CLASS}')`,
    $top: PAGE_SIZE,
  });
}

interface ListedMessage extends FoundReport {
  mayBeReport: boolean;
}

const toPage = (body: string) => readPage(body, toListed);

function toListed(value: unknown): ListedMessage {
  const id = property(value, 'id');
  const receivedAt = Date.parse(String(property(value, 'receivedDateTime')));
  if (!isId(id) || Number.isNaN(receivedAt)) throw garbledAnswer();
  return { id, receivedAt, mayBeReport: mayBeReport(value) };
}

function mayBeReport(message: unknown): boolean {
  const messageClass = classOf(message);
  // A service that does not tell the class leaves it to the message to show what it is.
  if (messageClass === undefined || /^REPORT\./i.test(messageClass)) return true;
  if (!/^IPM\.Note\b/i.test(messageClass)) return false;
  const [subject, preview] = ['subject', 'bodyPreview'].map((name) => String(property(message, name) ?? ''));
  const address = property(property(property(message, 'from'), 'emailAddress'), 'address');
  return isServer(String(address ?? '')) || REPORT_WORDS.test(`${subject}\n${preview}`);
}

/** What plain mail that is a report begins with. It costs little to look into one too many. */
const REPORT_WORDS =
  /undeliver|not (?:yet )?(?:been )?delivered|deliver\w* (?:status|fail|delay|problem|notif|report|has)|failure notice|returned (?:mail|to sender)|returning message|message .{0,40}delayed|delayed mail|mail delivery|non-?delivery|qmail-send|could not (?:be )?(?:deliver|send)|permanent error/i;

function classOf(message: unknown): string | undefined {
  const properties = property(message, 'singleValueExtendedProperties');
  if (!Array.isArray(properties)) return undefined;
  const found = properties.find((one) => /^String 0x0*1A$/i.test(String(property(one, 'id'))));
  const value = property(found, 'value');
  return typeof value === 'string' ? value : undefined;
}
