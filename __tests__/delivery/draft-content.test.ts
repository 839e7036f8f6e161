import { type DraftContent, draftBytes, toDraftContent } from '../../src/delivery/draft-content';
import { sendMailJson } from '../../src/delivery/request-bodies';
import type { GraphAttachment } from '../../src/message/attachments';
import { inMemory } from '../../src/mime/spool';

const ID = 'String {6f0b1a52-8c55-4c1c-9a0e-0a7f3f3b9d21} Name nodemailer-graph-transport';
const marks = { draft: 'd', message: 'm' };
const letter = { subject: 'Hello', body: { contentType: 'text' as const, content: 'Hello Ann' } };

function attachmentOf(name: string, size: number, isHeld = true): GraphAttachment {
  const content = inMemory(Buffer.alloc(size, 'x'));
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name,
    contentBytes: isHeld ? content : { ...content, size, held: undefined, read: content.read },
  };
}
const bytesOf = ({ body }: DraftContent) => Buffer.concat([...body.pieces()]).length;
const jsonOf = ({ body }: DraftContent) => JSON.parse(Buffer.concat([...body.pieces()]).toString());
const namesOf = (attachments: readonly GraphAttachment[]) => attachments.map(({ name }) => name);

test('a message that fits into one request is complete, and marked as such', () => {
  const content = toDraftContent({ ...letter, attachments: [attachmentOf('a', 10)] }, marks);
  expect(content).toMatchObject({
    contentType: 'application/json',
    isMime: false,
    added: [],
    firstNames: ['a'],
  });
  expect(jsonOf(content)).toMatchObject({
    ...letter,
    attachments: [{ name: 'a' }],
    singleValueExtendedProperties: [
      { id: `${ID}-draft`, value: 'd' },
      { id: ID, value: 'm' },
    ],
  });
});

test('a message without attachments has none', () => {
  const content = toDraftContent(letter, marks);
  expect(content).toMatchObject({ added: [], firstNames: [] });
  expect(jsonOf(content)).not.toHaveProperty('attachments');
});

test('a message whose attachments are added one by one is marked as unfinished until then', () => {
  const attachments = [attachmentOf('a', 2_000_000), attachmentOf('b', 2_000_000)];
  const content = toDraftContent({ ...letter, attachments }, marks);
  expect(namesOf(content.added)).toEqual(['b']);
  expect(content.firstNames).toEqual(['a']);
  expect(jsonOf(content).singleValueExtendedProperties).toContainEqual({ id: ID, value: 'm-unfinished' });
});

test('a message that is sent at most once carries the mark of its draft alone', () => {
  const content = toDraftContent(letter, { draft: 'd', message: undefined });
  expect(jsonOf(content).singleValueExtendedProperties).toEqual([{ id: `${ID}-draft`, value: 'd' }]);
});

test('the properties that a message has are kept', () => {
  const own = { id: 'String 0x1', value: 'own' };
  const json = jsonOf(toDraftContent({ ...letter, singleValueExtendedProperties: [own] }, marks));
  expect(json.singleValueExtendedProperties).toHaveLength(3);
  expect(json.singleValueExtendedProperties[0]).toEqual(own);
  expect(
    jsonOf(toDraftContent({ ...letter, singleValueExtendedProperties: null }, marks))
      .singleValueExtendedProperties,
  ).toHaveLength(2);
});

test('as many attachments as fit go along at once, to the byte', () => {
  const attachments = ['a', 'b', 'c'].map((name) => attachmentOf(name, 900_000));
  const withText = (count: number) =>
    toDraftContent(
      { ...letter, body: { contentType: 'text', content: 'x'.repeat(count) }, attachments },
      marks,
    );
  // Were there more, the mark would be longer, and a comma would follow.
  const mostText = 4_000_000 - bytesOf(withText(0)) - '-unfinished'.length - ','.length;
  expect(withText(mostText).added).toEqual([]);
  expect(namesOf(withText(mostText + 1).added)).toEqual(['c']);
});

test('what follows an attachment that does not fit, or is not in memory, is added after it', () => {
  const small = attachmentOf('small', 10);
  for (const large of [attachmentOf('large', 3_500_000), attachmentOf('on disk', 10, false)]) {
    const content = toDraftContent({ ...letter, attachments: [small, large, small] }, marks);
    expect(content.firstNames).toEqual(['small']);
    expect(content.added).toEqual([large, small]);
  }
});

test('an attachment without a name counts as one with an empty name', () => {
  const { name: _, ...nameless } = attachmentOf('', 10);
  expect(toDraftContent({ ...letter, attachments: [nameless] }, marks).firstNames).toEqual(['']);
});

test('the size of a draft is that of its first request with marks and without attachments', () => {
  const empty = { ...letter, attachments: [] };
  const marked = bytesOf(toDraftContent(empty, { ...marks, message: 'm-unfinished' }));
  expect(draftBytes({ ...letter, attachments: [attachmentOf('a', 1_000_000)] }, marks)).toBe(
    marked + ',"attachments":[]'.length,
  );
  expect(sendMailJson(letter, true).length).toBeLessThan(marked);
});
