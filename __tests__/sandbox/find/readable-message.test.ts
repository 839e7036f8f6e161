import { createSandbox, type Sandbox, type SandboxMessage } from '../../../src/sandbox';
import { send, sendMime, TEXT_FILE } from '../support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});

const TO = [{ emailAddress: { address: 'ann@example.com' } }];

async function sentHtml(content: string, more: object = {}): Promise<SandboxMessage> {
  await send(sandbox, { subject: 'Hi', body: { contentType: 'html', content }, toRecipients: TO, ...more });
  return sandbox.only();
}

test('the text of HTML is what a reader sees, with its characters decoded', async () => {
  const { text, html } = await sentHtml(
    '<style>p {}</style><h1>Sch&ouml;n &amp; gut</h1><p>5&nbsp;&euro; &#8211; &Auml;rger &unknown;</p>',
  );
  expect(text).toBe('Schön & gut\n\n5 € – Ärger &unknown;');
  expect(html).toContain('<h1>Sch&ouml;n');
});

test('the text of a text message is its body, and it has no HTML', async () => {
  await send(sandbox, { body: { contentType: 'text', content: 'Hello\n' }, toRecipients: TO });
  expect(sandbox.only()).toMatchObject({ text: 'Hello\n', html: undefined });
});

test('the text of MIME is its text alternative', async () => {
  await sendMime(sandbox, [
    'From: app@contoso.example',
    'To: ann@example.com',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Read https://example.com/text.',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>Read <a href="https://example.com/html">this</a></p>',
    '--b--',
    '',
  ]);
  const message = sandbox.only();
  expect(message.text.trim()).toBe('Read https://example.com/text.');
  expect(message.links).toEqual(['https://example.com/html', 'https://example.com/text']);
});

test.each<[string, string[]]>([
  ['<a href="https://a.example/?x=1&amp;y=2">a</a>', ['https://a.example/?x=1&y=2']],
  ["<A class=b HREF='http://b.example'>b</A>", ['http://b.example']],
  ['<a href=https://c.example/x?y=1 >c</a>', ['https://c.example/x?y=1']],
  ['<a\nhref = "\n https://d.ex\nample "\n>d</a>', ['https://d.example']],
  ['<area href="tel:+491"><a href="mailto:ann@example.com">', ['tel:+491', 'mailto:ann@example.com']],
  ['<a href="#top">e</a><a href="javascript:x()">f</a><a name="g">g</a>', []],
  ['<!-- <a href="https://hidden.example">h</a> -->', []],
  ['<img src="https://i.example/i.png"><link href="https://j.example">', []],
  ['<a title="a > b" href="https://k.example">k</a>', ['https://k.example']],
  [
    '<a data-href="https://no.example" href="https://l.example" href="https://no.example">',
    ['https://l.example'],
  ],
  ['<a href="https://m.example">m</a><a href="https://m.example">m</a>', ['https://m.example']],
  ['<abbr href="https://no.example">', []],
])('the links of %j', async (markup, links) => {
  expect((await sentHtml(markup)).links).toEqual(links);
});

test.each<[string, string[]]>([
  ['Confirm: https://a.example/c?t=1&u=2.', ['https://a.example/c?t=1&u=2']],
  [
    '(see https://b.example/x_(y)), or <https://c.example>!',
    ['https://b.example/x_(y)', 'https://c.example'],
  ],
  [
    'https://d.example, http://d.example/… and https://d.example',
    ['https://d.example', 'http://d.example/…'],
  ],
  [
    'mailto:ann@example.com tel:+49-1 ftp://e.example xhttps://f.example https://',
    ['mailto:ann@example.com', 'tel:+49-1'],
  ],
])('the links of the text %j', async (content, links) => {
  await send(sandbox, { body: { contentType: 'text', content }, toRecipients: TO });
  expect(sandbox.only().links).toEqual(links);
});

test('links of hostile HTML are found in one pass', async () => {
  const message = await sentHtml(`${'<a '.repeat(300_000)}${'<a b="'.repeat(150_000)}`);
  const started = performance.now();
  expect(message.links).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('an attachment is found by its name or by a part of it', async () => {
  const message = await sentHtml('', { attachments: [TEXT_FILE] });
  expect(message.attachment('greeting.txt')?.content.toString()).toBe('Hello');
  expect(message.attachment(/\.txt$/g)?.name).toBe('greeting.txt');
  expect(message.attachment('greeting')).toBeUndefined();
});

test('the raw message is an .eml file', async () => {
  const message = await sentHtml('<p>Hello</p>');
  expect(message.raw).toBeInstanceOf(Buffer);
  expect(message.raw.toString()).toMatch(/^From: .*app@contoso\.example/m);
});

test('what is added to read a message is no part of its data', async () => {
  const message = await sentHtml('<p>Hello</p>', { attachments: [TEXT_FILE] });
  const added = ['text', 'html', 'links', 'raw', 'attachment'];
  expect(Object.keys(message).filter((name) => added.includes(name))).toEqual([]);
  expect(Object.keys(JSON.parse(JSON.stringify(message))).filter((name) => added.includes(name))).toEqual([]);
  expect(structuredClone({ ...message, mime: undefined }).subject).toBe('Hi');
  expect(() => structuredClone(message)).not.toThrow();
  expect({ ...message }).toEqual(message);
  expect({ ...message }).toStrictEqual(message);
});
