import PostalMime, { type Address, addressParser, decodeWords } from 'postal-mime';
import { strictText, strictWords } from './strict-text';
import type { View, ViewLeaf, ViewMailbox } from './view';

interface Parameters {
  value: string;
  params: Partial<Record<string, string>>;
}

interface Node {
  contentType: { value: string; parsed: Parameters; multipart: string | false };
  contentTransferEncoding: { value: string };
  contentDisposition: { parsed: Parameters };
  contentId?: string | undefined;
  headers: { key: string; originalKey: string; value: string }[];
  content: ArrayBuffer | null;
  childNodes: Node[];
}

class TreeReader extends PostalMime {
  // Its types do not tell of this.
  declare root: Node;
}

const ADDRESS_FIELDS =
  /^(?:(?:resent-)?(?:from|sender|to|cc|bcc)|reply-to|disposition-notification-to|return-receipt-to)$/;

const ENCODINGS = ['', '7bit', '8bit', 'binary', 'quoted-printable', 'base64'];

/** A message as postal-mime sees it: its tree, since what it makes of the tree joins texts and drops others. */
export async function postalView(mime: Buffer): Promise<View | undefined> {
  const parser = new TreeReader({ forceRfc822Attachments: true });
  try {
    await parser.parse(mime);
  } catch {
    return undefined;
  }
  const { root } = parser;
  const mailboxes: View['mailboxes'] = {};
  for (const { key, value } of root.headers) {
    if (ADDRESS_FIELDS.test(key)) mailboxes[key] = [...(mailboxes[key] ?? []), ...mailboxesIn(value)];
  }
  return {
    by: 'postal-mime',
    fields: root.headers.map(({ originalKey, value }) => ({ name: originalKey, value: strictWords(value) })),
    mailboxes,
    leaves: [...leavesOf(root, [])],
    types: [...typesOf(root)],
    strayLines: root.childNodes.flatMap(strayLinesIn),
  };
}

function mailboxesIn(value: string): ViewMailbox[] {
  return addressParser(value).flatMap(flat);
}

function flat({ name, address, group }: Address): ViewMailbox[] {
  return group ? group.flatMap(flat) : [{ name, address: address ?? '' }];
}

function strayLinesIn({ headers, childNodes }: Node): string[] {
  const own = headers.filter(({ originalKey }) => !/^[!-9;-~]+$/.test(originalKey));
  return [...own.map(({ originalKey }) => originalKey), ...childNodes.flatMap(strayLinesIn)];
}

function* typesOf(node: Node): Generator<string> {
  yield node.contentType.parsed.value;
  for (const child of node.childNodes) yield* typesOf(child);
}

function* leavesOf(node: Node, around: readonly Node[]): Generator<ViewLeaf> {
  if (!node.contentType.multipart) yield leafOf(node, around);
  // It reads no further than to the empty line of a multipart whose parts it does not find.
  else if (node.childNodes.length === 0) yield { ...leafOf(node, around), text: null, bytes: null };
  for (const child of node.childNodes) yield* leavesOf(child, [node, ...around]);
}

function leafOf(node: Node, around: readonly Node[]): ViewLeaf {
  const { parsed, value } = node.contentType;
  const { params } = parsed;
  const bytes = Buffer.from(node.content ?? new ArrayBuffer(0));
  const disposition = node.contentDisposition.parsed;
  const isTyped =
    /^\s*[\w!#$%&'*+.^`{|}~-]+\/[\w!#$%&'*+.^`{|}~-]+\s*(?:[;(]|$)/.test(value) &&
    node.headers.some(({ key }) => key === 'content-type');
  const charset = params.charset ?? '';
  const type = isTyped ? parsed.value : 'text/plain';
  const filename = disposition.params.filename || params.name;
  const encoding = node.contentTransferEncoding.value
    .replace(/\([^)]*\)/g, '')
    .trim()
    .toLowerCase();
  const isEncoded = /^(?:base64|quoted-printable)$/.test(encoding);
  const isAttachment = disposition.value === 'attachment';
  return {
    type,
    isTyped,
    encoding,
    isDecoded: ENCODINGS.includes(encoding),
    disposition: disposition.value,
    filename: filename ? decodeWords(filename) : null,
    contentId: node.contentId?.replace(/^<|>$/g, '') ?? null,
    location: node.headers.find(({ key }) => key === 'content-location')?.value ?? null,
    bytes: bytes.toString('base64'),
    text: strictText(bytes, charset) ?? (isEncoded ? null : textOfLines(bytes, charset)),
    isFlowed: /^flowed$/i.test(params.format ?? ''),
    isSpare: type === 'text/plain' && !isAttachment && hasHtmlBeside(node, around),
    isRoot: /^text\/(?:plain|html)$/.test(type) && !isAttachment && isFirstOfRelated(node, around),
  };
}

/** It takes the CR of each line and ends the last one, which counts in UTF-16. */
function textOfLines(bytes: Buffer, charset: string): string | null {
  const lines = bytes.toString('latin1').replaceAll('\n', '\r\n');
  const text = (written: string) => strictText(Buffer.from(written, 'latin1'), charset);
  return text(lines) ?? text(lines.replace(/\r\n$/, ''));
}

function isFirstOfRelated(node: Node, [parent]: readonly Node[]): boolean {
  return parent?.contentType.multipart === 'related' && parent.childNodes[0] === node;
}

function hasHtmlBeside(node: Node, around: readonly Node[]): boolean {
  let branch = node;
  for (const parent of around) {
    if (parent.contentType.multipart === 'alternative') {
      return parent.childNodes.some((child) => child !== branch && hasHtml(child));
    }
    branch = parent;
  }
  return false;
}

function hasHtml(node: Node): boolean {
  const isHtml =
    node.contentType.parsed.value === 'text/html' && node.contentDisposition.parsed.value !== 'attachment';
  return isHtml || node.childNodes.some(hasHtml);
}
