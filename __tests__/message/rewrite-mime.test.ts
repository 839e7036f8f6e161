import fc from 'fast-check';
import type { GraphMessage } from '../../src/message/graph-message';
import { toMimeMessage } from '../../src/message/rewrite-mime';

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
  expect(mime('From:\r\nMessage-ID: \r\nX-Empty:\r\n\r\n', message)).toBe(
    'From: app@contoso.example\r\nMessage-ID: <1@contoso.example>\r\nX-Empty:\r\n\r\n',
  );
});

test('encodes a name that tries to end the header', () => {
  const bccRecipients = [{ emailAddress: { name: 'x\r\nTo: all@example.com', address: 'eve@example.com' } }];
  expect(mime(`${from}\r\n`, { bccRecipients })).not.toMatch(/^To:/m);
});

test('serves a message that is all header', () => {
  expect(mime(`${from}Bcc: eve@example.com`)).toMatch(/^From: app@contoso\.example\r\n/);
});
