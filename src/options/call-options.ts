import { GraphTransportError } from '../errors/graph-transport-error';
import { ownProperties, shownValue, unknownOption } from './given-options';

/**
 * The options of one call, without what they inherit. A date or a text in their place would have no option in it, and
 * the call would ask about something else than was meant.
 *
 * @param call names it, such as `cancel()`
 * @throws GraphTransportError `ECONFIG` if it is no object of these options
 */
export function callOptions<T extends object>(
  call: string,
  given: T,
  names: readonly (keyof T & string)[],
): Partial<T> {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Date) {
    const shown = given instanceof Date ? 'a Date' : shownValue(given);
    throw new GraphTransportError('ECONFIG', `${call} takes an object of options, not ${shown}.`, {
      hint: `Its options are ${names.join(', ')}.`,
    });
  }
  const options = ownProperties(given);
  const unknown = Object.keys(options).find((name) => !names.some((known) => known === name));
  if (unknown === undefined) return options;
  throw new GraphTransportError('ECONFIG', `${call}: ${unknownOption(unknown, names)}`);
}
