import { mutantOf } from './mutate';
import { linesOf } from './mutator';
import { startPython } from './python-view';
import { reduce } from './reduce';
import { openTrials } from './trial';

const MOST_LINES = 500;

/** Bytes as text of one line each, every byte that is not printable ASCII as an escape. */
export function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Prints one mutant, what was sent with it, how it went and why that is wrong, with the smallest message alike. */
export async function showMutant(seed: number, index: number): Promise<void> {
  const { mime, story } = mutantOf(seed, index);
  const python = startPython();
  const trials = await openTrials(python);
  const { verdict, sending, ms } = await trials.ofIndex(seed, index);
  console.log(`mutant ${index} of seed ${seed}, ${story}`);
  print(mime);
  console.log(`sent with ${JSON.stringify(sending)}: ${verdict.route}, ${Math.round(ms)} ms`);
  for (const { kind, what } of verdict.losses) console.log(`LOSS ${kind}: ${escaped(what)}`);
  for (const { kind, what } of verdict.disagreements) console.log(`disputed ${kind}: ${escaped(what)}`);
  for (const kind of new Set(verdict.losses.map((loss) => loss.kind))) {
    console.log(`\nreduced, for ${kind}:`);
    print(await reduce(trials, mime, sending, kind));
  }
  python?.close();
  const failed = verdict.losses.length > 0 ? 1 : 0;
  console.log(`${1 - failed} passed, ${failed} failed`);
  process.exitCode = failed;
}

function print(mime: Buffer): void {
  const lines = linesOf(mime.toString('latin1'));
  for (const line of lines.slice(0, MOST_LINES)) console.log(`  ${escaped(line)}`);
  if (lines.length > MOST_LINES) console.log(`  … and ${lines.length - MOST_LINES} lines more`);
}
