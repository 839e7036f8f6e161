import { judge, type Verdict } from './judge/judge';
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
}

export async function openTrials(python: Python | undefined): Promise<Trials> {
  const send = await openWay();
  const viewed = async (mime: Buffer): Promise<View[]> => {
    const views = await Promise.all([postalView(mime), python?.view(mime)]);
    return views.filter((view) => view !== undefined);
  };
  const of = async (mime: Buffer, sending: Sending): Promise<Trial> => {
    const views = await viewed(withoutPrefix(mime));
    const senders = views.flatMap(({ mailboxes }) => [mailboxes.from ?? [], mailboxes.sender ?? []].flat());
    const outcome = await send(
      mime,
      sending,
      senders.map(({ address }) => address),
    );
    const [arrived] = outcome.is === 'sent' ? outcome.arrived : [];
    const sent = arrived && mimeOf(arrived);
    const sentViews = sent ? await viewed(sent) : [];
    return {
      verdict: judge({ mutant: mime, sending, outcome, views, sentViews }),
      sending,
      ms: outcome.ms,
    };
  };
  return {
    of,
    async ofIndex(seed, index) {
      const { mime } = mutantOf(seed, index);
      return of(mime, sendingOf(seed, index, await postalView(withoutPrefix(mime))));
    },
  };
}
