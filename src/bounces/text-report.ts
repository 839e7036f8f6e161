import type { ReportMail } from '../mime/read-report';
import type { ReportedRecipient } from './bounce';
import { diagnosticIn, judge } from './delivery-status';
import { reasonsIn } from './reasons';
import { addressesIn, addressIn, isAddress, serverIn } from './report-address';
import { statusOf } from './status-code';

/*
 * Reports from before RFC 3464, which some servers still write: Exim, qmail (QSBMF), old versions of sendmail,
 * Exchange and Domino. They have no fields, so what they say is found by their usual phrases.
 */

/** Where the copy of the message begins, which may say anything. */
const COPY =
  /^[ \t]*-{2,}[ \t]*(?:below this line|this is a copy|(?:the )?(?:original|returned|unsent|undelivered|header|body|message (?:header|text|body|follows))\b)|^[ \t]*(?:possibly truncated original message|message headers?) follows?:|^the following is a copy of\b/im;

const DELAYED =
  /not yet been delivered|not been delivered yet|\bdelay(?:ed)?\b|warning message only|(?:will|to) (?:be retried|keep trying|retry)|continue to try|could not send message for past|still (?:trying|being retried)|transient non-fatal/i;
const FAILED =
  /(?:could not|couldn't|cannot|can't|was not|wasn't|were not|not be|been unable to|unable to|wasn't able to|not able to) (?:be )?(?:deliver|reach|send)|undeliver|deliver\w* .{0,60}\b(?:failed|aborted)|\bfail(?:ed|ure)\b.{0,40}\b(?:deliver|address|recipient|notice)|delivery fail|permanent (?:fatal )?error|did not reach|returned mail|returned to sender|not delivered/i;
/** The same in other languages that servers write. */
const DELAYED_ABROAD =
  /noch nicht zugestellt|verzögert|(?:est|a été) retardée?|se ha retrasado|in ritardo|遅延|遅れて/i;
const FAILED_ABROAD = new RegExp(
  [
    /nicht (?:zugestellt|zustellbar|übermittelt)|unzustellbar/,
    /(?:pas pu|impossible d['’])\s?(?:être |en)?(?:remis|livr|distribu|envoy|achemin)|non (?:remis|distribué)|échec de (?:la )?(?:remise|livraison|distribution)/,
    /no (?:se (?:ha podido|pudo|puede) |ha sido |pudo ser |fue )?entrega[dr]/,
    /non (?:è stato possibile |può essere |è stato )(?:consegna|recapita)|non recapitabil|mancat[oa] (?:recapito|consegna)|(?:recapito|consegna) non (?:è )?riuscit/,
    /não (?:pôde ser |foi possível |é possível |foi )?entreg|falha na entrega/,
    /niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar|bezorgen is mislukt/,
    /(?:送信|配信|配送|配達|送達)(?:が|は|に)?(?:でき|不能|失敗)|届きません/,
    /无法(?:投递|送达|发送)|未送达|未能.{0,30}(?:传递|投递|送达)|退信|無法(?:傳遞|傳送|投遞)|未傳遞/,
    /배달(?:되지|하지 못)|전송(?:되지|하지 못)|반송/,
    /не ?доставлен|недоставл|не удалось.{0,20}достав/,
    /nie można dostarczyć|niedostarcz|nie (?:została |zostało )?dostarczon|doručení selhalo|nedoručiteln|nelze doručit|nebyla doručena/,
    /(?:kan|kunde|kunne|gick) (?:inte|ikke) (?:att )?lever|mislykke|mislykt|ei voi(?:tu)? toimittaa|toimitus .{0,60}epäonnistui/,
    /teslim edile|kézbesíthetetlen|nem (?:sikerült|lehet) kézbesíteni/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
const PERMANENT = /permanent(?: fatal)? error|permanently fail|(?:no|not) (?:such|a valid)|given up/i;

/** What the start of a report must say. Further down, it may quote anything. */
const MAX_LEAD = 1500;
const MAX_LINES = 2000;
const MAX_REASON_LINES = 30;
const MAX_LINE = 2000;
const MAX_NAMED = 1000;

/** The code of a server, anywhere in a line. */
const CODE = /\b[45]\d\d\b|\b[45]\.\d\.\d/;

/**
 * What a report in running text says; empty if it is none.
 *
 * @param named the recipients that its header names
 * @param otherwise the recipients, if neither the header nor the text names any
 */
export function readTextReport(
  mail: ReportMail,
  named: readonly string[],
  otherwise: readonly string[] = [],
): ReportedRecipient[] {
  const subject = mail.fields.find(({ key }) => key === 'subject')?.value ?? '';
  const text = beforeCopy(mail.text);
  const lead = `${subject}\n${text.slice(0, MAX_LEAD)}`;
  const isDelayed = DELAYED.test(lead) || DELAYED_ABROAD.test(lead);
  const isFailed = FAILED.test(lead) || FAILED_ABROAD.test(lead);
  const reasons = reasonsByAddress(text);
  // In any other language, an address with the answer of a server below it says as much.
  if (!isDelayed && !isFailed)
    for (const [key, { lines }] of reasons) if (!hasCode(lines)) reasons.delete(key);
  const isWorded = isDelayed || isFailed;
  const [recipients = []] = [
    isWorded || reasons.size > 0 ? named : [],
    [...reasons.values()].map(({ address }) => address),
    isWorded ? addressesWithCode(text) : [],
    isWorded ? otherwise : [],
  ].filter((some) => some.length > 0);
  return recipients.flatMap((recipient) => {
    const own = reasons.get(recipient.toLowerCase())?.lines.join('\n');
    const reason = own || linesAbout(recipient, text) || (recipients.length === 1 ? transcriptIn(text) : '');
    const diagnostic = diagnosticIn(reason);
    const status = statusOf('', diagnostic);
    const stillTries = isDelayed && !PERMANENT.test(lead);
    return (
      judge({
        recipient,
        action: stillTries ? 'delayed' : isFailed ? 'failed' : '',
        status,
        diagnostic,
        remoteServer: serverIn(/\bhost ([\w-]+(?:\.[\w-]+)+)/i.exec(reason)?.[1]),
        isPermanent: PERMANENT.test(lead) || reasonsIn(reason).isUnknown,
      }) ?? []
    );
  });
}

/** What a report in running text says about one recipient; empty if nothing. */
export function reasonFor(recipient: string, mail: ReportMail): string {
  const text = beforeCopy(mail.text);
  const { lines = [] } = reasonsByAddress(text).get(recipient.toLowerCase()) ?? {};
  return hasCode(lines) ? lines.join('\n') : linesAbout(recipient, text);
}

/** The part of a text report that the server wrote itself. */
export function beforeCopy(text: string): string {
  const [start] = COPY.exec(text) ?? [];
  return start === undefined ? text : text.slice(0, text.indexOf(start));
}

interface Reason {
  /** As it is written. */
  address: string;
  lines: string[];
}

/** The reasons by address in lower case: an address alone on its line, and the lines that follow it. */
function reasonsByAddress(text: string): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  let current: Reason | undefined;
  const close = () => {
    const key = current?.address.toLowerCase();
    if (current !== undefined && key !== undefined && !reasons.has(key)) reasons.set(key, current);
    current = undefined;
  };
  for (const line of text.split(/\r?\n/, MAX_LINES)) {
    const found = recipientLine(line);
    if (found) {
      close();
      current = { address: found.address, lines: found.rest ? [found.rest] : [] };
    } else if (line.trim() === '') {
      if (current && current.lines.length > 0) close();
    } else if (current && current.lines.length < MAX_REASON_LINES) {
      current.lines.push(line.trim());
    }
  }
  close();
  return reasons;
}

/** The answer of a server, with its code at the start of a line, or with a status code. */
function hasCode(lines: readonly string[]): boolean {
  return lines.some((line) => /^\W*[45]\d\d[ -]|[\s(#-][45]\.\d\.\d/.test(` ${line}`));
}

/** Addresses that stand alone on a line with the code of a server. */
function addressesWithCode(text: string): string[] {
  const found = text.split(/\r?\n/, MAX_LINES).flatMap((line) => {
    const [address, another] = addressesIn(line.slice(0, MAX_LINE));
    return address !== undefined && another === undefined && CODE.test(line) ? [address] : [];
  });
  return [...new Set(found)].slice(0, MAX_NAMED);
}

/** A line that is an address, with or without a label before it ("Recipient:") and a reason behind it. */
function recipientLine(line: string): { address: string; rest: string } | undefined {
  const unlabelled = line
    .slice(0, 1000)
    .replace(/^\s*(?:(?:failed|final|original) )?(?:address|recipient):\s*/i, '')
    .replace(/^\s*\[smtp:([^\]]*)\]/i, '$1');
  const [, word = '', rest = ''] =
    /^\s*(\S{3,320}?)(?:(?:\s?:|\.\.\.|\s+on\s|\s+(?=\(.*\)\s*$))\s*(.*))?\s*$/.exec(unlabelled) ?? [];
  const address = addressIn(word.replace(/^['"(]|[)'":,]+$/g, ''));
  if (address === undefined || !isAddress(address)) return undefined;
  return { address, rest: rest.trim() };
}

/** Lines of a transcript that name the address: "550 5.1.1 <ann@example.com>... User unknown". */
function linesAbout(address: string, text: string): string {
  const lower = address.toLowerCase();
  return text
    .split(/\r?\n/, MAX_LINES)
    .filter((line) => line.toLowerCase().includes(lower) && addressesIn(line).length === 1)
    .filter((line) => CODE.test(line))
    .map((line) => line.trim())
    .slice(0, MAX_REASON_LINES)
    .join('\n');
}

/** Lines with the code of an SMTP server. */
function transcriptIn(text: string): string {
  return text
    .split(/\r?\n/, MAX_LINES)
    .filter((line) => /(?:^|[\s:>(#])[45]\d\d[ -]|[\s(#][45]\.\d\.\d/.test(line))
    .map((line) => line.trim())
    .slice(0, MAX_REASON_LINES)
    .join('\n');
}
