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
const FAILED_ABROAD =
  /nicht (?:zugestellt|zustellbar|übermittelt)|unzustellbar|(?:pas pu|impossible d['’])\s?(?:être |en)?(?:remis|livr|distribu|envoy|achemin)|non (?:remis|distribué)|échec de (?:la )?(?:remise|livraison|distribution)|no (?:se (?:ha podido|pudo|puede) |ha sido |pudo ser |fue )?entrega[dr]|non (?:è stato possibile |può essere |è stato )(?:consegna|recapita)|mancat[oa] (?:recapito|consegna)|não (?:pôde ser |foi possível |foi )?entreg|niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar|(?:送信|配信|配送|配達|送達)(?:が|は)?(?:でき|不能|失敗|に失敗)|届きません|无法(?:投递|送达|发送)|退信/i;
const PERMANENT = /permanent(?: fatal)? error|permanently fail|(?:no|not) (?:such|a valid)|given up/i;

/** What the start of a report must say. Further down, it may quote anything. */
const MAX_LEAD = 1500;
const MAX_LINES = 2000;
const MAX_REASON_LINES = 30;

/** What a report in running text says; empty if it is none. */
export function readTextReport(mail: ReportMail, named: readonly string[]): ReportedRecipient[] {
  const subject = mail.fields.find(({ key }) => key === 'subject')?.value ?? '';
  const text = beforeCopy(mail.text);
  const lead = `${subject}\n${text.slice(0, MAX_LEAD)}`;
  const isDelayed = DELAYED.test(lead) || DELAYED_ABROAD.test(lead);
  if (!isDelayed && !FAILED.test(lead) && !FAILED_ABROAD.test(lead)) return [];
  const reasons = reasonsByAddress(text);
  const recipients = named.length > 0 ? named : [...reasons.keys()];
  return recipients.flatMap((recipient) => {
    const own = reasons.get(recipient.toLowerCase()) ?? '';
    const reason = own || linesAbout(recipient, text) || (recipients.length === 1 ? transcriptIn(text) : '');
    const diagnostic = diagnosticIn(reason);
    const status = statusOf('', diagnostic);
    return (
      judge({
        recipient,
        action: isDelayed ? 'delayed' : 'failed',
        status,
        diagnostic,
        remoteServer: serverIn(/\bhost ([\w-]+(?:\.[\w-]+)+)/i.exec(reason)?.[1]),
        isPermanent: PERMANENT.test(lead) || reasonsIn(reason).isUnknown,
      }) ?? []
    );
  });
}

/** The part of a text report that the server wrote itself. */
export function beforeCopy(text: string): string {
  const [start] = COPY.exec(text) ?? [];
  return start === undefined ? text : text.slice(0, text.indexOf(start));
}

/** The reasons by address in lower case: an address alone on its line, and the lines that follow it. */
function reasonsByAddress(text: string): Map<string, string> {
  const reasons = new Map<string, string>();
  let current: string | undefined;
  let lines: string[] = [];
  const close = () => {
    if (current !== undefined && !reasons.has(current)) reasons.set(current, lines.join('\n'));
    lines = [];
  };
  for (const line of text.split(/\r?\n/, MAX_LINES)) {
    const found = recipientLine(line);
    if (found) {
      close();
      current = found.address.toLowerCase();
      if (found.rest) lines.push(found.rest);
    } else if (line.trim() === '' && lines.length > 0) {
      close();
      current = undefined;
    } else if (current !== undefined && lines.length < MAX_REASON_LINES && line.trim() !== '') {
      lines.push(line.trim());
    }
  }
  close();
  return reasons;
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
    .filter((line) => /\b[45]\d\d\b|\b[45]\.\d\.\d/.test(line))
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
