import { Base64Content } from '../../src/mime/base64-content';
import type { MailPart } from '../../src/mime/mail-content';
import { PartContents } from '../../src/mime/part-contents';
import { QuotedPrintableContent } from '../../src/mime/quoted-printable-content';
import { inMemory } from '../../src/mime/spool';
import { MAX_BODY_BYTES } from '../../src/mime/structure-limits';
import { fc } from '../support/fast-check';
import { mailPart } from '../support/mail-part';

/** Takes the contents of parts; what was written of attachments is kept. */
function open() {
  const written: Buffer[] = [];
  const contents = new PartContents(() => ({
    write(chunk) {
      written.push(chunk);
      return undefined;
    },
    end: async () => inMemory(Buffer.concat(written)),
  }));
  return { contents, written };
}

const file = (over: Partial<MailPart> = {}) => mailPart({ use: 'attachment', ...over });
const textOf = async (part: MailPart) => (part.body ?? (await part.content)?.held)?.toString('latin1');

test.each([
  ['a file', file],
  ['a text', () => mailPart({ use: 'body' })],
])('the line end before a delimiter is no part of %s, however it comes in pieces', async (_what, make) => {
  const pieces = fc.array(fc.array(fc.constantFrom('\r', '\n', 'a'), { minLength: 1, maxLength: 5 }));
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (parts, isLast) => {
      const { contents } = open();
      const part = make();
      contents.begin(part);
      for (const piece of parts) contents.pass(Buffer.from(piece.join('')));
      if (isLast) contents.endOfMessage();
      else contents.end();
      const all = parts.flat().join('');
      expect(await textOf(part)).toBe(isLast ? all : all.replace(/\r?\n$|\r$/, ''));
    }),
  );
});

test.each([
  [['a', '\r', '\n'], 'a'],
  [['a\r', '\n'], 'a'],
  [['a\r\n', '\r', '\n'], 'a\r\n'],
  [['a\n', '\n'], 'a\n'],
  [['a\r', '\r'], 'a\r'],
  [['a\r', '\nb\r', '\n'], 'a\r\nb'],
])('a line end that is cut in two is one line end: %j', async (pieces, expected) => {
  const { contents } = open();
  const part = file();
  contents.begin(part);
  for (const piece of pieces) contents.pass(Buffer.from(piece));
  contents.end();
  expect(await textOf(part)).toBe(expected);
});

test('content is open from its beginning to its end, and what lies between parts is nobody’s', async () => {
  const { contents, written } = open();
  expect(contents.isOpen).toBe(false);
  contents.pass(Buffer.from('a preamble\r\n'));
  contents.end();
  const part = file();
  contents.begin(part);
  expect(contents.isOpen).toBe(true);
  contents.pass(Buffer.from('a file\r\n'));
  contents.end();
  expect(contents.isOpen).toBe(false);
  contents.endOfMessage();
  expect(written.map(String)).toEqual(['a file']);
  expect(await textOf(part)).toBe('a file');
});

test('an empty file is written nothing', async () => {
  const { contents, written } = open();
  const part = file({ encoding: 'base64' });
  contents.begin(part);
  contents.pass(Buffer.from('\r\n'));
  contents.end();
  expect(written).toEqual([]);
  expect((await part.content)?.size).toBe(0);
});

test('waits for an attachment only if it cannot take more right away', () => {
  const { contents } = open();
  contents.begin(file());
  contents.pass(Buffer.from('a file'));
  expect(contents.writes).toHaveLength(0);
  const full = Promise.resolve();
  const slow = new PartContents(() => ({ write: () => full, end: async () => inMemory(Buffer.alloc(0)) }));
  slow.begin(file());
  slow.pass(Buffer.from('a file'));
  expect(slow.writes).toEqual([full]);
});

describe('content that is decoded already', () => {
  const DECODED = new Base64Content(Buffer.from('decoded'));

  test('is taken in place of base64', async () => {
    const { contents } = open();
    const parts = [file({ encoding: 'base64' }), mailPart({ use: 'body', encoding: 'base64' })];
    for (const part of parts) {
      contents.begin(part);
      expect(contents.takeWhole(DECODED)).toBe(true);
      contents.end();
      expect(await textOf(part)).toBe('decoded');
      expect(part.faults).toEqual([]);
    }
  });

  test('is taken once, and not after a piece has passed', async () => {
    const { contents, written } = open();
    contents.begin(file({ encoding: 'base64' }));
    contents.takeWhole(DECODED);
    expect(contents.takeWhole(DECODED)).toBe(false);
    contents.end();
    contents.begin(file({ encoding: 'base64' }));
    contents.pass(Buffer.from('QUJD'));
    expect(contents.takeWhole(DECODED)).toBe(false);
    contents.end();
    contents.begin(file({ encoding: 'base64' }));
    expect(contents.takeWhole(DECODED)).toBe(true);
    expect(written.map(String)).toEqual(['decoded', 'ABC', 'decoded']);
  });

  test.each(['', '7bit', 'quoted-printable'])('is not taken in place of the encoding "%s"', (encoding) => {
    const { contents, written } = open();
    contents.begin(file({ encoding }));
    expect(contents.takeWhole(DECODED)).toBe(false);
    expect(written).toEqual([]);
  });

  test('is taken in place of quoted-printable alone if it is that', async () => {
    const quoted = QuotedPrintableContent.of(Buffer.from('decoded'), 'decoded');
    if (typeof quoted === 'string') throw new Error('these are lines alone');
    const { contents } = open();
    const text = mailPart({ use: 'body', encoding: 'quoted-printable' });
    contents.begin(text);
    expect(contents.takeWhole(quoted)).toBe(true);
    contents.end();
    expect(await textOf(text)).toBe('decoded');
    contents.begin(file({ encoding: 'base64' }));
    expect(contents.takeWhole(quoted)).toBe(false);
  });

  test('is not taken where no part is open', () => {
    expect(open().contents.takeWhole(DECODED)).toBe(false);
  });
});

test.each([
  ['base64', 'QU*JD'],
  ['quoted-printable', 'a=ZZ'],
])('says of a part that its bytes are not %s', (encoding, written) => {
  const { contents } = open();
  const part = file({ encoding });
  contents.begin(part);
  contents.pass(Buffer.from(written));
  contents.end();
  expect(part.faults).toEqual([{ because: 'encoding', what: `bytes of a part that are not ${encoding}` }]);
});

describe('the limit of body text', () => {
  const AT_LIMIT = Buffer.alloc(MAX_BODY_BYTES, 'a');

  /** How much is counted, and how much is kept, of texts in these charsets. */
  function texts(...bodies: [charset: string | undefined, body: Buffer][]) {
    const { contents } = open();
    const kept = bodies.map(([charset, body]) => {
      const part = mailPart({ use: 'body', params: { charset } });
      contents.begin(part);
      contents.pass(body);
      contents.end();
      return part.body?.length;
    });
    return { counted: contents.textBytes, kept };
  }

  test('text at the limit is kept, and text beyond it is counted only', () => {
    expect(texts([undefined, AT_LIMIT], ['utf-8', Buffer.from('b')])).toEqual({
      counted: MAX_BODY_BYTES + 1,
      kept: [MAX_BODY_BYTES, 0],
    });
  });

  test.each(['utf-16', 'UTF-16LE', 'utf16'])('two bytes of %s count as one', (charset) => {
    expect(texts([charset, AT_LIMIT], [charset, AT_LIMIT])).toEqual({
      counted: MAX_BODY_BYTES,
      kept: [MAX_BODY_BYTES, MAX_BODY_BYTES],
    });
  });

  test.each(['x-utf-16', 'utf-8', undefined])('a byte of %s counts as one', (charset) => {
    expect(texts([charset, Buffer.from('four')]).counted).toBe(4);
  });

  test('files do not count', () => {
    const { contents } = open();
    contents.begin(file());
    contents.pass(AT_LIMIT);
    contents.end();
    expect(contents.textBytes).toBe(0);
  });
});
