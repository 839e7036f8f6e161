import { readFileSync } from 'node:fs';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox';
import { checksOf, countFindings } from '../../../src/sandbox/inbox/checks';
import { OUTLOOK_GAPS } from '../../../src/sandbox/inbox/outlook-gaps';
import { textPieces } from '../../../src/sandbox/inbox/text-links';
import { LUNCH, send } from '../support';
import { get, pathOf } from './support';

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

/** The items of each check of a message, by the name of the check. */
async function found(changes: object, settings = {}): Promise<Record<string, string[]>> {
  await send(sandbox, { ...LUNCH, ...changes });
  const [message] = sandbox.messages;
  if (!message) throw new Error('The sandbox has no message');
  const checks = checksOf(message, { messageBytes: 35_000_000, aliases: [], ...settings });
  return Object.fromEntries(checks.map(({ name, items }) => [name, items]));
}

const html = (content: string) => ({ body: { contentType: 'html', content } });
const image = (contentId: string) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'logo.png',
  contentType: 'image/png',
  contentBytes: 'AAAA',
  isInline: true,
  contentId,
});

test('an image by cid is a finding only while it is missing', async () => {
  expect(await found(html('<p>Hello <img src="cid:a" alt="Logo"></p>'))).toEqual({
    'cid-missing': ['cid:a'],
  });
  sandbox.clear();
  expect(await found({ ...html('<p>Hi <img src="cid:a" alt=""></p>'), attachments: [image('a')] })).toEqual(
    {},
  );
});

test.each([
  [
    'an inline image that is not shown',
    { ...html('<p>Hi</p>'), attachments: [image('b')] },
    'cid-unused',
    ['logo.png, cid:b'],
  ],
  ['a link without a host', html('<a href="http://">x</a>'), 'links-broken', ['http://']],
  ['a relative link', html('<a href="/confirm">x</a>'), 'links-broken', ['/confirm']],
  ['an empty link', html('<a href="">x</a>'), 'links-broken', ['(empty)']],
  ['a link without TLS', html('<a href=http://a.example/>x</a>'), 'links-http', ['http://a.example/']],
  [
    'every link',
    html('<a href="https://a.example/?a=1&amp;b=2">x</a>'),
    'links',
    ['https://a.example/?a=1&b=2'],
  ],
  ['a placeholder in the subject', { subject: 'Dear {{name}}' }, 'placeholders', ['{{name}}']],
  ['a placeholder in capitals', html('<p>Dear %NAME%</p>'), 'placeholders', ['%NAME%']],
  [
    'values without text',
    html('<p>undefined, null, [object Object]</p>'),
    'placeholders',
    ['undefined', 'null', '[object Object]'],
  ],
  [
    'an image without alt',
    html('<p>Hi <img src="https://a.example/a.png"></p>'),
    'alt-missing',
    ['https://a.example/a.png'],
  ],
  [
    'images without text',
    html('<img alt="" src="https://a.example/a.png">'),
    'images-only',
    ['It has no text, so it is blank while images are blocked.'],
  ],
  ['a Message-ID of another domain', { internetMessageId: '<1@localhost>' }, 'message-id', ['<1@localhost>']],
  [
    'what Outlook leaves out',
    html('<p style="display: flex">Hi</p>'),
    'outlook',
    ['display: flex (https://www.caniemail.com/features/css-display-flex/)'],
  ],
])('finds %s', async (_what, changes, name, items) => {
  expect((await found(changes))[name]).toEqual(items);
});

test('a message over the limit of its mailbox is a problem', async () => {
  expect((await found({}, { messageBytes: 10 }))['size-mailbox']).toHaveLength(1);
});

test('what a comment holds is not looked at', async () => {
  expect(await found(html('<p>Hi</p><!-- <img src="cid:gone"><a href="">x</a> -->'))).toEqual({});
});

test('notes are listed and not counted', async () => {
  await found(html('<a href="https://a.example/">{{name}}</a>'));
  const [message] = sandbox.messages;
  const { text } = await get(sandbox, pathOf(message, '?show=checks'));
  expect(text).toContain('Checks <b class="count">1</b>');
  expect(text).toContain('data-check="placeholders"');
  expect(text).toContain('data-check="links"');
  expect(countFindings([])).toBe(0);
});

test.each([
  ['See https://a.example/x.', ['https://a.example/x']],
  ['(https://a.example/x)', ['https://a.example/x']],
  [
    'https://a.example/x_(y), https://b.example/?a=1&b=2!',
    ['https://a.example/x_(y)', 'https://b.example/?a=1&b=2'],
  ],
  ['<https://a.example/>', ['https://a.example/']],
  ['mailto:ann@x.example', ['mailto:ann@x.example']],
  ['javascript:alert(1) ftp://a.example file:///etc', []],
])('%s has these links', (text, links) => {
  const pieces = textPieces(text);
  expect(pieces.flatMap(({ href }) => href ?? [])).toEqual(links);
  expect(pieces.map((piece) => piece.text).join('')).toBe(text);
});

test('a link in plain text opens a tab that does not learn where it came from', async () => {
  await found({ body: { contentType: 'text', content: 'Confirm: https://a.example/?a=1&b=2.' } });
  const { text } = await get(sandbox, pathOf(sandbox.messages[0]));
  expect(text).toContain(
    '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">https://a.example/?a=1&amp;b=2</a>.',
  );
});

interface CanIEmail {
  data: { slug: string; stats: { outlook?: { windows?: Record<string, string> } } }[];
}

test('what Outlook does not render is what Can I email reports of Outlook for Windows', () => {
  const { data }: CanIEmail = JSON.parse(readFileSync(require.resolve('caniemail/caniemail.json'), 'utf8'));
  for (const { what, source } of OUTLOOK_GAPS) {
    const feature = data.find(({ slug }) => source.endsWith(`/${slug}/`));
    const { 2013: middle = '', 2016: late = '', 2019: last = '' } = feature?.stats.outlook?.windows ?? {};
    const isPartly = what.endsWith('before Outlook 2019');
    expect([what, middle, late, last]).toEqual([
      what,
      expect.stringMatching(/^n/),
      expect.stringMatching(/^n/),
      expect.stringMatching(isPartly ? /^a/ : /^n/),
    ]);
  }
});
