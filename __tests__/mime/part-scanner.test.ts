import { bytesBeforeHeader } from '../../src/mime/header-block';
import { type MailPart, walk } from '../../src/mime/mail-content';
import { PartScanner } from '../../src/mime/part-scanner';
import { type AttachmentSink, inMemory } from '../../src/mime/spool';
import { fc } from '../support/fast-check';
import { mailFixtures } from '../support/fixtures';

/** What comes of a mail that comes in chunks of so many bytes: what passes, and its parts in order. */
async function scan(mime: Buffer, chunkBytes = mime.length || 1) {
  const scanner = new PartScanner(sink);
  const passed: Buffer[] = [];
  for (let at = 0; at < mime.length; at += chunkBytes) {
    passed.push(...scanner.scan(mime.subarray(at, at + chunkBytes)));
  }
  passed.push(...scanner.end());
  const parts = scanner.root ? walk(scanner.root) : [];
  return {
    passed: Buffer.concat(passed).toString('latin1'),
    parts: await Promise.all(
      parts.map(async ([part, around]) => ({ depth: around.length, ...(await seen(part)) })),
    ),
  };
}

async function seen({ type, use, disposition, filename, encoding, body, content, faults }: MailPart) {
  return {
    type,
    use,
    disposition,
    filename,
    encoding,
    text: body?.toString('latin1') ?? (await content)?.held?.toString('latin1'),
    faults: faults.map(({ because, what }) => `${because}: ${what}`),
  };
}

function sink(): AttachmentSink {
  const chunks: Buffer[] = [];
  return {
    write(chunk) {
      chunks.push(chunk);
      return undefined;
    },
    end: async () => inMemory(Buffer.concat(chunks)),
  };
}

const lines = (...parts: string[]) => Buffer.from(parts.join('\r\n'), 'latin1');
const mixed = (...part: string[]) =>
  lines('Content-Type: multipart/mixed; boundary="b 1"', '', '--b 1', ...part, '--b 1--', 'epilogue');
/** The one part that such a mail has. */
const onePart = async (...part: string[]) => (await scan(mixed(...part), 5)).parts[1];

test.each(mailFixtures)('reads the same, however $name is cut', async (fixture) => {
  const mime = fixture.mime.subarray(bytesBeforeHeader(fixture.mime));
  const whole = await scan(mime);
  for (const chunkBytes of [1, 2, 3, 7, 64, 1000]) expect(await scan(mime, chunkBytes)).toEqual(whole);
});

const headerPieces = fc.constantFrom(
  'x-a: b\r\n',
  'x-a: b\n',
  ' fold\r\n',
  'Content-Type: text/html\r\n',
  'Content-Type: multipart/mixed; boundary=c\r\n',
  '\r\n',
  '\n',
  '\r',
  '--b\r\n',
  '--b--\r\n',
  '--c\n',
  '-\r\n',
  'text',
);

test('finds the same end of a header, whatever it holds, if it comes in one piece or in many', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(headerPieces, { maxLength: 8 }),
      fc.array(headerPieces, { maxLength: 8 }),
      async (some, others) => {
        const mime = Buffer.from(
          `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${some.join('')}\r\n--b\r\n${others.join('')}`,
        );
        const outcome = (chunkBytes: number) => scan(mime, chunkBytes).catch(String);
        const whole = await outcome(mime.length);
        for (const chunkBytes of [1, 7]) expect(await outcome(chunkBytes)).toEqual(whole);
      },
    ),
    { numRuns: 1000 },
  );
});

test('passes on where parts begin, and nothing of their headers and contents', async () => {
  const { passed } = await scan(
    lines(
      'Subject: x',
      'content-type: MULTIPART/mixed (page); Boundary="b (1)"',
      '',
      'preamble',
      '--b (1)',
      'Content-Type: text/html',
      '',
      '<p>x',
      '--b (1)--',
    ),
  );
  expect(passed.replaceAll(/x-part-[-\w]+/g, 'number').split('\r\n')).toEqual([
    'Content-Type: multipart/mixed; boundary="b (1)"',
    'number: 0',
    '',
    'preamble',
    '--b (1)',
    'Content-Type: multipart/x-no-parts',
    'number: 1',
    '',
    '--b (1)--',
  ]);
});

test.each([
  ['base64', ['Content-Transfer-Encoding: base64', '', 'SGVs', 'bG8=']],
  ['base64 in capitals', ['content-transfer-encoding:BASE64 ', '', 'SGVs', 'bG8=']],
  ['quoted-printable', ['Content-Transfer-Encoding: quoted-printable', '', 'H=65l=', 'lo']],
  ['8bit', ['Content-Transfer-Encoding: 8bit', '', 'Hello']],
  ['no encoding', ['', 'Hello']],
])('takes out and decodes the content of a file in %s', async (_what, part) => {
  for (const chunkBytes of [1, 3, 10, 1000]) {
    const { parts, passed } = await scan(mixed('Content-Type: application/pdf', ...part), chunkBytes);
    expect(parts[1]).toMatchObject({ use: 'attachment', text: 'Hello', faults: [] });
    expect(passed).toMatch(/x-part-[-\w]+: 1\r\n\r\n--b 1--\r\nepilogue$/);
  }
});

test.each([
  ['LF', 'a\r\nb\n', 'a\r\nb'],
  ['CRLF', 'a\n\r\n', 'a\n'],
  ['nothing', 'a', 'a'],
])('leaves the line end before a boundary to that: %s', async (_what, body, text) => {
  const mail = `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n${body.endsWith('a') ? `${body}\n` : body}--b--\n`;
  for (const chunkBytes of [1, 4, 1000]) {
    expect((await scan(Buffer.from(mail), chunkBytes)).parts[1]).toMatchObject({ text });
  }
});

test('keeps the last line end of a message that is one file', async () => {
  const { parts } = await scan(lines('Content-Type: application/pdf', '', 'a', 'b', ''), 3);
  expect(parts).toMatchObject([{ use: 'attachment', text: 'a\r\nb\r\n' }]);
});

test.each<[string, string[], Partial<MailPart>]>([
  ['text', ['Content-Type: text/plain', '', 'x'], { use: 'body' }],
  ['text without a header', ['', 'x'], { use: 'body', type: 'text/plain' }],
  ['text that says inline', ['Content-Disposition: inline', '', 'x'], { use: 'body' }],
  ['an inline file', ['Content-Disposition: inline; filename=a.txt', '', 'x'], { use: 'attachment' }],
  ['text with a name', ['Content-Type: text/plain; name="error.log"', '', 'x'], { use: 'attachment' }],
  ['an attachment without a type', ['Content-Disposition: attachment', '', 'x'], { type: 'text/plain' }],
  ['a type without a subtype', ['Content-Type: text', '', 'x'], { use: 'body', type: 'text/plain' }],
  ['an empty type', ['Content-Type: ; name="a.jpg"', '', 'x'], { use: 'attachment', type: 'image/jpeg' }],
  ['an unknown disposition', ['Content-Disposition: x-new', '', 'x'], { use: 'attachment' }],
  [
    'a message',
    ['Content-Type: message/rfc822', '', 'Content-Type: text/html', '', 'x'],
    { use: 'attachment', type: 'message/rfc822' },
  ],
])('knows what %s is for', async (_what, part, expected) => {
  expect(await onePart(...part)).toMatchObject({ ...expected, faults: [] });
});

test('takes the first part of multipart/related for the page, by whatever name', async () => {
  const mail = lines(
    'Content-Type: multipart/related; boundary=r',
    '',
    '--r',
    'Content-Type: text/html; name=page.html',
    'Content-Disposition: inline; filename=page.html',
    '',
    '<p>x',
    '--r',
    'Content-Type: text/plain',
    'Content-ID: <a@b>',
    '',
    'y',
    '--r--',
  );
  expect((await scan(mail)).parts).toMatchObject([
    { use: 'multipart' },
    { use: 'body', filename: 'page.html' },
    { use: 'attachment' },
  ]);
});

test.each<[string, string[], string]>([
  ['a transfer encoding that is not known', ['Content-Transfer-Encoding: x-uuencode', '', 'x'], 'encoding'],
  [
    'two encodings',
    ['Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding : 7bit', '', ''],
    'second',
  ],
  ['two types', ['Content-Type: a/b', 'Content-Type: text/html', '', ''], 'second'],
  ['a header that never ends', ['Content-Type: a/b'], 'no end'],
  ['a line that is no field', ['Content-Type: a/b', 'Dear Ann, hello', '', 'x'], '"Dear Ann, hello"'],
  ['a field that may be text', ['Content-Type: a/b', 'Note: call me', '', 'x'], 'header Note'],
  ['a header line of white space', ['Content-Type: a/b', ' ', 'X: y', '', 'x'], 'white space'],
  ['two parameters of one name', ['Content-Type: a/b; name=a; name=b', '', 'x'], 'two parameters name'],
  ['bytes in a name that mean nothing', ["Content-Type: a/b; name*=iso-2022-jp'ja'%8A", '', 'x'], 'charset'],
  ['raw bytes in a name', ['Content-Type: a/b; name="\xe4.pdf"', '', 'x'], 'not UTF-8'],
  [
    'base64 with something else in it',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: base64', '', 'QU*JD'],
    'base64',
  ],
  [
    'base64 after its padding',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: base64', '', 'QQ==', 'QUJD'],
    'base64',
  ],
  [
    'base64 with half a byte',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: base64', '', 'QUJDQ'],
    'base64',
  ],
  [
    'quoted-printable with a bare "="',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: quoted-printable', '', 'a=b'],
    'quoted-printable',
  ],
  [
    'quoted-printable with white space at the end of a line',
    ['Content-Type: a/b', 'Content-Transfer-Encoding: quoted-printable', '', 'a ', 'b'],
    'quoted-printable',
  ],
  ['a body somewhere else', ['Content-Type: message/external-body; access-type=URL', '', ''], 'points to'],
  [
    'a boundary that its parent has too',
    ['Content-Type: multipart/mixed; boundary="b 1"', '', '--b 1', '', 'x'],
    'one boundary',
  ],
])('is in doubt about a part with %s', async (_what, part, what) => {
  expect((await onePart(...part))?.faults.join()).toContain(what);
});

test.each([
  ['ends before its first part', ['--b--', '--b', '', 'x', '--b--', ''], 'before the first'],
  ['begins a part at the very end', ['--b', '', 'x', '--b'], 'at the very end'],
])('is in doubt about a multipart that %s', async (_what, body, what) => {
  const mail = lines('Content-Type: multipart/mixed; boundary=b', '', ...body);
  for (const chunkBytes of [1, 2, 5, 1000]) {
    const { parts } = await scan(mail, chunkBytes);
    expect(parts[0]?.faults.join()).toContain(what);
    expect(parts).toHaveLength(2);
  }
});

test('has no doubt about a mail whose parts begin and end as they should', async () => {
  const part = ['--b', 'Content-Type: a/b', '', 'x'];
  const mail = lines('Content-Type: multipart/mixed; boundary=b', '', ...part, ...part, '--b--', '');
  for (const chunkBytes of [1, 5, 1000]) {
    expect((await scan(mail, chunkBytes)).parts.map(({ faults }) => faults)).toEqual([[], [], []]);
  }
});

test('is in doubt about a part whose header ends with the message', async () => {
  const mail = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: a/b');
  for (const chunkBytes of [1, 5, 1000]) {
    expect((await scan(mail, chunkBytes)).parts[1]?.faults.join()).toContain('no end');
  }
});

test('takes what only looks like a boundary for content, wherever it is cut', async () => {
  const text = 'x--b 1\r\n-\r\n--\r\n--b 12\r\n --b 1\r\n-b 1\r\n--b 1 x';
  for (const chunkBytes of [1, 2, 3, 5, 1000]) {
    const { parts } = await scan(mixed('Content-Type: a/b', '', text), chunkBytes);
    expect(parts).toMatchObject([{ use: 'multipart' }, { text, faults: [] }]);
  }
});

test('finds a boundary that is cut in two after much content', async () => {
  const text = `${'x'.repeat(70)}\r\n`.repeat(50);
  const mail = mixed('Content-Type: a/b', '', text);
  for (const chunkBytes of [mail.length - 15, mail.length - 17, mail.length - 19, mail.length - 20]) {
    expect((await scan(mail, chunkBytes)).parts).toMatchObject([{}, { text, faults: [] }]);
  }
});

test('keeps a last line that begins with a dash', async () => {
  const mail = lines('Content-Type: application/pdf', '', 'a', '-b');
  for (const chunkBytes of [1, 3, 1000]) {
    expect((await scan(mail, chunkBytes)).parts).toMatchObject([{ text: 'a\r\n-b' }]);
  }
});

test('reads a header line of many pieces', async () => {
  const name = 'x'.repeat(5000);
  const { parts } = await scan(mixed(`Content-Type: a/b; name=${name}`, '', 'text'), 1000);
  expect(parts[1]).toMatchObject({ filename: name, text: 'text', faults: [] });
});

test('does not wait for the end of a line that is too long for a boundary', () => {
  const taken: Buffer[] = [];
  const scanner = new PartScanner(() => ({
    write(chunk) {
      taken.push(chunk);
      return undefined;
    },
    end: async () => inMemory(Buffer.alloc(0)),
  }));
  scanner.scan(lines('Content-Type: application/zip', '', ''));
  scanner.scan(Buffer.from(`--${'x'.repeat(2000)}`));
  expect(taken).toEqual([]);
  scanner.scan(Buffer.alloc(1000, 'x'));
  expect(Buffer.concat(taken)).toHaveLength(3002);
  expect(scanner.room).toBeUndefined();
});

test('goes on with a header after a fold of white space, in lines that end in LF alone', async () => {
  const mail = Buffer.from('Subject: a\n \nContent-Type: text/html\n\nbody');
  for (const chunkBytes of [1, 1000]) {
    expect((await scan(mail, chunkBytes)).parts).toMatchObject([{ type: 'text/html', text: 'body' }]);
  }
});

test('lets a lone CR pass in a message that has no parts', async () => {
  const mail = lines('Content-Type: text/plain', '', 'a\r--b');
  for (const chunkBytes of [1, 2, 1000]) {
    expect((await scan(mail, chunkBytes)).parts).toMatchObject([{ text: 'a\r--b' }]);
  }
});

test('knows a dash at the beginning of a line from a lone CR, wherever the message is cut', async () => {
  const body = ['--b', '', '-x', 'a-', '-', '-', '', 'a\r-b', 'a\r', '-c', '--b--', ''];
  const mail = lines('Content-Type: multipart/mixed; boundary=b', '', ...body);
  for (let chunkBytes = 1; chunkBytes < 24; chunkBytes++) {
    expect((await scan(mail, chunkBytes)).parts[1]?.text).toBe(body.slice(2, -2).join('\r\n'));
  }
});

test('finds parts after an inner multipart that is never closed', async () => {
  const mail = mixed(
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain',
    '',
    'body',
    '--b 1',
    'Content-Type: text/plain',
    'Content-Disposition: inline; filename=a.txt',
    '',
    'x',
  );
  expect((await scan(mail, 9)).parts.map(({ depth, use }) => [depth, use])).toEqual([
    [0, 'multipart'],
    [1, 'multipart'],
    [2, 'body'],
    [1, 'attachment'],
  ]);
});

test('keeps a line without end as it comes', async () => {
  const text = `--${'x'.repeat(200_000)}\r\n${'y'.repeat(100_000)}`;
  const { parts } = await scan(mixed('Content-Type: text/plain', '', text), 1000);
  expect(parts[1]).toMatchObject({ text });
});

test.each([
  ['a line that is not a header field', ['Subject: x', 'Dear Ann', '', 'x'], 'Dear Ann'],
  ['a name with a control character', ['Subject: x', 'Bcc\x0b: eve@example.com', '', 'x'], 'Bcc'],
  ['a name and its colon on two lines', ['Subject: x', 'Bcc', ' : eve@example.com', '', 'x'], 'Bcc'],
  ['a first line that continues nothing', [' , evil@example.net', 'Subject: x', '', 'x'], 'evil@example.net'],
])('refuses a message whose header has %s, and quotes it', async (_what, mail, quoted) => {
  await expect(scan(lines(...mail), 7)).rejects.toMatchObject({
    code: 'EMESSAGE',
    message: expect.stringContaining(quoted),
  });
});

test.each([
  ['in a header', ['--b', 'X: y\rContent-Id: 1', '', 'x', '--b--', '']],
  ['in a boundary line', ['--b\r', '', 'x', '--b--', '']],
  ['before what may be one', ['--b', '', 'x\r--b\r', '', 'y', '--b--', '']],
])('refuses a multipart with a lone CR %s, which may end a line or not', async (_where, body) => {
  const mail = lines('Content-Type: multipart/mixed; boundary=b', '', ...body);
  for (const chunkBytes of [1, 2, 5, 1000]) {
    await expect(scan(mail, chunkBytes)).rejects.toMatchObject({
      code: 'EMESSAGE',
      message: expect.stringContaining('carriage return'),
    });
  }
});

test('has room again once the sinks of all attachments have taken what they were given', async () => {
  let take = () => {};
  const scanner = new PartScanner(() => ({
    write: () =>
      new Promise((resolve) => {
        take = resolve;
      }),
    end: async () => inMemory(Buffer.alloc(0)),
  }));
  scanner.scan(lines('Content-Type: application/zip', '', ''));
  expect(scanner.room).toBeUndefined();
  scanner.scan(Buffer.from('a file that the disk is slow to take'));
  const { room } = scanner;
  let hasRoom = false;
  const waiting = room?.then(() => {
    hasRoom = true;
  });
  await new Promise(setImmediate);
  expect(hasRoom).toBe(false);
  take();
  await waiting;
  expect(hasRoom).toBe(true);
});
