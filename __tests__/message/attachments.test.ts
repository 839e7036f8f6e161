import { toGraphAttachments } from '../../src/message/attachments';
import type { MailAttachment } from '../../src/mime/mail-content';
import type { AttachmentContent } from '../../src/mime/spool';

const held = (text: string): AttachmentContent => ({
  size: text.length,
  held: Buffer.from(text),
  read: async () => Buffer.from(text),
});

const image = (over: Partial<MailAttachment>): MailAttachment => ({
  filename: 'logo.png',
  type: { value: 'image/png', params: {} },
  disposition: 'inline',
  contentId: 'logo@contoso',
  related: true,
  content: held('png'),
  ...over,
});

test.each([
  ['as written', '<img src="cid:logo@contoso">'],
  ['in capitals', '<IMG SRC=CID:logo@contoso>'],
  ['percent-encoded', '<img src="cid:logo%40contoso">'],
  ['in a style', '<td style="background:url(cid:logo@contoso)">'],
  ['with an entity', '<img src="cid:logo&#64;contoso">'],
])('is inline when the HTML refers to it %s', (_how, html) => {
  expect(toGraphAttachments([image({})], html)).toMatchObject([
    { '@odata.type': '#microsoft.graph.fileAttachment', isInline: true, contentId: 'logo@contoso' },
  ]);
});

test.each([
  ['refers to another', '<img src="cid:logo@contoso2">'],
  ['refers to none', '<p>logo@contoso</p>'],
  ['is not there', undefined],
])('is to be opened when the HTML %s', (_how, html) => {
  expect(toGraphAttachments([image({})], html)).toMatchObject([
    { isInline: false, contentId: 'logo@contoso' },
  ]);
});

test('matches content ids with an ampersand as HTML writes them', () => {
  const html = '<img src="cid:a&amp;b">';
  expect(toGraphAttachments([image({ contentId: 'a&b' })], html)).toMatchObject([{ isInline: true }]);
});

test('stays a file when it says so outside multipart/related', () => {
  const html = '<img src="cid:logo@contoso">';
  const file = image({ disposition: 'attachment', related: false });
  expect(toGraphAttachments([file], html)).toMatchObject([{ isInline: false }]);
});

test.each<[string, Partial<MailAttachment>, boolean]>([
  ['within multipart/related, though it says attachment', { disposition: 'attachment' }, true],
  ['outside of it, where it says inline', { related: false }, true],
  ['outside of it, where it says nothing', { related: false, disposition: '' }, true],
  ['without a content id', { contentId: undefined }, false],
])('is inline or not by where it is and what it says: %s', (_where, over, isInline) => {
  const [attachment] = toGraphAttachments([image(over)], '<img src="cid:logo@contoso">');
  expect(attachment).toMatchObject({ isInline });
  expect(attachment && 'contentId' in attachment).toBe(!('contentId' in over));
});

test('is found among links to others, and with a percent sign that encodes nothing', () => {
  const images = [image({ contentId: 'b@contoso' }), image({ contentId: '100%@contoso' })];
  const html =
    '<img src="cid:a@contoso"><img src="cid:c@contoso"><img src="cid:b@contoso"><img src="cid:100%@contoso">';
  expect(toGraphAttachments(images, html)).toMatchObject([{ isInline: true }, { isInline: true }]);
  expect(toGraphAttachments([], html)).toEqual([]);
});

test('has a name even if the part has none or only a path', () => {
  const names = [
    image({ filename: undefined }),
    image({ filename: 'C:\\Users\\ann\\plan.pdf' }),
    image({ filename: '/tmp/' }),
    image({ filename: 'a\r\nBcc: b.txt' }),
    image({ filename: undefined, type: { value: 'application/x-unheard-of', params: {} } }),
    image({ filename: ' plan.pdf\t' }),
    image({ filename: '\r\n' }),
  ];
  expect(toGraphAttachments(names, '').map(({ name }) => name)).toEqual([
    'attachment-1.png',
    'plan.pdf',
    'attachment-3.png',
    'a  Bcc: b.txt',
    'attachment-5.bin',
    'plan.pdf',
    'attachment-7.png',
  ]);
});

test('gives a message that is attached a name under which it opens', () => {
  const type = { value: 'message/rfc822', params: {} };
  const inner = 'From: a@b.example\r\nSubject: =?utf-8?Q?R=C3=BCckruf?=\r\n a/b\r\n\r\nSubject: no';
  const nameless = image({ type, filename: undefined, content: held(inner) });
  const subjectless = image({
    type,
    filename: undefined,
    content: held('From: a@b.example\r\n\r\nx'),
  });
  const onlySlash = image({ type, filename: undefined, content: held('Subject: //\r\n\r\nx') });
  const slashes = image({ type, filename: undefined, content: held('Subject: a//b\r\n\r\nx') });
  const named = image({ type, filename: 'report' });
  const opens = image({ type, filename: 'report.EML' });
  const opensNot = image({ type, filename: 'report.eml.txt' });
  const all = [nameless, subjectless, onlySlash, slashes, named, opens, opensNot];
  expect(toGraphAttachments(all, '').map(({ name }) => name)).toEqual([
    'Rückruf a b.eml',
    'attachment-2.eml',
    'attachment-3.eml',
    'a b.eml',
    'report.eml',
    'report.EML',
    'report.eml.txt.eml',
  ]);
});

test('gives a message that is attached a number for a name, if it is on disk or its Subject is in no header', () => {
  const type = { value: 'message/rfc822', params: {} };
  const onDisk = image({ type, filename: undefined, content: { ...held('Subject: a'), held: undefined } });
  const inBody = image({ type, filename: undefined, content: held('From: a@b.example\n\nSubject: a') });
  const inOther = image({ type, filename: undefined, content: held('X-Subject: a\r\n\r\nx') });
  expect(toGraphAttachments([onDisk, inBody, inOther], '').map(({ name }) => name)).toEqual([
    'attachment-1.eml',
    'attachment-2.eml',
    'attachment-3.eml',
  ]);
});
