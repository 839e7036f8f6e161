import { linesOf } from './mutator';
import type { Sending } from './sending';
import type { Trials } from './trial';

/** Reductions are for people; half a minute is all they are worth. */
const MOST_MS = 30_000;

/** The smallest message that shows the same kind of loss: lines are taken out first, then runs of bytes. */
export async function reduce(trials: Trials, mime: Buffer, sending: Sending, kind: string): Promise<Buffer> {
  const startedAt = performance.now();
  const shows = async (pieces: readonly string[]) => {
    if (performance.now() - startedAt > MOST_MS) return false;
    const { verdict } = await trials.of(Buffer.from(pieces.join(''), 'latin1'), sending);
    return verdict.losses.some((loss) => loss.kind === kind);
  };
  const fewerLines = await fewest(linesOf(mime.toString('latin1')), shows);
  const fewerBytes = await fewest([...fewerLines.join('')], shows);
  return Buffer.from(fewerBytes.join(''), 'latin1');
}

/** Takes out runs of pieces, half of them at first, as long as the rest still shows it. */
async function fewest(
  pieces: readonly string[],
  shows: (pieces: readonly string[]) => Promise<boolean>,
): Promise<readonly string[]> {
  let kept = pieces;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await shows(fewer)) kept = fewer;
      else at += size;
    }
  }
  return kept;
}
