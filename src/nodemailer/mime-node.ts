// Everything here relies on fields of Nodemailer's MimeNode that its types do not tell of:
//
// - `_raw`: the bytes, stream or file of a message or part that the app wrote itself; false for any other.
// - `_transforms`, `_processFuncs`: what plugins put between the node and its reader; empty lists without plugins.
//
// A node with a field that is not listed below, or without one that must be there, is one that we do not know: there
// may be a third kind of hook, or a field may have another name. Such a node is left to Nodemailer's own stream,
// which is slower and always right. The fields were the same in 7.0, 8.0, 9.1, 10.2 and 10.6; "knows every field of
// the installed Nodemailer" in __tests__/nodemailer/mime-node.test.ts tells when that changes.
import type MimeNode from 'nodemailer/lib/mime-node';

const FIELDS: ReadonlySet<string> = new Set([
  '_envelope',
  '_hasLongLines',
  '_headers',
  '_isPlainText',
  '_nodeId',
  '_processFuncs',
  '_raw',
  '_transforms',
  'baseBoundary',
  'boundary',
  'boundaryPrefix',
  'childNodes',
  'content',
  'contentType',
  'date',
  'disableFileAccess',
  'disableUrlAccess',
  'filename',
  'hostname',
  'keepBcc',
  'multipart',
  'newline',
  'nodeCounter',
  'normalizeHeaderKey',
  'parentNode',
  'rootNode',
  'textEncoding',
]);

/** Whether a node has the fields that we know, and no others. */
export function isKnownNode(node: MimeNode): boolean {
  if (!('_raw' in node && '_transforms' in node && '_processFuncs' in node)) return false;
  for (const field of Object.keys(node)) if (!FIELDS.has(field)) return false;
  return true;
}

/** What a node's reader gets is what the node holds: no plugin and no option changes it on the way. */
export function isUntransformed(node: MimeNode): boolean {
  return (
    isKnownNode(node) &&
    !node.newline &&
    '_transforms' in node &&
    isEmptyList(node._transforms) &&
    '_processFuncs' in node &&
    isEmptyList(node._processFuncs)
  );
}

function isEmptyList(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}

/** What the app wrote itself in place of a known node: text, bytes, a stream or a file. */
export function rawContent(node: MimeNode): unknown {
  return ('_raw' in node && node._raw) || undefined;
}

/** The longest header that a message may have. */
const MAX_HEADER_BYTES = 256 * 1024;

/**
 * The header of a message, and perhaps more, without reading its contents. Undefined if it takes reading to know it: the
 * message is a raw stream or file, or a plugin changes it as it is written.
 */
export function headerAtOnce(message: MimeNode): Buffer | undefined {
  if (!isUntransformed(message)) return undefined;
  const raw = rawContent(message);
  if (raw === undefined) return Buffer.from(`${message.buildHeaders()}\r\n\r\n`);
  if (typeof raw === 'string') return Buffer.from(raw.slice(0, MAX_HEADER_BYTES));
  return Buffer.isBuffer(raw) ? raw.subarray(0, MAX_HEADER_BYTES) : undefined;
}
