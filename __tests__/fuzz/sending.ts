import type { GraphMessageOptions } from '../../src/index';
import { ADDRESS_VALUES } from './mutators/addresses';
import { Random } from './random';
import type { View } from './view';

/** What a mutant is sent with. */
export interface Sending {
  envelope: { from: string; to: string[] };
  graph: GraphMessageOptions;
  /** Whether the transport has a From and a Reply-To for messages that have none. */
  hasDefaults: boolean;
}

/** Recipients that no header names. */
const HIDDEN = ['hidden@example.org', 'u@example.com'] as const;

/**
 * Options and envelope for a mutant: mostly its own recipients as one parser reads them, or most mutants
 * would be refused because their headers name others.
 */
export function sendingOf(seed: number, index: number, view: View | undefined): Sending {
  const random = new Random(seed ^ 0x5eed, index);
  const named = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc'].flatMap((key) => view?.mailboxes[key] ?? []);
  const to = named
    .map(({ address }) => address)
    .filter((address) => /^[\w.+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*$/u.test(address));
  if (random.chance(0.04)) to.pop();
  if (to.length === 0 || random.chance(0.2)) to.push(random.pick(HIDDEN));
  if (random.chance(0.01)) to.push(random.pick(ADDRESS_VALUES));
  return {
    envelope: { from: 'app@contoso.example', to: [...new Set(to)] },
    hasDefaults: random.chance(0.1),
    graph: {
      format: random.pick(['auto', 'auto', 'auto', 'auto', 'auto', 'auto', 'json', 'mime'] as const),
      lossy: random.chance(0.15),
      ...(random.chance(0.08) && { delivery: 'exactly-once' as const }),
      ...(random.chance(0.03) && { importance: 'high' as const }),
      ...(random.chance(0.03) && { categories: ['Red blue', 'Gr\u00fcn'] }),
    },
  };
}
