/** What the words of a server say about why it refused a message. Several may be true. */
export interface Reasons {
  /** There is no such address. */
  isUnknown: boolean;
  /** The content or the sender of the message was refused, not the address. */
  isFiltered: boolean;
  /** It may be accepted at another time. */
  mayPass: boolean;
}

/** Reasons that may pass. */
const PASSING = anyOf(
  /\b(?:mailbox|quota|user|account|inbox)\b.{0,40}\b(?:full|exceeded)\b/,
  /over ?quota|quota exceeded|out of storage|storage allocation|(?:sending|submission) (?:limit|quota)/,
  /insufficient (?:system )?(?:storage|disk)|not enough (?:disk )?space/,
  /too (?:large|big)|size limit|exceeds? .{0,30}\bsize|\bsize\b.{0,20}exceed/,
  /(?:message|retry time|retry timeout|delivery time) (?:expired|exceeded)|in the queue too long/,
  /timed? ?out|time-out|try (?:again )?later|come back later|temporar(?:y|ily)|gr[ea]ylist/,
  /too many (?:connections|messages|recipients)|rate limit|at a rate that/,
  /(?:could not|couldn't|unable to) connect|connection (?:refused|reset|lost)|no route to host|host (?:is )?unreachable/,
  /postfach .{0,20}voll|bo[iî]te .{0,30}pleine|buz[oó]n .{0,20}llen|casella .{0,20}piena|caixa .{0,20}cheia|postvak .{0,10}vol\b/,
);

/** Refusals that are about the message or its sender, not about the address. */
const FILTERED = anyOf(
  /spam|\bspf\b|\bdkim\b|\bdmarc\b|\bvirus|malware|phish|junk|unsolicited|bulk mail/,
  /block ?list|blacklist|deny ?list|\brbl\b|\bdnsbls?\b|spamhaus|barracuda|reputation/,
  /\bblocked\b|_blocked\b|\bquarantined|\bbanned\b(?! recipient)/,
  /(?:message|mail|e-?mail) (?:content|body)? ?(?:was |has been |is )?filtered|content (?:filter|reject|policy|restriction)/,
  /polic(?:y|ies) (?:reasons?|violation|restriction|reject)|violat\w+ .{0,30}polic|polic(?:y|ies) that prohibit|due to .{0,20}polic/,
  /transport\.rules|rejectmessage|administrative prohibition|rule.based/,
  /(?:rejected|refused) (?:by|due to|because of) .{0,40}(?:filter|polic|rule|sender|content|attachment)/,
  /sender .{0,20}(?:blocked|rejected)|client host rejected|your access to .{0,60}rejected/,
  /reverse (?:dns|hostname)|\bptr\b|unauthenticated|\bip\b.{0,40}not (?:authorized|allowed|permitted)/,
);

/** An address that does not exist. */
const UNKNOWN = anyOf(
  /(?:user|recipient|mailbox|(?<!\bip )address|account).{0,30}(?:unknown|not found|does(?: not|n't) exist|no longer|invalid|not listed|disabled|inactive|unavailable)/,
  /no such (?:user|recipient|mailbox|address|person)|unknown (?:user|recipient|mailbox|address|local)|unrouteable/,
  /invalid (?:recipient|mailbox|address|user)|not a valid (?:recipient|mailbox)|no mailbox here/,
  /recipient ?not ?found|recipnotfound/,
  /(?:mailbox|account|user) (?:is |has been )?blocked/,
  /\b(?:unbekannt|existiert nicht|inconnue?\b|n['’]existe pas|no existe|desconocid|inesistente|non esiste|sconosciut|não existe|desconhecid|onbekend|bestaat niet)/,
  /存在しません|存在しない|宛先不明|不存在|不明/,
);

/** RFC 5321's text for 550, which servers say of anything. */
const ANY_REFUSAL = /mailbox unavailable/gi;
/** What is said of another address than the recipient's. */
const ABOUT_SENDER = /sender address rejected: [\w ]+/gi;
const ADDRESSES = /[^\s<>()[\]:;,]+@[^\s<>()[\]:;,]+/g;
/** A server may be called anything. */
const SERVER = /\b(?:host|server|name) ?[= ][\w-]+(?:\.[\w-]+)+/gi;

/** The reasons in what a server said; `''` has none. */
export function reasonsIn(diagnostic: string): Reasons {
  const text = diagnostic.replace(ADDRESSES, '').replace(SERVER, '');
  const isFiltered = FILTERED.test(text.replace(/(?:mailbox|account|user) (?:is |has been )?blocked/gi, ''));
  const aboutRecipient = text.replace(ABOUT_SENDER, '').replace(isFiltered ? ANY_REFUSAL : '', '');
  return { isUnknown: UNKNOWN.test(aboutRecipient), isFiltered, mayPass: PASSING.test(text) };
}

function anyOf(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), 'i');
}
