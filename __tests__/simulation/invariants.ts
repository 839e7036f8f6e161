import type { Report } from './run';
import { QUESTION } from './scenario';
import type { Outcome, Sender } from './sender';
import type { Deed } from './service';

/** What a run has broken, in sentences; nothing when all promises held. */
export function brokenPromises(report: Report): string[] {
  return [
    ...deliveredOnce(report),
    ...deliveredWhole(report),
    ...certainErrorsAreTrue(report),
    ...nothingSentIsDeleted(report),
    ...draftsAreNamed(report),
    ...givingUpEnds(report),
    ...calmIsWell(report),
  ];
}

function deliveredOnce({ service, mails, mailsInTheEnd, last, senders, scenario }: Report): string[] {
  const count = Math.max(service.deliveries.length, mailsInTheEnd);
  const wrong = count > 1 ? [`the message was delivered ${count} times`] : [];
  const reported = senders.filter(({ outcome }) => outcome?.kind === 'sent');
  if (mails === 0 && reported.length > 0) wrong.push('a call reports success, and nothing was delivered');
  if (scenario.transport.delivery === 'exactly-once' && last?.kind !== 'sent') {
    wrong.push(
      `the message is not sent when all is well: ${last?.kind === 'failed' ? last.error : last?.kind}`,
    );
  }
  if (scenario.transport.delivery === 'exactly-once' && mailsInTheEnd === 0) {
    wrong.push('no mail has gone out in the end');
  }
  return wrong;
}

function deliveredWhole({ service, scenario }: Report): string[] {
  const wanted = scenario.mail.attachments?.length ?? 0;
  return service.sandbox.messages
    .filter(({ internetMessageId }) => internetMessageId !== QUESTION)
    .filter(({ attachments }) => attachments.length !== wanted)
    .map(({ attachments }) => `a message with ${attachments.length} of ${wanted} attachments was delivered`);
}

function certainErrorsAreTrue({ service, senders }: Report): string[] {
  return senders.flatMap(({ name, outcome }) => {
    if (outcome?.kind !== 'failed') return [];
    const { error } = outcome;
    if (error.name !== 'GraphTransportError')
      return [`${name} fails with an error of another kind: ${error.stack}`];
    const drafts = draftsOf(name, service.deeds);
    const sent = service.deliveries.find(
      ({ by, id, at }) => by === name || (drafts.has(id) && at <= outcome.at),
    );
    if (sent && !error.ambiguous) return [`${name} says for certain that nothing was sent: ${error.message}`];
    if (sent?.by === name && error.draftId === undefined) return [`${name} names no draft: ${error.message}`];
    if (error.ambiguous && /Nothing was sent/.test(error.message)) {
      return [`${name} contradicts itself: ${error.message}`];
    }
    return [];
  });
}

function nothingSentIsDeleted({ service }: Report): string[] {
  const moved = new Set(service.deeds.map(({ movedTo }) => movedTo));
  return service.deeds
    .filter(
      ({ request, status }) =>
        (request === 'delete' && status === 204) || (request === 'move' && status === 201),
    )
    .filter(({ wasDraft, id }) => !wasDraft || moved.has(id))
    .map(({ request, by, id }) => `${by} ${request}s ${id}, which is no draft or may be held`);
}

/** A draft that a call leaves behind is named by its error or info, unless the call could not know of it. */
function draftsAreNamed({ service, senders, left, scenario }: Report): string[] {
  const { ms: lagMs = 0 } = scenario.service.searchDelay?.drafts ?? {};
  return left.flatMap((id) => {
    const made = service.deeds.find(
      (deed) => deed.movedTo === id || (deed.request === 'create' && deed.id === id),
    );
    const maker = senders.find(({ name }) => name === made?.by);
    const { outcome } = maker ?? {};
    if (!made || !outcome || outcome.kind === 'killed') return [];
    // A creation that was carried out after the call's last look, or that the search did not show by then.
    const looks = service.deeds.filter(
      ({ request, by, at }) => request === 'search' && by === made.by && at <= outcome.at,
    );
    if (made.at + lagMs >= (looks.at(-1)?.at ?? 0)) return [];
    if (senders.some((sender) => namedBy(sender).includes(id))) return [];
    // The answer to its move was lost, and no search got through since: only the id that it had before is known.
    if (made.request === 'move' && outcome.kind === 'failed' && outcome.error.draftId === made.id) return [];
    // Where no search got through, the id cannot be known.
    if (outcome.kind === 'failed' && /A draft .* may be left/.test(outcome.error.message)) return [];
    if (outcome.kind === 'sent' && outcome.info.draftMayBeLeft) return [];
    return [`${maker?.name} leaves the draft ${id} unnamed`];
  });
}

function namedBy({ outcome }: Sender): string {
  if (outcome?.kind === 'sent') return outcome.info.draftId ?? '';
  return outcome?.kind === 'failed' ? outcome.error.message : '';
}

/** How long cleaning up may take once a message is given up: 15 seconds of requests, and pauses between them. */
const MOST_CLEAN_UP_MS = 45_000;

function givingUpEnds({ senders }: Report): string[] {
  return senders.flatMap(({ name, outcome, givenUpAt }) => {
    if (!outcome || givenUpAt === undefined || outcome.at - givenUpAt <= MOST_CLEAN_UP_MS) return [];
    return [`${name} ends ${outcome.at - givenUpAt} ms after it was given up`];
  });
}

function calmIsWell({ scenario, senders, left }: Report): string[] {
  if (!scenario.isCalm) return [];
  const wrong = senders.flatMap(({ name, outcome }) =>
    outcome?.kind === 'sent' || isTooLate(outcome)
      ? []
      : [
          `${name} fails though there is no fault: ${outcome?.kind === 'failed' ? outcome.error.message : outcome?.kind}`,
        ],
  );
  return left.length > 0 ? [...wrong, 'drafts are left though there is no fault'] : wrong;
}

/** Whether the time that it asked for had come before it began. */
function isTooLate(outcome: Outcome | undefined): boolean {
  return outcome?.kind === 'failed' && /sendAt is .* which is past/.test(outcome.error.message);
}

/** The ids that the drafts of a process have had. */
function draftsOf(name: string, deeds: readonly Deed[]): Set<string | undefined> {
  const own = deeds.filter(({ request, by }) => request === 'create' && by === name).map(({ id }) => id);
  const moved = deeds.filter(({ movedTo, id }) => movedTo && own.includes(id)).map(({ movedTo }) => movedTo);
  return new Set([...own, ...moved]);
}
