import { type Case, judge, type Verdict } from './judge/judge';
import { mimeOf, withoutPrefix } from './judge/mime';
import { mutantOf } from './mutate';
import { postalView } from './postal-view';
import type { Python } from './python-view';
import { openWay } from './send-mutant';
import { type Sending, sendingOf } from './sending';
import type { View } from './view';

export interface Trial {
  verdict: Verdict;
  sending: Sending;
  ms: number;
}

/** What tries mutants, one after the other. */
export interface Trials {
  /** The mutant of a seed and index. */
  ofIndex(seed: number, index: number): Promise<Trial>;
  /** Any message. */
  of(mime: Buffer, sending: Sending): Promise<Trial>;
  /** Sends a message, and has the readers read it and what arrived, for the judge. */
  caseOf(mime: Buffer, sending: Sending): Promise<Case>;
  /** A message as each reader sees it. */
  viewsOf(mime: Buffer): Promise<View[]>;
}

export async function openTrials(python: Python | undefined): Promise<Trials> {
  const send = await openWay();
  const viewsOf = async (mime: Buffer): Promise<View[]> => {
    const views = await Promise.all([postalView(mime), python?.view(mime)]);
    return views.filter((view) => view !== undefined);
  };
  const caseOf = async (mutant: Buffer, sending: Sending): Promise<Case> => {
    const views = await viewsOf(withoutPrefix(mutant));
    const senders = views.flatMap(({ mailboxes }) => [mailboxes.from ?? [], mailboxes.sender ?? []].flat());
    const outcome = await send(
      mutant,
      sending,
      senders.map(({ address }) => address),
    );
    const [arrived] = outcome.is === 'sent' ? outcome.arrived : [];
    const sent = arrived && mimeOf(arrived);
    return { mutant, sending, outcome, views, sentViews: sent ? await viewsOf(sent) : [] };
  };
  const of = async (mime: Buffer, sending: Sending): Promise<Trial> => {
    const tried = await caseOf(mime, sending);
    return { verdict: judge(tried), sending, ms: tried.outcome.ms };
  };
  return {
    caseOf,
    viewsOf,
    of,
    async ofIndex(seed, index) {
      const { mime } = mutantOf(seed, index);
      return of(mime, sendingOf(seed, index, await postalView(withoutPrefix(mime))));
    },
  };
}
