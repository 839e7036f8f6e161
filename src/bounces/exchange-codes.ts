// Longer than a file should be, because it is one table.
/** What a status code means when Exchange gives it. */
export interface ExchangeCode {
  /** The code or, for a range, its first and last one. */
  code: string | readonly [string, string];
  /** Words of the diagnostic that a code of several meanings needs for this one. */
  words?: RegExp;
  /** What it means, and what to do. */
  hint: string;
  /** Where that is said. */
  source: string;
}

const LIST = 'Microsoft: NDRs and SMTP errors in Exchange Online';
const LIMITS = 'Microsoft: Exchange Online limits';
const RFC = 'RFC 3463, section 3';

/**
 * The codes that Exchange gives. Microsoft's list is in MicrosoftDocs/SupportArticles-docs,
 * Exchange/ExchangeOnline/email-delivery/ndr/non-delivery-reports-in-exchange-online.md. Where two rows have the same code, the first one whose words are there counts.
 * No row was seen on the service itself.
 */
export const EXCHANGE_CODES: readonly ExchangeCode[] = [
  {
    code: '4.4.7',
    hint: 'The message expired in the queue: the receiving server did not take it in time. Check the address and its domain, and send the message again later.',
    source: LIST,
  },
  {
    code: '4.3.2',
    hint: 'The recipient gets too many messages at once. Send fewer to this address at a time.',
    source: LIST,
  },
  {
    code: '4.4.316',
    hint: 'The receiving server refuses connections. Its operator has to mend that; send the message again later.',
    source: LIST,
  },
  {
    code: '4.5.3',
    hint: 'There are more than 200 recipients at one domain. Split them over several messages.',
    source: LIST,
  },
  {
    code: ['4.7.321', '4.7.325'],
    hint: 'The receiving server failed the check of its TLS certificate or its DNS (DANE, DNSSEC). Its operator has to mend that; send the message again later.',
    source: LIST,
  },
  {
    code: ['4.7.500', '4.7.899'],
    hint: 'Exchange saw something suspicious and restricts the sender for a while. Send the message again later.',
    source: LIST,
  },
  {
    code: '5.0.350',
    hint: 'The receiving system refused the message for a reason that Exchange does not tell apart. Read the diagnostic, which repeats what that system said.',
    source: LIST,
  },
  {
    code: '5.1.0',
    hint: 'The recipient could not be resolved, or the sender was denied. Check both addresses.',
    source: LIST,
  },
  {
    code: '5.1.1',
    hint: 'There is no such address. Check its spelling, or stop sending to it.',
    source: LIST,
  },
  {
    code: '5.1.8',
    hint: 'The sending mailbox is blocked because it sent too much spam; it may have been broken into. An administrator has to unblock it (Restricted entities, in Microsoft Defender).',
    source: LIST,
  },
  {
    code: '5.1.10',
    hint: "The recipient's directory has no such address. Check its spelling, or stop sending to it.",
    source: LIST,
  },
  {
    code: '5.1.90',
    hint: 'The mailbox has sent to as many recipients as it may in a day. Wait a day, and spread what you send.',
    source: LIST,
  },
  {
    code: '5.1.92',
    hint: "Something is wrong with an address: 5.1.x is about addresses, and Microsoft's list does not explain this code. Check the recipient and the sender, and read the diagnostic.",
    source: `${RFC}.2; no page of Microsoft's about it was found`,
  },
  {
    code: '5.2.2',
    words: /submission ?quota|sending limit|rate limit/i,
    hint: 'The sending mailbox has reached its limit of recipients or messages. Wait, and spread what you send.',
    source: LIST,
  },
  {
    code: '5.2.2',
    hint: 'The mailbox is full. The recipient has to make room; send the message again later.',
    source: `${RFC}.3`,
  },
  {
    code: '5.2.3',
    hint: 'The message is larger than the recipient accepts. Send a link instead of the attachment.',
    source: `${RFC}.3`,
  },
  {
    code: '5.2.121',
    hint: 'The recipient got more messages from this sender than one may send in an hour. Send fewer, later.',
    source: LIST,
  },
  {
    code: '5.2.122',
    hint: 'The recipient got more messages than it may in an hour. Send this one again later.',
    source: LIST,
  },
  {
    code: '5.4.1',
    words: /access denied/i,
    hint: 'There is no such address: the receiving tenant refuses unknown recipients at its edge. Check its spelling.',
    source: LIST,
  },
  {
    code: '5.4.1',
    hint: "The receiving server takes no mail for this domain. Check the domain's spelling; its operator has to check the MX record.",
    source: LIST,
  },
  {
    code: '5.4.6',
    hint: 'The message went round in a loop, as an Exchange on premises saw it. Look for rules and forwards that send it back.',
    source: LIST,
  },
  {
    code: '5.4.14',
    hint: 'The message went round in a loop. Look for rules and forwards that send it back.',
    source: LIST,
  },
  {
    code: '5.4.300',
    hint: 'The message expired in the queue: the receiving server never answered. Check the domain, and send the message again later.',
    source: LIST,
  },
  {
    code: '5.5.0',
    hint: 'There is no such address at outlook.com or hotmail.com, if it is one of those. Check its spelling.',
    source: LIST,
  },
  {
    code: '5.6.11',
    hint: 'The message has line feeds without carriage returns. End its lines with CRLF.',
    source: LIST,
  },
  {
    code: '5.7.1',
    words: /relay/i,
    hint: 'The receiving server does not take mail for this domain. Its operator has to check the MX record.',
    source: LIST,
  },
  {
    code: '5.7.1',
    hint: 'The sender may not send to this recipient, or a mail flow rule rejected the message. Ask the recipient or its administrator for permission.',
    source: LIST,
  },
  {
    code: '5.7.12',
    hint: 'The recipient takes mail only from its own organization. Only its administrator can change that.',
    source: LIST,
  },
  {
    code: '5.7.13',
    hint: 'The public folder takes mail only from its own organization. Only its administrator can change that.',
    source: LIST,
  },
  {
    code: '5.7.23',
    hint: 'The receiving server found a violation of SPF. Check the SPF record of the domain that sends.',
    source: LIST,
  },
  {
    code: '5.7.25',
    hint: 'The sending IPv6 address has no reverse DNS record.',
    source: LIST,
  },
  {
    code: '5.7.57',
    hint: 'A device or app sent mail by SMTP without signing in.',
    source: LIST,
  },
  {
    code: '5.7.64',
    hint: 'A connector does not know the server that sent the message. An administrator has to check the inbound connector.',
    source: LIST,
  },
  {
    code: '5.7.124',
    hint: "The sender is not in the group's list of allowed senders. The group's owner can add it.",
    source: LIST,
  },
  {
    code: '5.7.133',
    hint: "The group takes mail only from its own organization. The group's owner or an administrator can change that.",
    source: LIST,
  },
  {
    code: '5.7.134',
    hint: 'The mailbox takes mail only from its own organization. Only its administrator can change that.',
    source: LIST,
  },
  {
    code: '5.7.135',
    hint: 'The public folder takes mail only from its own organization. Only its administrator can change that.',
    source: LIST,
  },
  {
    code: '5.7.136',
    hint: 'The mail user takes mail only from its own organization. Only its administrator can change that.',
    source: LIST,
  },
  {
    code: '5.7.232',
    hint: 'The trial tenant has sent to as many outside recipients as it may in a day. Wait a day.',
    source: LIST,
  },
  {
    code: '5.7.233',
    hint: 'The tenant has sent to as many outside recipients as it may in a day. Wait a day, or buy more licences.',
    source: LIST,
  },
  {
    code: '5.7.236',
    hint: 'Addresses at onmicrosoft.com may write to 100 outside recipients a day, per tenant. Add a domain of your own and send from an address there.',
    source: LIMITS,
  },
  {
    code: ['5.7.321', '5.7.324'],
    hint: 'The receiving server failed the check of its TLS certificate or its DNS (DANE, DNSSEC). Its operator has to mend that.',
    source: LIST,
  },
  {
    code: '5.7.360',
    hint: "The message was refused for security or policy: 5.7.x is about those, and Microsoft's list does not explain this code. Read the diagnostic.",
    source: `${RFC}.8; no page of Microsoft's about it was found`,
  },
  {
    code: ['5.7.501', '5.7.503'],
    hint: 'The sending account is banned for spam. Secure it, and have an administrator ask Microsoft support to lift the ban.',
    source: LIST,
  },
  {
    code: ['5.7.504', '5.7.505'],
    hint: 'The recipient is not valid. Check its spelling, or stop sending to it.',
    source: LIST,
  },
  {
    code: '5.7.509',
    hint: 'The domain in From does not pass DMARC. Set up SPF and DKIM for it.',
    source: LIST,
  },
  {
    code: '5.7.512',
    hint: 'The message has no valid address in From.',
    source: LIST,
  },
  {
    code: '5.7.513',
    hint: 'The receiving domain has the sending server on its own block list. Ask its administrator to remove it.',
    source: LIST,
  },
  {
    code: ['5.7.506', '5.7.511'],
    hint: 'The receiving side refuses the server that sent the message. Ask the recipient, or have the server taken off the list.',
    source: LIST,
  },
  {
    code: ['5.7.606', '5.7.649'],
    hint: 'The sending server is on the block list of Microsoft. Ask to have it removed at sender.office.com.',
    source: LIST,
  },
  {
    code: '5.7.708',
    hint: 'The tenant sends from an address with a bad reputation, as new tenants may. Contact Microsoft support.',
    source: LIST,
  },
  {
    code: '5.7.750',
    hint: 'The tenant sends from domains that are not registered in it. Add and verify every domain that you send from.',
    source: LIST,
  },
  {
    code: ['5.7.700', '5.7.749'],
    hint: "Most of the tenant's mail looks suspicious, so it may not send. Close what was abused, then contact Microsoft support.",
    source: LIST,
  },
];

/** What the code means and what to do, if it is one of Exchange's. */
export function hintOf(status: string | undefined, diagnostic: string): string | undefined {
  if (status === undefined) return undefined;
  return EXCHANGE_CODES.find(({ code, words }) => isOf(status, code) && words?.test(diagnostic) !== false)
    ?.hint;
}

function isOf(status: string, code: ExchangeCode['code']): boolean {
  if (typeof code === 'string') return status === code;
  const [first, last] = code.map(numbersOf);
  const given = numbersOf(status);
  return given.area === first?.area && given.detail >= first.detail && given.detail <= (last?.detail ?? 0);
}

function numbersOf(code: string): { area: string; detail: number } {
  const dot = code.lastIndexOf('.');
  return { area: code.slice(0, dot), detail: Number(code.slice(dot + 1)) };
}
