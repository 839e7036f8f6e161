import type { SandboxMessage } from '../../../src/sandbox';
import type { View, ViewLeaf } from '../view';
import { saysTheSame, shown, squash, withPlainLines } from './compare';
import { type Complaint, complaint } from './complaint';

/** Which JSON has no word for, whatever becomes of its parts. */
const ONLY_MIME =
  /^(?:multipart\/(?:signed|encrypted|report)|application\/(?:x-)?pkcs7-mime|message\/(?:external-body|partial))$/;

/** What a reader of the mutant misses in the JSON that arrived: texts, files, their names and types. */
export function missingContent(view: View, arrived: SandboxMessage): Complaint[] {
  const complaints = view.types
    .filter((type) => ONLY_MIME.test(type))
    .map((type) => complaint('content', 'went as JSON', `${type} went as JSON`));
  for (const line of view.strayLines) {
    complaints.push(complaint('content', 'line in the header of a part lost', shown(line)));
  }
  const body = new Body(arrived.body.content);
  const files = [...arrived.attachments];
  // Longer texts first, as a short one may stand within a long one; flowed ones last, as they lose their brackets.
  const leaves = [...view.leaves].sort(
    (a, b) =>
      Number(a.isSpare) - Number(b.isSpare) ||
      Number(a.isFlowed) - Number(b.isFlowed) ||
      (b.text?.length ?? 0) - (a.text?.length ?? 0),
  );
  for (const { type, bytes } of leaves.filter((leaf) => leaf.type.startsWith('multipart/'))) {
    if (bytes !== '') complaints.push(complaint('content', 'multipart without parts went as JSON', type));
  }
  for (const leaf of leaves.filter(isFile)) complaints.push(...missingFile(leaf, files));
  for (const leaf of leaves.filter((one) => !isFile(one))) {
    if (leaf.text !== null && body.takes(leaf)) continue;
    const asFile = missingFile(leaf, files);
    if (leaf.isSpare || leaf.text?.trim() === '') continue;
    if (asFile.length === 0 && leaf.contentId !== null) continue;
    if (asFile.length === 0) {
      complaints.push(complaint('content', 'text became a file', `${leaf.type} ${shown(leaf.text ?? '')}`));
      continue;
    }
    complaints.push(
      leaf.text === null
        ? complaint(
            'content',
            'text of no charset',
            `${leaf.type}, whose bytes its charset has no meaning for`,
          )
        : complaint('content', 'text lost', `${leaf.type} ${shown(leaf.text)}`),
    );
  }
  for (const { encoding, isDecoded, type } of view.leaves) {
    if (!isDecoded)
      complaints.push(complaint('content', 'unknown encoding', `${type} in ${shown(encoding)} went as JSON`));
  }
  for (const { location, type } of view.leaves.filter(isFile)) {
    if (location)
      complaints.push(complaint('location', 'Content-Location lost', `${type} ${shown(location)}`));
  }
  const rest = body.rest();
  if (rest !== '') complaints.push(complaint('extra', 'text that is in no part', shown(rest)));
  for (const { name } of files) complaints.push(complaint('extra', 'file that is no part', shown(name)));
  return complaints;
}

function isFile({ type, disposition, filename, isRoot }: ViewLeaf): boolean {
  if (isRoot) return false;
  // What an unknown disposition says is to be treated as an attachment (RFC 2183, 2.8).
  return !/^text\/(?:plain|html)$/.test(type) || !/^(?:inline)?$/.test(disposition) || filename !== null;
}

/** The body, from which the texts that are found are taken. */
class Body {
  #left: string;

  constructor(content: string) {
    this.#left = content.replace(/<div style="white-space: pre-wrap">|<\/div>|<br\/?>/g, '');
  }

  takes({ text, isFlowed }: ViewLeaf): boolean {
    const plain = (one: string) => (isFlowed ? squash(one).replaceAll('>', '') : squash(one));
    const wanted = plain((text ?? '').replace(/<div style="white-space: pre-wrap">|<\/div>|<br\/?>/g, ''));
    const escaped = wanted.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    const left = plain(this.#left);
    for (const one of [wanted, escaped, escaped.replaceAll('&gt;', '')]) {
      const at = left.indexOf(one);
      if (at < 0) continue;
      this.#left = left.slice(0, at) + left.slice(at + one.length);
      return true;
    }
    return false;
  }

  rest(): string {
    return squash(this.#left);
  }
}

/** Takes the file from those that arrived. */
function missingFile(leaf: ViewLeaf, files: SandboxMessage['attachments']): Complaint[] {
  const { type, isTyped, bytes, filename, contentId, encoding } = leaf;
  const content = bytes === null ? undefined : Buffer.from(bytes, 'base64');
  const exact = encoding === 'base64';
  const same = files.filter((file) => {
    if (content === undefined)
      return filename === null ? file.contentType === type : isNamed(file.name, filename);
    if (content.equals(file.content)) return true;
    return !exact && withPlainLines(content) === withPlainLines(file.content);
  });
  const found = same.find(({ name }) => filename === null || isNamed(name, filename)) ?? same[0];
  if (!found) {
    // A reader that keeps no bytes of it cannot miss them.
    if (content === undefined || (content.length === 0 && filename === null)) return [];
    return [complaint('content', 'file lost', `${type} ${shown(filename ?? '')}, ${content.length} bytes`)];
  }
  files.splice(files.indexOf(found), 1);
  const complaints: Complaint[] = [];
  if (filename !== null && !isNamed(found.name, filename)) {
    complaints.push(complaint('name', 'file name lost', `${shown(filename)} became ${shown(found.name)}`));
  }
  if ((isTyped || filename === null) && type !== found.contentType.toLowerCase()) {
    complaints.push(complaint('type', 'type lost', `${type} became ${shown(found.contentType)}`));
  }
  if (contentId && !saysTheSame(contentId, found.contentId ?? '')) {
    complaints.push(
      complaint(
        'content-id',
        'Content-ID lost',
        `${shown(contentId)} became ${shown(found.contentId ?? '')}`,
      ),
    );
  }
  return complaints;
}

/** A path in front of a name is cut off, controls are blanks, and messages end in `.eml`. */
function isNamed(arrived: string, filename: string): boolean {
  const base = filename
    .split(/[/\\]/)
    .pop()
    ?.replace(/\p{Cc}/gu, ' ')
    .trim();
  return !base || saysTheSame(base, arrived) || saysTheSame(`${base}.eml`, arrived);
}
