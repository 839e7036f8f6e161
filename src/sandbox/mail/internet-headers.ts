import type { JsonEntity } from '../graph/entity-types';
import { GraphRefusal } from '../graph/graph-answer';
import type { SandboxRuleName } from '../rules/index';

const MOST_HEADERS = 5;

/** The custom headers of a message: up to five, all of them `x-`. */
export function readInternetHeaders(
  headers: readonly JsonEntity<'internetMessageHeader'>[] | undefined,
): { name: string; value: string }[] {
  if (headers === undefined) return [];
  // An empty list is refused with the sentence for a long one, by the service too.
  if (headers.length === 0 || headers.length > MOST_HEADERS) {
    throw new GraphRefusal(
      'header-count',
      400,
      'InvalidInternetMessageHeaderCollection',
      `Maximum number of headers in one message should be less than or equal to ${MOST_HEADERS}.`,
    );
  }
  return headers.map(readHeader);
}

function readHeader(header: JsonEntity<'internetMessageHeader'>): { name: string; value: string } {
  const name = header.name ?? '';
  const { value } = header;
  if (!/^x-/i.test(name)) {
    throw invalidHeader(
      'header-name',
      `The internet message header name '${name}' should start with 'x-' or 'X-'.`,
    );
  }
  if (!/^[!-9;-~]+$/.test(name)) {
    throw invalidHeader(
      'header-form',
      `The internet message header name '${name}' has a character that no header name has.`,
    );
  }
  if (typeof value !== 'string')
    throw invalidHeader('header-form', `The internet message header '${name}' has no value.`);
  // A line break in a value would begin a header of its own, a Bcc for instance; a tab may stand in one.
  if (/[^\P{Cc}\t]/u.test(value)) {
    throw invalidHeader(
      'header-form',
      `The value of the internet message header '${name}' has a control character.`,
    );
  }
  return { name, value };
}

function invalidHeader(rule: SandboxRuleName, message: string): GraphRefusal {
  return new GraphRefusal(rule, 400, 'InvalidInternetMessageHeader', message);
}
