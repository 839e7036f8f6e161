import type { Outcome } from '../send-mutant';
import type { Sending } from '../sending';
import type { View } from '../view';
import { type Complaint, complaint } from './complaint';
import { missingContent } from './content';
import { IMPORTANCE_FIELDS, missingFields } from './fields';
import { oddText, wrongRecipients } from './json';
import { changedBody, changedFields, mimeOf } from './mime';
import { wrongRefusal } from './refusal';

/** What readers of a mutant say to what became of it. */
export interface Verdict {
  /** How it went. */
  route: 'json' | 'draft' | 'mime' | 'refused' | 'hanging';
  /** What every reader complains of, and what is wrong without any reader. */
  losses: Complaint[];
  /** What one reader complains of and another does not. */
  disagreements: Complaint[];
}

export interface Case {
  mutant: Buffer;
  sending: Sending;
  outcome: Outcome;
  /** The mutant as each reader sees it. */
  views: readonly View[];
  /** The MIME that arrived, if some did, as each reader sees it. */
  sentViews: readonly View[];
}

export function judge({ mutant, sending, outcome, views, sentViews }: Case): Verdict {
  if (outcome.is === 'hanging') {
    return { route: 'hanging', losses: [complaint('error', 'hanging', 'no answer')], disagreements: [] };
  }
  const { arrived, drafts } = outcome;
  const leftOver = drafts > 0 ? [complaint('draft', 'draft left behind', `${drafts}`)] : [];
  if (outcome.is === 'refused') {
    const sentAll = arrived.length > 0 ? [complaint('error', 'refused and sent', String(outcome.error))] : [];
    const losses = [...wrongRefusal(outcome.error), ...sentAll, ...leftOver];
    return { route: 'refused', losses, disagreements: [] };
  }
  const [message, second] = arrived;
  if (!message || second) {
    const losses = [complaint('error', 'not sent once', `${arrived.length} arrived`), ...leftOver];
    return { route: 'refused', losses, disagreements: [] };
  }
  const { graph } = sending;
  // As Nodemailer reads what it was given.
  const { to } = outcome.info.envelope;
  const mime = mimeOf(message);
  if (mime) {
    const ours = graph.importance !== undefined || graph.categories !== undefined;
    const { agreed, disputed } = compareReaders(
      views.flatMap((view) => {
        const sent = sentViews.find(({ by }) => by === view.by);
        return sent ? [changedFields(view, sent, ours, outcome.info.dropped)] : [];
      }),
    );
    const recipients = sentViews.flatMap((view) =>
      wrongRecipients(to, recipientsOf(view), `as ${view.by} reads it`),
    );
    const losses = [...recipients, ...changedBody(mutant, mime), ...agreed, ...leftOver];
    return { route: 'mime', losses, disagreements: disputed };
  }
  const { dropped } = outcome.info;
  const overridden = [
    ...(graph.categories ? ['keywords'] : []),
    ...(graph.importance ? IMPORTANCE_FIELDS : []),
  ];
  const got = [...message.to, ...message.cc, ...message.bcc].map(({ address }) => address);
  const { agreed, disputed } = compareReaders(
    views.map((view) => [
      ...(isToldOfParts(dropped) ? [] : missingContent(view, message)),
      ...missingFields(view, message, [...dropped, ...overridden]),
    ]),
  );
  const losses = [
    ...wrongRecipients(to, got, 'in JSON'),
    ...oddText(mutant, message).filter(({ aspect }) => aspect !== 'replacement' || !isToldOfParts(dropped)),
    ...agreed,
    ...leftOver,
  ];
  return { route: message.route === 'draft' ? 'draft' : 'json', losses, disagreements: disputed };
}

/** Whether a caller who asked for it was told that more than fields stays behind. */
function isToldOfParts(dropped: readonly string[]): boolean {
  return dropped.some(
    (entry) => !/^(?:the header|the receipt|the second From|envelope sender|saveToSentItems)/.test(entry),
  );
}

function recipientsOf({ mailboxes }: View): string[] {
  const named = ['to', 'cc', 'bcc'].flatMap((key) => mailboxes[key] ?? []);
  return named.map(({ address }) => address).filter(Boolean);
}

/** A complaint counts when every reader has one of that aspect. */
function compareReaders(all: readonly (readonly Complaint[])[]): {
  agreed: Complaint[];
  disputed: Complaint[];
} {
  const [first = [], ...others] = all;
  const isShared = ({ aspect }: Complaint) =>
    all.every((complaints) => complaints.some((one) => one.aspect === aspect));
  return {
    agreed: first.filter(isShared),
    disputed: [first, ...others].flat().filter((one) => !isShared(one)),
  };
}
