/** Mail to this domain is not delivered: its sender gets a report. The top-level domain is reserved for tests. */
const DOMAIN = 'bounce.test';

/** What a report says about a recipient. */
export interface ReportedFate {
  /** How Outlook begins the subject. */
  subject: string;
  /** RFC 3464; for a receipt of a mail program what became of the message (RFC 8098). */
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'displayed' | 'deleted';
  /** RFC 3463; receipts of mail programs have none. */
  status: string;
  /** What the server said. */
  diagnostic: string;
}

const failed = (status: string, said: string): ReportedFate => ({
  subject: 'Undeliverable',
  action: 'failed',
  status,
  diagnostic: `550 ${status} ${said}`,
});
const receipt = (subject: string, action: ReportedFate['action'], status: string): ReportedFate => ({
  subject,
  action,
  status,
  diagnostic: '',
});

/** The names at bounce.test, each with what the sender is told of it. */
export const BOUNCE_NAMES = {
  hard: failed('5.1.10', 'RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'),
  unknown: failed('5.1.1', 'RESOLVER.ADR.RecipNotFound; not found'),
  domain: failed('5.4.310', 'DNS domain does not exist [Message=InfoDomainNonexistent]'),
  loop: failed('5.4.14', 'Hop count exceeded - possible mail loop ATTR1'),
  denied: failed('5.7.133', 'RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required'),
  full: {
    ...failed('5.2.2', ''),
    diagnostic: '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException',
  },
  large: failed('5.2.3', 'RESOLVER.RST.RecipSizeLimit; message too large for this recipient'),
  expired: { ...failed('4.4.7', ''), diagnostic: '550 4.4.7 QUEUE.Expired; message expired' },
  quota: failed(
    '5.7.236',
    'Tenant has exceeded its limit of external recipients for onmicrosoft.com senders',
  ),
  filtered: failed('5.7.1', 'Message rejected as spam by Content Filtering'),
  rule: failed('5.7.1', 'TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy'),
  spf: failed('5.7.23', 'The message was rejected because of Sender Policy Framework violation'),
  delayed: {
    subject: 'Delivery delayed',
    action: 'delayed',
    status: '4.4.7',
    diagnostic: '400 4.4.7 Message delayed',
  },
  delivered: receipt('Delivered', 'delivered', '2.1.5'),
  relayed: receipt('Relayed', 'relayed', '2.0.0'),
  expanded: receipt('Expanded', 'expanded', '2.0.0'),
  read: receipt('Read', 'displayed', ''),
  unread: receipt('Not read', 'deleted', ''),
} as const satisfies Readonly<Record<string, ReportedFate>>;

/**
 * What becomes of mail to an address; undefined if it is not at bounce.test. `full+1@bounce.test` is like
 * `full@bounce.test`, a name such as `5.7.124` is a status code, and any other name is unknown.
 */
export function bounceFate(address: string): ReportedFate | undefined {
  const [, name = '', domain = ''] = /^([^+@]*)[^@]*@(.*)$/.exec(address.toLowerCase()) ?? [];
  if (domain !== DOMAIN) return undefined;
  const known = Object.entries(BOUNCE_NAMES).find(([known]) => known === name)?.[1];
  return known ?? byStatus(name) ?? BOUNCE_NAMES.hard;
}

function byStatus(name: string): ReportedFate | undefined {
  if (!/^[245]\.\d{1,3}\.\d{1,3}$/.test(name)) return undefined;
  if (name.startsWith('2')) return receipt('Delivered', 'delivered', name);
  const isKnown = Object.values(BOUNCE_NAMES).find(
    ({ status, action }) => status === name && action === 'failed',
  );
  return isKnown ?? failed(name, 'The sandbox refuses this address, as its name says');
}
