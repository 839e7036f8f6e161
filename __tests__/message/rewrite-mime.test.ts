import type { GraphMessage } from '../../src/message/graph-message';
import { toMimeMessage } from '../../src/message/rewrite-mime';
import { Base64Content, bytesOf } from '../../src/mime/base64-content';
import { QuotedPrintableContent } from '../../src/mime/quoted-printable-content';
import { fc } from '../support/fast-check';
import { readMail } from '../support/mail-content';

const mailbox = { userId: 'app@contoso.example' };
const from = 'From: app@contoso.example\r\n';
const mime = (raw: string, message: GraphMessage = {}, overrides: object = {}) =>
  ofPieces([Buffer.from(raw, 'latin1')], message, overrides).toString('latin1');
const ofPieces = (pieces: Buffer[], message: GraphMessage = {}, overrides: object = {}) =>
  Buffer.concat(toMimeMessage(pieces, message, { ...mailbox, ...overrides }));

test('changes nothing of a message that needs no change', () => {
  const raw = `${from}Subject: a\r\n\tb\r\n\r\nbody\r\n\r\nX-Not: a header\r\n`;
  expect(mime(raw)).toBe(raw);
});

test('ends every line with CRLF, which Exchange needs for quoted-printable', () => {
  expect(mime(`From: a@b.example\nSubject: x\r\n\nLF\nCRLF\r\nCR\rend`)).toBe(
    'From: a@b.example\r\nSubject: x\r\n\r\nLF\r\nCRLF\r\nCR\r\nend',
  );
});

test('ends every line with CRLF wherever the message is cut into pieces, and copies none that has them', () => {
  const line = fc.oneof(fc.constantFrom('', 'a', '-'.repeat(90)), fc.string({ unit: 'grapheme-ascii' }));
  const ends = fc.oneof({ weight: 20, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\r', '\n'));
  const lines = fc.array(fc.tuple(line, ends), { maxLength: 80 });
  const cuts = fc.array(fc.nat(2000), { maxLength: 5 });
  fc.assert(
    fc.property(lines, cuts, (body, cut) => {
      const text = body.flat().join('');
      const raw = Buffer.from(`${from}\r\n${text}`);
      const at = [0, ...cut.filter((end) => end < raw.length).sort((a, b) => a - b), raw.length];
      const pieces = at.slice(1).map((end, n) => raw.subarray(at[n], end));
      const expected = `${from}\r\n${text.replace(/\r\n|\r|\n/g, '\r\n')}`;
      expect(ofPieces(pieces).toString()).toBe(expected);
      if (expected !== raw.toString() || pieces.length === 1) return;
      const last = pieces.at(-1);
      if (pieces[0]?.includes('\r\n\r\n')) expect(toMimeMessage(pieces, {}, mailbox).at(-1)).toBe(last);
    }),
    { numRuns: 500 },
  );
});

describe.each([
  ['long lines', `${'x'.repeat(60)}\r\n`.repeat(3)],
  ['short lines', 'x\r\n'.repeat(30)],
  ['letters of one byte only', '\xe9\xff\r\n'],
])('in a body with %s', (_what, lines) => {
  const written = (...pieces: string[]) => {
    const given = pieces.map((piece) => Buffer.from(piece, 'latin1'));
    const all = toMimeMessage([Buffer.from(`${from}\r\n`), ...given], {}, mailbox);
    const header = Buffer.from(`${from}\r\n`).length;
    return {
      given,
      all,
      body: Buffer.concat(all as Buffer[])
        .subarray(header)
        .toString('latin1'),
    };
  };

  test.each([
    [[lines]],
    [[`${lines}a`]],
    [[`${lines}a\r`, `\n${lines}`]],
    [[`${lines}\r`, `\n${lines}\r`, '\n']],
  ])('a piece whose lines end with CRLF is passed on as it is: %#', (pieces) => {
    const { given, all, body } = written(...pieces);
    for (const piece of given) expect(all).toContain(piece);
    expect(body).toBe(pieces.join(''));
  });

  test.each([
    '\r',
    '\n',
    'a\r',
    'a\n',
    '\ra',
    '\na',
    '\ra\n',
    '\na\r',
    '\r\r\n',
    '\r\n\n',
    '\n\r',
    'a\rb',
    'a\nb',
  ])('a line end that is not CRLF becomes one wherever it is: %j', (odd) => {
    const cases = [[`${odd}${lines}`], [`${lines}${odd}`], [`${lines}a${odd}b${lines}`]];
    for (const pieces of [...cases, [lines, `${odd}${lines}`], [`${lines}${odd}`, `a${lines}`]]) {
      expect(written(...pieces).body).toBe(pieces.join('').replace(/\r\n|\r|\n/g, '\r\n'));
    }
  });
});

test('leaves contents in place of their lines, which end like other lines', () => {
  const [before, content, after] = [`${from}\r\n--b\r`, new Base64Content(Buffer.from('Hello')), '\n--b--\r'];
  const pieces = toMimeMessage([Buffer.from(before), content, Buffer.from(after)], {}, mailbox);
  expect(pieces).toContain(content);
  expect(pieces.map((piece) => (piece === content ? 'SGVsbG8=' : String(piece))).join('')).toBe(
    `${from}\r\n--b\r\nSGVsbG8=\r\n--b--\r\n`,
  );
  const [, , ...plain] = toMimeMessage(
    [Buffer.from(`${from}\r\n`), content, Buffer.from('\r\n')],
    {},
    mailbox,
  );
  expect(plain).toEqual([Buffer.from('\r\n'), content, Buffer.from('\r\n')]);
});

test('ends the lines of quoted-printable with CRLF, also where the text has bare line feeds', () => {
  const text = QuotedPrintableContent.of(Buffer.from('Grüße\nan alle\r\n'), 'Gr=C3=BC=C3=9Fe\nan alle\r\n');
  if (typeof text === 'string') throw new Error('these are lines alone');
  const pieces = [Buffer.from(`${from}\r\n`), text, Buffer.from('\r\n--b--\r\n')];
  const written = toMimeMessage(pieces, {}, mailbox);
  expect(Buffer.concat([...bytesOf(written)]).toString()).toBe(
    `${from}\r\nGr=C3=BC=C3=9Fe\r\nan alle\r\n\r\n--b--\r\n`,
  );
});

test.each([
  ['in its header', ['Fr', 'om: app@contoso.example\r\n\r\nbody']],
  ['between the halves of a line ending', [`${from}\r\nbody\r`, '', '\nmore']],
  ['before a lone LF', [`${from}\r\nbody`, '\nmore']],
  ['after a lone CR', [`${from}\r\nbody\r`, 'more']],
  ['with a lone CR at its end', [`${from}\r\nbody`, '\r']],
])('ends every line with CRLF though the message is cut %s', (_where, pieces) => {
  const whole = pieces.join('').replace(/\r\n|\r|\n/g, '\r\n');
  expect(String(ofPieces(pieces.map((piece) => Buffer.from(piece))))).toBe(whole);
});

const NAMES = ['From', 'To', 'Cc', 'Bcc', 'Subject', 'Reply-To', 'Sender', 'Resent-From', 'Keywords', 'X-A '];
const VALUES = [
  'ann@example.com',
  '"Ann\t" <ann@bücher.example>',
  'Jörg <joerg@bücher.example>,\r\n\tbob@example.com',
  '=?UTF-8?Q?J=C3=B6rg?= <joerg@bücher.example>',
  'nobody',
  'team: ann@example.com, bob@example.com;',
  'a\r\n \r\n b',
  'a\n b',
  '',
];

test('makes the same of a message whose header has been read already, however it came in pieces', async () => {
  const field = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES));
  const cuts = fc.array(fc.nat(120), { maxLength: 3 });
  const ends = fc.constantFrom('\r\n\r\nbody', '\n\nbody\r', '\r\n', '');
  await fc.assert(
    fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 5 }), ends, cuts, async (fields, end, at) => {
      const message = fields.map(([name, value]) => `${name}: ${value}`).join('\r\n');
      const raw = Buffer.from(`${message}${end}`);
      const read = await readMail(raw);
      const places = [0, ...at.sort((a, b) => a - b), raw.length];
      const pieces = places.slice(1).map((to, n) => raw.subarray(places[n], to));
      const written = toMimeMessage(pieces, {}, mailbox, read.raw.header);
      expect(read.raw.header).toBeDefined();
      expect(Buffer.concat(written).toString()).toBe(ofPieces([raw]).toString());
    }),
    { numRuns: 500 },
  );
});

test.each(['To', 'Cc', 'Resent-To'])('leaves an entry without an address out of %s', (name) => {
  expect(mime(`${from}${name}: root, ann@example.com\r\n\r\n`)).toBe(
    `${from}${name}: ann@example.com\r\n\r\n`,
  );
});

test('names exactly the hidden recipients in Bcc, whatever the message said', () => {
  const bccRecipients = [
    { emailAddress: { name: 'Eve "Hidden"', address: 'eve@example.com' } },
    { emailAddress: { name: 'Jörg', address: 'joerg@example.com' } },
    { emailAddress: { address: 'audit@contoso.example' } },
  ];
  const raw = `${from}bcc: nobody@example.com,\r\n somebody@example.com\r\nTo: ann@example.com\r\nBCC: x@example.com\r\n\r\nBcc: body`;
  expect(mime(raw, { bccRecipients })).toBe(
    'Bcc: "Eve \\"Hidden\\"" <eve@example.com>,\r\n =?UTF-8?Q?J=C3=B6rg?= <joerg@example.com>,\r\n audit@contoso.example\r\n' +
      `${from}To: ann@example.com\r\n\r\nBcc: body`,
  );
});

test('lets no hidden recipient of a redirection through', () => {
  expect(mime(`${from}Resent-Bcc: eve@example.com\r\nResent-To: ann@example.com\r\n\r\n`)).toBe(
    `${from}Resent-To: ann@example.com\r\n\r\n`,
  );
});

test('adds From, Reply-To and Message-ID of the options where they are missing', () => {
  const message = {
    from: { emailAddress: { name: 'Shop, Contoso', address: 'shop@contoso.example' } },
    replyTo: [{ emailAddress: { address: 'help@contoso.example' } }],
    internetMessageId: '<1@contoso.example>',
  };
  const added =
    'From: "Shop, Contoso" <shop@contoso.example>\r\nReply-To: help@contoso.example\r\nMessage-ID: <1@contoso.example>\r\n';
  expect(mime('Subject: x\r\n\r\n', message)).toBe(`${added}Subject: x\r\n\r\n`);
  expect(mime(`${added}Subject: x\r\n\r\n`, message)).toBe(`${added}Subject: x\r\n\r\n`);
});

test('takes the mailbox for a From that nobody gave', () => {
  expect(mime('\r\nbody')).toBe('From: app@contoso.example\r\n\r\nbody');
  expect(mime('\r\nbody', {}, { userId: '3f0c9d1e-0000-4000-8000-000000000000' })).toBe('\r\nbody');
});

test("puts the message's own importance and categories in the place of its headers", () => {
  const raw = `${from}X-Priority: 5\r\nPriority: non-urgent\r\nKeywords: old\r\nX-Mailer: x\r\n\r\n`;
  expect(mime(raw, {}, { importance: 'high', categories: ['Orders', 'Größe'] })).toBe(
    `Importance: high\r\nKeywords: Orders,\r\n =?UTF-8?Q?Gr=C3=B6=C3=9Fe?=\r\n${from}X-Mailer: x\r\n\r\n`,
  );
});

test('writes address headers in UTF-8 anew, with the domains in ASCII that Graph wants', () => {
  const raw = Buffer.from(
    `${from}To: Jörg <info@bücher.example>,\r\n ann@example.com\r\nSubject: Grüße\r\n\r\n`,
  );
  expect(ofPieces([raw]).toString()).toBe(
    `${from}To: =?UTF-8?Q?J=C3=B6rg?= <info@xn--bcher-kva.example>,\r\n ann@example.com\r\nSubject: Grüße\r\n\r\n`,
  );
});

test.each([
  ['To: <ann@example.com> <mallory@evil.example>', 'To: "mallory@evil.example" <ann@example.com>'],
  ['Cc: ann@example.com (x, mallory@evil.example', undefined],
])('leaves no address in a header that we have not seen there: %s', (field, expected) => {
  const result = mime(`${from}${field}\r\n\r\n`);
  const outsideQuotes = result.replace(/"(?:[^"\\]|\\.)*"/g, '');
  expect(outsideQuotes).not.toContain('mallory');
  if (expected) expect(result).toContain(expected);
});

test('knows a Bcc header however it is written', () => {
  expect(mime(`${from}Bcc : eve@example.com\r\nbCC:\r\n eve@example.com\r\n\r\n`)).toBe(`${from}\r\n`);
});

test('puts the defaults in the place of empty headers', () => {
  const message = { internetMessageId: '<1@contoso.example>' };
  const others = 'X-Empty:\r\nResent-From:\r\nFrom-Shop:\r\n\r\n';
  expect(mime(`From:\r\nMessage-ID: \r\n${others}`, message)).toBe(
    `From: app@contoso.example\r\nMessage-ID: <1@contoso.example>\r\n${others}`,
  );
});

test('encodes a name that tries to end the header', () => {
  const bccRecipients = [{ emailAddress: { name: 'x\r\nTo: all@example.com', address: 'eve@example.com' } }];
  expect(mime(`${from}\r\n`, { bccRecipients })).not.toMatch(/^To:/m);
});

test('serves a message that is all header', () => {
  expect(mime(`${from}Bcc: eve@example.com`)).toMatch(/^From: app@contoso\.example\r\n/);
});

test.each([
  ['a line of white space', 'X-A: a\r\n \t\r\n b\r\n', 'X-A: a\r\n b\r\n'],
  ['white space before a colon', 'X-A \t: a\r\n', 'X-A: a\r\n'],
  ['a bare line feed', 'X-A: a\n b\r\n', 'X-A: a\r\n b\r\n'],
])('a header is sent without %s, which some readers take for something else', (_what, field, expected) => {
  expect(mime(`${from}${field}X-B: b\r\n\r\n`)).toBe(`${from}${expected}X-B: b\r\n\r\n`);
});

test('ends the last line of a message that is all header', () => {
  expect(mime(`${from}Subject: x`)).toBe(`${from}Subject: x\r\n`);
});

test("puts the app's Message-ID in the place of the one that Nodemailer made up", () => {
  const message = { internetMessageId: '<own@contoso.example>' };
  const madeUpId = '<made-up@contoso.example>';
  const others = `In-Reply-To: ${madeUpId}\r\n\r\n`;
  expect(mime(`${from}Message-ID: ${madeUpId}\r\n${others}`, message, { madeUpId })).toBe(
    `Message-ID: <own@contoso.example>\r\n${from}${others}`,
  );
  const other = `${from}Message-ID: <other@contoso.example>\r\n${others}`;
  expect(mime(other, message, { madeUpId })).toBe(other);
});

const utf8 = (header: string) => mime(Buffer.from(`${header}\r\n\r\n`).toString('latin1'));
const rewritten = '=?UTF-8?Q?J=C3=B6rg?= <joerg@xn--bcher-kva.example>';

describe.each(['To', 'Cc', 'Resent-To', 'Resent-Cc'])('the recipients in %s', (name) => {
  test('are written again without entries that have no address', () => {
    expect(utf8(`${from}${name}: Jörg <joerg@bücher.example>, nobody`)).toBe(
      `${from}${name}: ${rewritten}\r\n\r\n`,
    );
  });

  test('are left out if none of them has an address', () => {
    expect(utf8(`${from}${name}: undisclosed recipients`)).toBe(`${from}\r\n`);
  });

  test('stay as they are, with their comments, if nothing is wrong with them', () => {
    const plain = `${from}${name}: "Ann B." <ann@example.com>,\r\n\tbob@example.com\r\n\r\n`;
    expect(mime(plain)).toBe(plain);
  });
});

describe.each([
  'From',
  'Sender',
  'Reply-To',
  'Resent-From',
  'Resent-Sender',
  'Disposition-Notification-To',
  'Return-Receipt-To',
])('the address in %s', (name) => {
  const others = name === 'From' ? '' : from;

  test('is written in ASCII if nothing in the header has to be guessed', () => {
    expect(utf8(`${others}${name}: Jörg <joerg@bücher.example>`)).toBe(
      `${others}${name}: ${rewritten}\r\n\r\n`,
    );
  });

  test.each([
    ['an entry without an address', 'Jörg <joerg@bücher.example>, nobody'],
    ['what may be one entry or two', 'nobody, Jörg <joerg@bücher.example>'],
    ['a group without members', 'Jörg:;'],
    ['nothing but a name', 'Jörg'],
    ['two addresses in one entry', '<ann@bücher.example> <mallory@evil.example>'],
  ])('stays as it is beside %s', (_what, value) => {
    const header = `${others}${name}: ${value}`;
    expect(utf8(header)).toBe(Buffer.from(`${header}\r\n\r\n`).toString('latin1'));
  });

  test('stays as it is in bytes that mean nothing', () => {
    const header = `${others}${name}: J\xf6rg <joerg@b\xfccher.example>\r\n\r\n`;
    expect(mime(header)).toBe(header);
  });
});

test('leaves text alone that only looks like an address', () => {
  const header = `${from}Subject: Jörg <joerg@bücher.example>`;
  expect(utf8(header)).toBe(Buffer.from(`${header}\r\n\r\n`).toString('latin1'));
});

test.each(['Dear Ann\r\n', 'A\n', '\rBcc: eve@example.com\r\n', 'A\r\n'])(
  'refuses a header with a line that could continue one of ours: %j',
  (line) => {
    expect(() => mime(`${from}${line}\r\n`)).toThrow(
      expect.objectContaining({
        code: 'EMESSAGE',
        message: expect.stringContaining(line.trim().slice(0, 3)),
      }),
    );
  },
);

test('encodes a name or category that is too long for one line', () => {
  const category = 'Größe '.repeat(20).trim();
  const [header = ''] = mime(`${from}\r\n`, {}, { categories: [category] }).split('From:');
  const encoded = header.trimEnd().split('\r\n');
  expect(encoded.length).toBeGreaterThan(1);
  for (const line of encoded) expect(line).toMatch(/^(?:Keywords:)? =\?UTF-8\?Q\?[!-~]+\?=$/);
});
