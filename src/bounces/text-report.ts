import type { ReportMail } from '../mime/read-report';
import type { ReportedRecipient } from './bounce';
import { diagnosticIn, judge } from './delivery-status';
import { statusOf } from './kind';
import { reasonsIn } from './reasons';
import { serverIn } from './report-address';
import type { TextReasons } from './text-reasons';

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

/** More than a message can have. */
const MAX_RECIPIENTS = 1000;

/**
 * What a report in running text says; empty if it is none.
 *
 * @param reasons what its text says about each recipient
 * @param named the recipients that its header names
 * @param otherwise the recipients, if neither the header nor the text names any
 */
export function readTextReport(
  mail: ReportMail,
  reasons: TextReasons,
  named: readonly string[],
  otherwise: readonly string[] = [],
): ReportedRecipient[] {
  const subject = mail.fields.find(({ key }) => key === 'subject')?.value ?? '';
  const lead = `${subject}\n${beforeCopy(mail.text).slice(0, MAX_LEAD)}`;
  const isDelayed = DELAYED.test(lead) || DELAYED_ABROAD.test(lead);
  const isFailed = FAILED.test(lead) || FAILED_ABROAD.test(lead);
  const isWorded = isDelayed || isFailed;
  // In a language that is not known, an address with the answer of a server below it says as much.
  const [recipients = []] = [
    isWorded || reasons.answered.length > 0 ? named : [],
    isWorded ? reasons.alone : reasons.answered,
    ...(isWorded ? [reasons.withCode, otherwise] : []),
  ].filter((some) => some.length > 0);
  return recipients.slice(0, MAX_RECIPIENTS).flatMap((recipient) => {
    const reason = reasons.about(recipient) || (recipients.length === 1 ? reasons.transcript : '');
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

/** The part of a text report that the server wrote itself. */
export function beforeCopy(text: string): string {
  const [start] = COPY.exec(text) ?? [];
  return start === undefined ? text : text.slice(0, text.indexOf(start));
}
