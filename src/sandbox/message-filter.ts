import { checkPropertyId } from './extended-properties';
import { GraphRefusal } from './graph-answer';
import type { MessageContent } from './sandbox-message';

/** A text of OData, in which a quote is doubled. */
const TEXT = "'((?:[^']|'')*)'";
const BY_PROPERTY = new RegExp(
  `^singleValueExtendedProperties/[Aa]ny\\((\\w+): ?\\1/id eq ${TEXT} and \\1/value eq ${TEXT}\\)$`,
);
const BY_MESSAGE_ID = new RegExp(`^internetMessageId eq ${TEXT}$`);

/**
 * Reads a `$filter`, of which two are played: by an extended property, whose name is compared with case and whose
 * value without, and by `internetMessageId`. [rule: search-by-property]
 * [rule: search-by-message-id] @throws GraphRefusal
 */
export function readMessageFilter(filter: string): (content: MessageContent) => boolean {
  const [, , id, value] = BY_PROPERTY.exec(filter) ?? [];
  if (id !== undefined && value !== undefined) {
    const wanted = { id: unquote(id), value: unquote(value).toLowerCase() };
    checkPropertyId(wanted.id);
    return ({ extendedProperties }) =>
      extendedProperties.some(
        (property) =>
          normalize(property.id) === normalize(wanted.id) && property.value.toLowerCase() === wanted.value,
      );
  }
  const [, messageId] = BY_MESSAGE_ID.exec(filter) ?? [];
  if (messageId !== undefined) return ({ internetMessageId }) => internetMessageId === unquote(messageId);
  throw new GraphRefusal(
    'not-played',
    501,
    'notSupported',
    `The sandbox does not play the $filter ${filter}`,
  );
}

function unquote(text: string): string {
  return text.replaceAll("''", "'");
}

/** A GUID has no case. */
function normalize(propertyId: string): string {
  return propertyId.replace(/\{[^}]*\}/, (guid) => guid.toLowerCase());
}
