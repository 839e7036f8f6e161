import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { composeEml } from '../mail/compose-eml';
import type { SandboxAddress, SandboxAttachment, SentMessage } from '../mail/message';

/** A folder of messages: `.eml` for mail programs, JSON with all that the sandbox knows. */
export interface MessageStore {
  /** Oldest first. */
  read(): SentMessage[];
  write(message: SentMessage): void;
  remove(message: SentMessage): void;
}

/** The names of the store's own files. It leaves all others in the folder alone. */
const NAME = /^\d{8}T\d{9}Z-[\da-f]{16}\.json$/;

/** @throws the file system's error if the folder cannot be created or read */
export function messageStore(folder: string): MessageStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  readdirSync(folder);

  return {
    read() {
      const names = readdirSync(folder).filter((name) => NAME.test(name));
      return names.sort().flatMap((name) => readMessage(join(folder, name)));
    },
    write(message) {
      const path = join(folder, nameOf(message));
      // The message was accepted in any case: Graph has no answer for the sandbox's full disk.
      try {
        replaceFile(`${path}.eml`, composeEml(message));
        replaceFile(`${path}.json`, toStoredJson(message));
      } catch (error) {
        process.emitWarning(
          `The sandbox keeps a message in memory only: ${path}.json cannot be written. ${error}`,
        );
      }
    },
    remove(message) {
      const path = join(folder, nameOf(message));
      for (const file of [`${path}.json`, `${path}.eml`]) rmSync(file, { force: true });
    },
  };
}

/** Made of digits and letters, with nothing from the client, so a name cannot lead out of the folder. */
function nameOf({ receivedAt, id }: SentMessage): string {
  const stamp = receivedAt.toISOString().replace(/[-:.]/g, '');
  return `${stamp}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

function readMessage(file: string): SentMessage[] {
  try {
    return [fromStoredJson(readPlainFile(file))];
  } catch (error) {
    process.emitWarning(`The sandbox skips ${file}: it cannot be read as one of its messages. ${error}`);
    return [];
  }
}

/** Does not follow a link in the folder. */
function readPlainFile(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all or nothing, and readable only by this user. */
function replaceFile(file: string, content: string | Buffer): void {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}

/** A message as text, complete. */
export function toStoredJson(message: SentMessage): string {
  const { attachments, mime, ...rest } = message;
  const files = attachments.map(({ content, ...described }) => ({
    ...described,
    // A large upload has a getter here, which spreading does not copy.
    content: content.toString('base64'),
  }));
  return JSON.stringify({ ...rest, attachments: files, ...(mime && { mime: mime.toString('base64') }) });
}

/** @throws TypeError unless the text came from `toStoredJson` */
export function fromStoredJson(text: string): SentMessage {
  const stored = fieldsOf(JSON.parse(text), 'the file');
  const body = fieldsOf(stored.get('body'), 'body');
  const receivedAt = new Date(textIn(stored, 'receivedAt'));
  if (Number.isNaN(receivedAt.getTime())) throw wrong('receivedAt', 'a time');
  const mime = optional(stored, 'mime', textIn);
  return {
    id: textIn(stored, 'id'),
    receivedAt,
    mailbox: textIn(stored, 'mailbox'),
    requestId: textIn(stored, 'requestId'),
    clientRequestId: optional(stored, 'clientRequestId', textIn),
    route: oneOf(stored, 'route', ['json', 'mime', 'draft']),
    from: readAddress(stored.get('from')),
    sender: readAddress(stored.get('sender')),
    replyTo: listIn(stored, 'replyTo').map(readAddress),
    to: listIn(stored, 'to').map(readAddress),
    cc: listIn(stored, 'cc').map(readAddress),
    bcc: listIn(stored, 'bcc').map(readAddress),
    subject: textIn(stored, 'subject'),
    body: { contentType: oneOf(body, 'contentType', ['text', 'html']), content: textIn(body, 'content') },
    ...given('textAlternative', optional(stored, 'textAlternative', textIn)),
    importance: oneOf(stored, 'importance', ['low', 'normal', 'high']),
    internetMessageId: textIn(stored, 'internetMessageId'),
    headers: listIn(stored, 'headers').map(readHeader),
    extendedProperties: listIn(stored, 'extendedProperties').map(readProperty),
    categories: listIn(stored, 'categories').map(String),
    isReadReceiptRequested: stored.get('isReadReceiptRequested') === true,
    isDeliveryReceiptRequested: stored.get('isDeliveryReceiptRequested') === true,
    attachments: listIn(stored, 'attachments').map(readAttachment),
    savedToSentItems: stored.get('savedToSentItems') === true,
    ...given('mime', mime === undefined ? undefined : Buffer.from(mime, 'base64')),
    request: stored.get('request'),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function readAddress(value: unknown): SandboxAddress {
  const address = fieldsOf(value, 'an address');
  return { name: textIn(address, 'name'), address: textIn(address, 'address') };
}

function readHeader(value: unknown): { name: string; value: string } {
  const header = fieldsOf(value, 'a header');
  return { name: textIn(header, 'name'), value: textIn(header, 'value') };
}

function readProperty(value: unknown): { id: string; value: string } {
  const property = fieldsOf(value, 'an extended property');
  return { id: textIn(property, 'id'), value: textIn(property, 'value') };
}

function readAttachment(value: unknown): SandboxAttachment {
  const attachment = fieldsOf(value, 'an attachment');
  return {
    name: textIn(attachment, 'name'),
    contentType: textIn(attachment, 'contentType'),
    content: Buffer.from(textIn(attachment, 'content'), 'base64'),
    size: countIn(attachment, 'size'),
    ...given('sha256', optional(attachment, 'sha256', textIn)),
    ...given('uploadRanges', optional(attachment, 'uploadRanges', countIn)),
    isInline: attachment.get('isInline') === true,
    ...given('contentId', optional(attachment, 'contentId', textIn)),
  };
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null) throw wrong(name, 'an object');
  return new Map(Object.entries(value));
}

function textIn(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== 'string') throw wrong(name, 'a text');
  return value;
}

function countIn(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong(name, 'a number');
  return value;
}

function listIn(fields: Fields, name: string): unknown[] {
  const value = fields.get(name);
  if (!Array.isArray(value)) throw wrong(name, 'a list');
  return value;
}

function oneOf<Value extends string>(fields: Fields, name: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === fields.get(name));
  if (found === undefined) throw wrong(name, values.join(', '));
  return found;
}

function optional<Value>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => Value,
): Value | undefined {
  return fields.has(name) ? read(fields, name) : undefined;
}

/** Omits an undefined property, as a newly received message does. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  const properties: { [Key in Name]?: Value } = {};
  if (value !== undefined) properties[name] = value;
  return properties;
}

function wrong(name: string, expected: string): TypeError {
  return new TypeError(`${name} is not ${expected}`);
}
