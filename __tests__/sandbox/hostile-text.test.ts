import type { RunningSandbox } from '../../src/sandbox';
import { createSandbox, startSandbox } from '../../src/sandbox';
import { hasRemoteContent } from '../../src/sandbox/inbox/body-document';
import { MessageSearch } from '../../src/sandbox/inbox/search';
import { checkPropertyId, shownPropertyId } from '../../src/sandbox/mail/extended-properties';
import { visibleLine, visibleText } from '../../src/sandbox/mail/visible-text';
import { get, pathOf } from './inbox/support';
import { ask, LUNCH, makeDraft, send, sendMime, TEXT_FILE, tokenFor } from './support';

// No time is measured here, since a busy machine makes any of it wrong. The sizes are such that whatever takes quadratic
// time is not done within the time that a test may take, by far, and whatever takes linear time is.

/** What some reader may take for a beginning, over and over. */
const PIECES = [
  ...[
    '<a ',
    '<a',
    '<',
    '</',
    '<!--',
    '<style',
    '<style>',
    '<title>',
    '<td\n>',
    '&',
    '&#',
    '&nbsp;',
    '"',
    "'",
  ],
  ...[
    'src=',
    'src= ',
    'url(',
    '=cid:',
    '=cid:a ',
    '@import',
    '=?utf-8?',
    '=?utf-8?q?a?= ',
    '?=',
    ' ',
    '\t',
    '\uffff',
  ],
  ...[
    '\uffff ',
    '@',
    '<@',
    '.',
    '-',
    ',',
    ';',
    ':',
    '(',
    ')',
    '\\',
    '"a\\',
    'a ',
    'a.',
    '0',
    '%',
    '=',
    '\u{1f600}',
  ],
];
const fill = (piece: string, bytes: number) => piece.repeat(Math.ceil(bytes / Buffer.byteLength(piece)));
const nameOf = (piece: string) => JSON.stringify(piece);

describe('3.5 MB of one fragment', () => {
  test.each(PIECES.map((piece) => [nameOf(piece), piece]))('as HTML: %s', (_name, piece) => {
    const markup = fill(piece, 3_500_000);
    expect(hasRemoteContent(markup)).toBe(['@import'].includes(piece));
    expect(visibleLine(markup).length).toBeLessThanOrEqual(markup.length);
    expect(visibleText(markup).length).toBeLessThanOrEqual(markup.length);
  });
});

test('links without an end are looked for once each', async () => {
  // A bound on their length does not do: it took ten seconds a time, and passed.
  for (let times = 0; times < 10; times += 1) {
    expect(hasRemoteContent(fill('<a ', 3_500_000))).toBe(false);
    await new Promise(setImmediate);
  }
});

test('links are no remote content, whatever stands in them, and what follows them is', () => {
  expect(hasRemoteContent(`<a ${'x '.repeat(5000)} href="https://x.example/">go</a>`)).toBe(false);
  expect(hasRemoteContent('<a class=x href="https://x.example/">go</a><A\thref=//x.example/>')).toBe(false);
  expect(hasRemoteContent('<a>go</a><img src="https://x.example/a.png">')).toBe(true);
  expect(hasRemoteContent('<a href="x"><img src="https://x.example/a.png"><a href="y">')).toBe(true);
  expect(hasRemoteContent('<a href="x"><img src="https://x.example/a.png"><a href="y"')).toBe(true);
  expect(hasRemoteContent('<abbr src="https://x.example/a.png">')).toBe(true);
});

describe('a message with one fragment over and over', () => {
  let sandbox: RunningSandbox;
  let authorization: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ maxMessages: 2, limits: { headerBytes: 10_000_000 } });
    authorization = `Bearer ${await tokenFor(sandbox)}`;
  });
  afterAll(() => sandbox.close());

  /** A property of a message each, of those that are read by more than their length. */
  const JSON_PLACES: Record<string, (text: string) => object> = {
    body: (content) => ({ body: { contentType: 'html', content } }),
    subject: (subject) => ({ subject }),
    name: (name) => ({ toRecipients: [{ emailAddress: { address: 'a@b.example', name } }] }),
    address: (address) => ({ toRecipients: [{ emailAddress: { address } }] }),
    domain: (text) => ({ toRecipients: [{ emailAddress: { address: `a@${text}` } }] }),
    'quoted local part': (text) => ({ toRecipients: [{ emailAddress: { address: `"${text}"@b.example` } }] }),
    internetMessageId: (text) => ({ internetMessageId: `<${text}` }),
    'whole internetMessageId': (text) => ({ internetMessageId: `<a${text}@b>` }),
    header: (value) => ({ internetMessageHeaders: [{ name: 'x-a', value }] }),
    'name of a header': (text) => ({ internetMessageHeaders: [{ name: `x-${text}`, value: 'a' }] }),
    'id of a property': (id) => ({ singleValueExtendedProperties: [{ id, value: 'x' }] }),
    'value of a property': (value) => ({ singleValueExtendedProperties: [{ id: 'String 0x1039', value }] }),
    'name of a file': (name) => ({ attachments: [{ ...TEXT_FILE, name }] }),
    'type of a file': (text) => ({ attachments: [{ ...TEXT_FILE, contentType: `image/png;${text}` }] }),
    'odata.type': (text) => ({ attachments: [{ '@odata.type': `#microsoft.graph.${text}`, name: 'a' }] }),
    time: (text) => ({ sentDateTime: `2020-01-01T00:00:00.${text}` }),
  };
  const MIME_PLACES: Record<string, (text: string) => string[]> = {
    HTML: (text) => ['To: a@b.example', 'Content-Type: text/html', '', text],
    Subject: (text) => ['To: a@b.example', `Subject: ${text}`, '', 'x'],
    To: (text) => [`To: ${text}`, '', 'x'],
    'Content-Type': (text) => ['To: a@b.example', `Content-Type: text/plain; ${text}`, '', 'x'],
    'Content-Disposition': (text) => ['To: a@b.example', `Content-Disposition: attachment; ${text}`, '', 'x'],
    'the start': (text) => [text],
  };

  async function look() {
    const message = sandbox.messages.at(-1);
    const isHtml = message?.body.contentType === 'html';
    for (const part of [
      '',
      '?show=text',
      '?show=headers',
      '?show=route',
      '?show=mime',
      isHtml ? '/body' : '/request',
      '/message.eml',
    ]) {
      expect((await get(sandbox, pathOf(message, part))).status).toBe(200);
    }
    expect((await get(sandbox, '/inbox')).status).toBe(200);
    expect((await get(sandbox, '/inbox?q=nothing')).status).toBe(200);
  }

  test.each(Object.entries(JSON_PLACES))('in JSON, as its %s', async (_name, place) => {
    for (const piece of PIECES) {
      const { status } = await send(sandbox, { ...LUNCH, ...place(fill(piece, 100_000)) }, { authorization });
      expect([202, 400, 501]).toContain(status);
    }
    await look();
  });

  test.each(Object.entries(MIME_PLACES))('in MIME, as its %s', async (_name, place) => {
    for (const piece of PIECES) {
      const { status } = await sendMime(sandbox, place(fill(piece, 50_000)), { authorization });
      expect([202, 400, 403]).toContain(status);
    }
    await look();
  });

  test('as an internetMessageId of nothing but @', async () => {
    for (const id of [`<${'@'.repeat(300_000)}`, `<${'@'.repeat(300_000)}>`]) {
      const { status } = await send(sandbox, { ...LUNCH, internetMessageId: id }, { authorization });
      expect(status).toBe(id.endsWith('>') ? 202 : 400);
    }
  });

  test.each(['<@b>', '<a@>', '<a>', 'a@b', '<a@b', '<a b@c>', '<<a@b>', '<@>'])(
    '%s is no internetMessageId',
    async (id) => {
      expect((await send(sandbox, { ...LUNCH, internetMessageId: id }, { authorization })).status).toBe(400);
    },
  );

  test.each(['<a@b>', '<@@b>', '<a@@>', '<a@b@c>'])('%s is an internetMessageId', async (id) => {
    expect((await send(sandbox, { ...LUNCH, internetMessageId: id }, { authorization })).status).toBe(202);
  });
});

describe('much of many things', () => {
  let sandbox: RunningSandbox;
  let authorization: string;
  const property = (number: number, value = 'x') => {
    return { id: `String {00020386-0000-0000-C000-000000000046} Name x${number}`, value };
  };
  const properties = Array.from({ length: 30_000 }, (_, number) => property(number));

  beforeAll(async () => {
    sandbox = await startSandbox();
    authorization = `Bearer ${await tokenFor(sandbox)}`;
  });
  afterAll(() => sandbox.close());

  test('tens of thousands of extended properties are changed one by one, by their ids', async () => {
    const id = await makeDraft(sandbox, { ...LUNCH, singleValueExtendedProperties: properties });
    const changed = [...properties.slice(1), property(30_000, 'new')];
    const answer = await ask(
      sandbox,
      'PATCH',
      `messages/${id}`,
      { singleValueExtendedProperties: changed },
      { authorization },
    );
    expect(answer.status).toBe(200);
    const wanted = [
      property(0).id,
      property(1).id.toLowerCase().replace('name', 'Name'),
      property(30_000).id,
    ];
    const named = wanted.map((each) => `id eq '${each.replace(/^string/, 'String')}'`).join(' or ');
    const query = new URLSearchParams({ $expand: `singleValueExtendedProperties($filter=${named})` });
    const shown = await (await ask(sandbox, 'GET', `messages/${id}?${query}`)).json();
    const values = shown.singleValueExtendedProperties.map(({ value }: { value: string }) => value);
    expect(values).toEqual(['x', 'x', 'new']);
  });

  test('a filter for hundreds of properties is asked of a message with tens of thousands', async () => {
    await makeDraft(sandbox, { ...LUNCH, singleValueExtendedProperties: properties });
    const clause = (number: number) =>
      `singleValueExtendedProperties/any(ep:ep/id eq 'String 0x${number}' and ep/value eq 'y')`;
    const none = Array.from({ length: 2000 }, (_, number) => clause(1000 + number)).join(' or ');
    const last = `singleValueExtendedProperties/any(ep:ep/id eq '${property(29_999).id}' and ep/value eq 'X')`;
    for (const [filter, found] of [
      [none, 0],
      [`${none} or ${last}`, 2],
    ] as const) {
      const query = new URLSearchParams({ $filter: filter, $select: 'id' });
      const { value } = await (
        await ask(sandbox, 'GET', `messages?${query}`, undefined, { authorization })
      ).json();
      expect(value).toHaveLength(found);
    }
  });

  test('hundreds of thousands of references to images are looked up among hundreds of them', async () => {
    const image = { ...TEXT_FILE, contentType: 'image/png', isInline: true, contentBytes: 'SGVsbG8=' };
    const attachments = Array.from({ length: 250 }, (_, number) => {
      return { ...image, name: `${number}`, contentId: `a%2${number}` };
    });
    const content = '=cid:b%41 '.repeat(300_000);
    const message = {
      ...LUNCH,
      body: { contentType: 'html', content: `${content}<img src="cid:a%2249">` },
      attachments,
    };
    expect((await send(sandbox, message, { authorization })).status).toBe(202);
    const { text } = await get(sandbox, pathOf(sandbox.messages.at(-1), '/body'));
    expect(text.endsWith('<img src="data:image/png;base64,SGVsbG8=">')).toBe(true);
  });

  test('an image with a long type is not shown without end', async () => {
    const contentType = `image/${'x'.repeat(1_000_000)}`;
    const attachments = [{ ...TEXT_FILE, contentType, contentId: 'a', isInline: true }];
    const body = { contentType: 'html', content: '=cid:a '.repeat(100_000) };
    await send(sandbox, { ...LUNCH, body, attachments }, { authorization });
    const answer = await get(sandbox, pathOf(sandbox.messages.at(-1), '/body'));
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBeLessThan(70_000_000);
  });

  test('a search of any words is read', async () => {
    const messages = new MessageSearch(createSandbox());
    for (const piece of ['"', 'a', 'a:', 'a:"', ' ', '"" ', ':']) {
      expect(await messages.find({ mailbox: '', page: 1, search: fill(piece, 500_000) })).toEqual([]);
    }
  });

  test('the id of a property is shown without zeros, and however many it has', () => {
    expect(shownPropertyId('Integer 0x0036')).toBe('Integer 0x36');
    expect(() => checkPropertyId(`Integer 0x${'0'.repeat(500_000)}z`)).toThrow();
  });
});
