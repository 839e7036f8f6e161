import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutator } from './mutator';
import { addressMutators } from './mutators/addresses';
import { byteMutators } from './mutators/bytes';
import { encodingMutators } from './mutators/encodings';
import { fieldMutators } from './mutators/fields';
import { fileNameMutators } from './mutators/file-names';
import { lineMutators } from './mutators/lines';
import { grown, structureMutators } from './mutators/structure';
import { Random } from './random';

/** A message that began as a fixture. */
export interface Mutant {
  mime: Buffer;
  /** The fixture that it was, and what was done to it, in order. */
  story: string;
}

/** Each kind has the same chance, however many mutators it has. */
const KINDS = [
  byteMutators,
  lineMutators,
  structureMutators,
  encodingMutators,
  fieldMutators,
  addressMutators,
  fileNameMutators,
].map((kind) => Object.entries(kind));

/** The share that is too large for one request: each takes as long as a hundred others. */
const GROWN = 0.003;

/** Text beyond this only takes time. */
const MAX_BYTES = 20_000;

const folder = join(__dirname, '../../fixtures/mail');
const fixtures = readdirSync(folder)
  .filter((file) => file.endsWith('.eml'))
  .sort()
  .map((file) => ({ name: file, text: readFileSync(join(folder, file), 'latin1') }));
const texts = fixtures.map(({ text }) => text);

/** The mutant of that seed and index, always the same as long as fixtures and mutators are. */
export function mutantOf(seed: number, index: number): Mutant {
  const random = new Random(seed, index);
  const fixture = random.pick(fixtures);
  if (!fixture) throw new Error('There are no fixtures.');
  const steps = random.chance(0.5) ? 1 : random.chance(0.5) ? 2 : 3 + random.int(3);
  let { text } = fixture;
  const done: string[] = [];
  for (let step = 0; step < steps; step++) {
    const [name, mutate] = random.pick(random.pick(KINDS) ?? []) ?? ['nothing', unchanged];
    text = mutate(text, random, texts).slice(0, MAX_BYTES);
    done.push(name);
  }
  if (random.chance(GROWN)) {
    text = grown(text);
    done.push('grow');
  }
  return { mime: Buffer.from(text, 'latin1'), story: `${fixture.name}: ${done.join(', ')}` };
}

const unchanged: Mutator = (text) => text;
