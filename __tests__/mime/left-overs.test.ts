import type { ParsedPart } from '../../src/mime/body-parser';
import { isBodyText, type MailPart, walk } from '../../src/mime/mail-content';
import { leftOvers } from '../../src/mime/message-reader';
import { PART_NUMBER } from '../../src/mime/part-header';
import { mailPart } from '../support/mail-part';

const text = mailPart();
const file: MailPart = { ...text, type: 'application/pdf', use: 'attachment', disposition: 'attachment' };
const multipart = (...children: MailPart[]): MailPart => ({
  ...text,
  type: 'multipart/mixed',
  use: 'multipart',
  children,
});

const parsed = (number: number | undefined, ...children: ParsedPart[]): ParsedPart => ({
  headers: new Map(number === undefined ? [] : [[PART_NUMBER, String(number)]]),
  children,
});
/** The parts as mailparser finds them if it agrees. */
function agreeing(root: MailPart): ParsedPart {
  let number = 0;
  const pair = (part: MailPart): ParsedPart => parsed(number++, ...part.children.map(pair));
  return pair(root);
}

const lost = (root: MailPart, found: ParsedPart | false = agreeing(root)) =>
  leftOvers(root, found).map(({ because, what }) => `${because}: ${what}`);
const TWO_WAYS = 'structure: parts that can be found in two ways';
const WHICH = 'structure: which text is the body';

test('nothing is left over of parts that are used', () => {
  expect(lost(multipart(text, file, multipart(text, file)))).toEqual([]);
});

test('faults are named part by part, with what is lost', () => {
  const fault = { because: 'encoding', what: 'bytes that are not base64' } as const;
  expect(lost(multipart(text, { ...file, faults: [fault] }))).toEqual([
    'encoding: bytes that are not base64',
  ]);
});

test('the text of a multipart without parts is lost', () => {
  expect(lost(multipart(text, multipart()))).toEqual(['structure: the text of multipart/mixed']);
});

test('the place that a part was taken from is lost, but a multipart has none', () => {
  expect(lost(multipart(text, { ...file, hasLocation: true }))).toEqual([
    'content-location: Content-Location',
  ]);
  expect(lost({ ...multipart(text), hasLocation: true })).toEqual([]);
});

const named: MailPart = { ...text, use: 'attachment', disposition: 'inline', filename: 'a.txt' };

test.each([
  ['a text with a name is all there is', multipart(named, file), [WHICH]],
  ['one of two texts is to be saved', multipart({ ...named, disposition: 'attachment' }, named), [WHICH]],
  ['a page with a name is all there is', multipart({ ...named, type: 'text/html' }), [WHICH]],
  ['there is a body, too', multipart(named, text), []],
  ['the text is to be saved', multipart({ ...named, disposition: 'attachment' }), []],
  ['the file only sounds like text', multipart({ ...named, type: 'text/html-x' }), []],
  ['the file only ends like text', multipart({ ...named, type: 'x-text/html' }), []],
  ['the file is no text', multipart({ ...named, type: 'image/png' }), []],
])('what the body is, if %s', (_what, root, whats) => {
  expect(lost(root)).toEqual(whats);
});

test.each<[string, ParsedPart | false]>([
  ['nothing', false],
  ['a part less', parsed(0, parsed(1))],
  ['a part more', parsed(0, parsed(1), parsed(2), parsed(3))],
  ['a part elsewhere', parsed(0, parsed(1, parsed(2)))],
  ['a part within a file', parsed(0, parsed(1), parsed(2, parsed(3)))],
  ['the parts in another order', parsed(0, parsed(2), parsed(1))],
  ['a part that is not ours', parsed(0, parsed(1), parsed(undefined))],
  ['another message', parsed(1, parsed(2), parsed(3))],
])('another reader that finds %s makes the parts uncertain', (_what, found) => {
  expect(lost(multipart(text, file), found)).toEqual([TWO_WAYS]);
});

test('each part is known with the multiparts around it, the nearest first', () => {
  const inner = multipart(text);
  const root = multipart(inner, file);
  expect(walk(root)).toEqual([
    [root, []],
    [inner, [root]],
    [text, [inner, root]],
    [file, [root]],
  ]);
  expect([text, file, root].map(isBodyText)).toEqual([true, false, false]);
});
