import { readBounces } from '../../src/bounces/read-bounces';
import { readReport } from '../../src/mime/read-report';
import { fc } from '../support/fast-check';

/** One recipient of a report, as it is written. */
interface Written {
  local: string;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  status: string;
  diagnostic: string;
  hasOriginal: boolean;
  type: string;
}

const recipient: fc.Arbitrary<Written> = fc
  .record({
    local: fc.stringMatching(/^[a-z][a-z0-9.+_-]{0,20}[a-z0-9]$/).filter((local) => !local.includes('..')),
    action: fc.constantFrom<Written['action']>('failed', 'delayed', 'delivered', 'relayed', 'expanded'),
    detail: fc.tuple(fc.nat({ max: 7 }), fc.integer({ min: 1, max: 999 })),
    words: fc.constantFrom('', 'no such user', 'blocked as spam', 'mailbox full', 'ärgerlich, 日本語'),
    hasOriginal: fc.boolean(),
    type: fc.constantFrom('rfc822;', 'rfc822; ', 'RFC822;', ' rfc822 ; '),
  })
  .chain(({ detail: [subject, detail], action, words, ...others }) => {
    const classes = { failed: ['4', '5'], delayed: ['4'], delivered: ['2'], relayed: ['2'], expanded: ['2'] };
    return fc.constantFrom(...classes[action]).map((kind) => ({
      ...others,
      action,
      status: `${kind}.${subject}.${detail}`,
      diagnostic: words && `${kind}50 ${kind}.${subject}.${detail} ${words}`,
    }));
  });

const shape = fc.record({
  recipients: fc.uniqueArray(recipient, { minLength: 1, maxLength: 6, selector: ({ local }) => local }),
  encoding: fc.constantFrom<'8bit' | 'base64' | 'quoted-printable'>('8bit', 'base64', 'quoted-printable'),
  lineEnd: fc.constantFrom('\r\n', '\n'),
  foldAt: fc.nat({ max: 3 }),
  namesInUpperCase: fc.boolean(),
  returned: fc.constantFrom('text/rfc822-headers', 'message/rfc822', 'message/global-headers', undefined),
  isWrapped: fc.boolean(),
});

/** Folds a field at some of its spaces. */
function fold(field: string, foldAt: number): string {
  if (foldAt === 0) return field;
  let spaces = 0;
  return field.replace(/(?<=\S) (?=\S)/g, () => (++spaces % foldAt === 0 ? '\r\n\t' : ' '));
}

function encoded(text: string, encoding: string): string {
  const bytes = Buffer.from(text);
  if (encoding === 'base64') return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
  if (encoding === '8bit') return bytes.toString('latin1');
  return [...bytes]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[\r\n]|[!-<>-~ ]/.test(letter)
        ? letter
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('')
    .replace(/ (?=\r\n)/g, '=20');
}

const ID = '<sent-1@contoso.example>';

function write({
  recipients,
  encoding,
  lineEnd,
  foldAt,
  namesInUpperCase,
  returned,
  isWrapped,
}: Shape): Buffer {
  const field = (name: string, value: string) =>
    fold(`${namesInUpperCase ? name.toUpperCase() : name}: ${value}`, foldAt);
  const groups = recipients.map(({ local, action, status, diagnostic, hasOriginal, type }) =>
    [
      ...(hasOriginal ? [field('Original-Recipient', `${type}${local}@example.com`)] : []),
      field('Final-Recipient', `${type}${local}@example.com`),
      field('Action', action),
      field('Status', status),
      ...(diagnostic ? [field('Diagnostic-Code', `smtp; ${diagnostic}`)] : []),
      '',
    ].join('\r\n'),
  );
  const status = [field('Reporting-MTA', 'dns; mx.example.com'), '', ...groups].join('\r\n');
  const type = isWrapped ? 'multipart/mixed' : 'multipart/report; report-type="delivery-status"';
  return Buffer.from(
    [
      'From: MAILER-DAEMON@mx.example.com',
      `In-Reply-To: ${ID}`,
      `Content-Type: ${type}; boundary="=_b"`,
      '',
      '--=_b',
      'Content-Type: text/plain',
      '',
      'It was not delivered.',
      '--=_b',
      'Content-Type: message/delivery-status',
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      encoded(status, encoding),
      ...(returned
        ? ['--=_b', `Content-Type: ${returned}`, '', `Message-ID: ${ID}`, 'To: x@y.example', '']
        : []),
      '--=_b--',
      '',
    ]
      .join('\r\n')
      .replaceAll('\r\n', lineEnd),
    'latin1',
  );
}
type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never;

test('reads back what reports of any shape say', async () => {
  await fc.assert(
    fc.asyncProperty(shape, async (written) => {
      const report = readBounces(await readReport(write(written)));
      expect(report?.messageId).toBe(ID);
      expect(
        report?.recipients.map(({ recipient, action, status }) => ({ recipient, action, status })),
      ).toEqual(
        written.recipients.map(({ local, action, status }) => ({
          recipient: `${local}@example.com`,
          action,
          status: expect.stringMatching(new RegExp(`^${status.replace(/\.0\.\d+$/, '\\.0\\.')}`)),
        })),
      );
      for (const [at, { kind, diagnostic }] of (report?.recipients ?? []).entries()) {
        const { action, status, diagnostic: said } = written.recipients[at] ?? {};
        if (said) expect(diagnostic).toBe(said);
        if (action !== 'failed') expect(kind).toBe(action);
        else if (status?.startsWith('4')) expect(kind).toBe('soft');
        else expect(['hard', 'filtered', 'soft']).toContain(kind);
      }
    }),
    { numRuns: 300 },
  );
});

test('never fails on bytes of any kind, and never takes them for a bounce without a sign of one', async () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      '\r\n',
      '\n\n',
      '--b\r\n',
      'Content-Type: multipart/report; boundary=b\r\n',
      'Action: failed\r\n',
    ),
    fc.constantFrom(
      'Final-Recipient: rfc822; a@b.c\r\n',
      'Content-Type: message/delivery-status\r\n\r\n',
      ':',
      '<',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const text = pieces.join('');
      const report = readBounces(await readReport(Buffer.from(text)));
      if (!/multipart\/report|daemon|postmaster|x-failed/i.test(text)) expect(report).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

/** The longest time in which nothing else got a turn, in milliseconds. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(tick);
  };
  tick();
  await work().catch(() => undefined);
  isOver = true;
  return Math.max(longest, performance.now() - last);
}

const REPORT = 'From: postmaster@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n';
const STATUS = `${REPORT}Content-Type: message/delivery-status\r\n\r\n`;
const TEXT = 'From: mailer-daemon@x.example\r\nSubject: failure notice\r\n\r\nwas not delivered\r\n';

test.each<[string, string]>([
  ['many parts', REPORT + '--b\r\n\r\n'.repeat(200_000)],
  [
    'many recipients',
    STATUS + 'Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n'.repeat(20_000),
  ],
  [
    'a long diagnostic',
    `${STATUS}Final-Recipient: rfc822;a@b.c\r\nDiagnostic-Code: smtp; ${'quota user '.repeat(90_000)}`,
  ],
  ['many empty lines', STATUS + '\r\n'.repeat(400_000)],
  ['a long address', `${STATUS}Final-Recipient: rfc822; ${'<('.repeat(400_000)}`],
  ['many lines of text', TEXT + '<a@b.example>:\r\n'.repeat(60_000)],
  ['one line of text', TEXT + 'a@'.repeat(400_000)],
  ['dashes', TEXT + '- '.repeat(400_000)],
  ['HTML', `${TEXT.replace('\r\n\r\n', '\r\nContent-Type: text/html\r\n\r\n')}${'<br'.repeat(300_000)}`],
  ['a long list of addresses', `To: ${'a@b.example, '.repeat(60_000)}\r\n\r\nx`],
])('a report with %s keeps nothing waiting for long', async (_, mail) => {
  const blockMs = await longestBlock(async () => readBounces(await readReport(Buffer.from(mail))));
  expect(blockMs).toBeLessThan(1500);
});
