import { type ReportField, readFields } from '../mime/read-report';
import type { ReportedRecipient } from './bounce';
import { hintOf } from './exchange-codes';
import { kindOf, statusOf } from './kind';
import { addressIn, serverIn } from './report-address';
import type { TextReasons } from './text-reasons';

/** The fields of one recipient (RFC 3464, section 2.3). All others are about the message, or of no use here. */
const RECIPIENT_FIELDS: ReadonlySet<string> = new Set([
  'original-recipient',
  'final-recipient',
  'action',
  'status',
  'remote-mta',
  'diagnostic-code',
]);
/** The fields of which the next recipient has one of its own, even if no empty line comes before. */
const FIRST_FIELDS: ReadonlySet<string> = new Set(['original-recipient', 'final-recipient', 'action']);

/** More than a message can have. */
const MAX_RECIPIENTS = 1000;
const MAX_DIAGNOSTIC = 2000;

type Fields = Map<string, string>;

/**
 * What a part message/delivery-status says about each recipient. Some servers leave out the empty line between two
 * recipients, or put one inside of one; neither confuses it.
 *
 * @param fallback the recipients, if the part does not name them
 * @param reasons what the text of the report says
 */
export function readDeliveryStatus(
  content: Buffer,
  fallback: readonly string[],
  reasons: TextReasons,
): ReportedRecipient[] {
  const message: Fields = new Map();
  const groups: Fields[] = [];
  for (const block of blocksOf(content)) {
    let isFirst = true;
    for (const { key, value } of block) {
      if (RECIPIENT_FIELDS.has(key)) {
        const last = groups.at(-1);
        const group = last && !isOfNext(key, last, isFirst) ? last : new Map<string, string>();
        if (group !== last) groups.push(group);
        if (!group.has(key)) group.set(key, value);
        isFirst = false;
      } else if (!message.has(key)) {
        message.set(key, value);
      }
    }
  }
  const server = serverIn(message.get('reporting-mta'));
  return groups
    .slice(0, MAX_RECIPIENTS)
    .flatMap((group, _, { length }) =>
      recipientsOf(group, length === 1 ? fallback : []).map(({ recipient, finalRecipient }) =>
        judged(
          withReason(group, () => reasons.answerAbout(recipient)),
          recipient,
          finalRecipient,
          server,
        ),
      ),
    )
    .filter((reported) => reported !== undefined);
}

/** Blocks of fields, between empty lines. */
function blocksOf(content: Buffer): ReportField[][] {
  const text = content.toString('latin1').replace(/\r\n?/g, '\n');
  return text.split(/\n(?:[ \t]*\n)+/).map((block) => readFields(block.replace(/^[ \t\n]+/, '')));
}

/** Whether a field begins the next recipient. */
function isOfNext(key: string, group: Fields, isFirst: boolean): boolean {
  if (group.has(key)) return isFirst || FIRST_FIELDS.has(key);
  const hasRecipient = group.has('final-recipient') || group.has('original-recipient');
  return isFirst && /-recipient$/.test(key) && hasRecipient && group.has('action');
}

function recipientsOf(
  group: Fields,
  fallback: readonly string[],
): { recipient: string; finalRecipient?: string | undefined }[] {
  const final = addressIn(group.get('final-recipient'));
  const original = withoutXtext(addressIn(group.get('original-recipient')), final);
  const recipient = original ?? final;
  if (recipient === undefined) return fallback.map((address) => ({ recipient: address }));
  const isSame = final === undefined || final.toLowerCase() === recipient.toLowerCase();
  return [{ recipient, finalRecipient: isSame ? undefined : final }];
}

/** Some servers leave the address as it was in the SMTP command (RFC 3461): `+2B` for `+`. */
function withoutXtext(original: string | undefined, final: string | undefined): string | undefined {
  const decoded = original?.replace(/\+([\dA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded !== undefined && decoded.toLowerCase() === final?.toLowerCase() ? final : original;
}

/** Some servers give the reason only in their text, or behind the code: "5.2.2 (mailbox full)". */
function withReason(group: Fields, explain: () => string): Fields {
  if (group.has('diagnostic-code')) return group;
  const field = group.get('status') ?? '';
  const words = /^\s*[\d.]*\s*$/.test(field) ? explain() : field;
  return new Map([...group, ['diagnostic-code', words]]);
}

function judged(
  group: Fields,
  recipient: string,
  finalRecipient: string | undefined,
  reportingServer: string | undefined,
): ReportedRecipient | undefined {
  const diagnostic = diagnosticIn(group.get('diagnostic-code') ?? '');
  const field = group.get('status') ?? '';
  const action = actionIn(group.get('action') ?? '');
  return judge({
    recipient,
    finalRecipient,
    action,
    status: statusOf(field, diagnostic),
    diagnostic,
    remoteServer: serverIn(group.get('remote-mta')) ?? reportingServer,
  });
}

/** A recipient with its kind and its hint; undefined if it cannot be told what became of the message. */
export function judge({
  diagnostic,
  action,
  isPermanent = false,
  ...others
}: Omit<ReportedRecipient, 'kind' | 'hint'> & {
  action: string;
  diagnostic: string;
  /** Whether the report calls the failure permanent without a code. */
  isPermanent?: boolean;
}): ReportedRecipient | undefined {
  const { status } = others;
  const kind = kindOf({ action, status: status ?? (isPermanent ? '5.0.0' : undefined), diagnostic });
  if (kind === undefined) return undefined;
  return {
    kind,
    ...others,
    action: action || undefined,
    diagnostic: diagnostic || undefined,
    hint: hintOf(status, diagnostic),
  };
}

/** The first word, as RFC 3464 writes it: some servers write "failure" or "Failed (unknown user)". */
function actionIn(field: string): string {
  const [word = ''] = /[a-z]+/.exec(field.toLowerCase()) ?? [];
  const known: readonly (readonly [string, string])[] = [
    ['fail', 'failed'],
    ['delay', 'delayed'],
    ['deliver', 'delivered'],
    ['relay', 'relayed'],
    ['expand', 'expanded'],
  ];
  return known.find(([start]) => word.startsWith(start))?.[1] ?? word;
}

/** Without the type in front (`smtp;`), in one line. */
export function diagnosticIn(field: string): string {
  return field
    .replace(/^\s*[a-z][\w-]*\s*;\s*/i, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_DIAGNOSTIC);
}
