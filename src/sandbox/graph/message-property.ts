import { notImplemented } from '../http/graph-refusal';
import { ENTITY_TYPES } from '../schema/entity-types';
import { noSuchProperty } from './query-options';

/** A property that messages can be filtered and sorted by. */
export interface MessageProperty {
  /** In the spelling of the types. */
  path: string;
  type: 'time' | 'text' | 'truth';
}

/** A message as clients see it. */
export type ShownMessage = Readonly<Record<string, unknown>>;

const PLAYED: readonly MessageProperty[] = [
  ...['createdDateTime', 'lastModifiedDateTime', 'receivedDateTime', 'sentDateTime'].map(
    (path) => ({ path, type: 'time' }) as const,
  ),
  ...['hasAttachments', 'isDraft', 'isDeliveryReceiptRequested', 'isReadReceiptRequested'].map(
    (path) => ({ path, type: 'truth' }) as const,
  ),
  ...[
    'bodyPreview',
    'conversationId',
    'from/emailAddress/address',
    'from/emailAddress/name',
    'importance',
    'internetMessageId',
    'parentFolderId',
    'sender/emailAddress/address',
    'sender/emailAddress/name',
    'subject',
  ].map((path) => ({ path, type: 'text' }) as const),
];
const BY_PATH = new Map(PLAYED.map((property) => [property.path.toLowerCase(), property]));
const OF_MESSAGES = new Set(Object.keys(ENTITY_TYPES.message).map((name) => name.toLowerCase()));

/** Finds a property by its path, in any case. @throws GraphRefusal */
export function messageProperty(path: string, option: '$filter' | '$orderby'): MessageProperty {
  const played = BY_PATH.get(path.toLowerCase());
  if (played !== undefined) return played;
  const [name = ''] = path.split('/');
  if (!OF_MESSAGES.has(name.toLowerCase())) throw noSuchProperty(name, 'message');
  throw notImplemented(`${option} by the property '${path}'`);
}

/** The value to compare: of a time its milliseconds, as precise as clients see it. */
export function shownValue(shown: ShownMessage, { path, type }: MessageProperty): string | number | boolean {
  let value: unknown = shown;
  for (const name of path.split('/')) value = ownValue(value, name);
  if (type === 'truth') return value === true;
  return type === 'time' ? Date.parse(String(value)) : String(value);
}

function ownValue(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return undefined;
  return Reflect.get(object, name);
}
