import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxMessage } from '../../src/sandbox';
import { type Case, judge } from './judge/judge';
import { mutantOf } from './mutate';
import { type Python, startPython } from './python-view';
import type { Sending } from './sending';
import { openTrials, type Trials } from './trial';

let python: Python | undefined;
let trials: Trials;
beforeAll(async () => {
  python = startPython();
  trials = await openTrials(python);
});
afterAll(() => python?.close());

const sending = (graph: Sending['graph'] = {}): Sending => ({
  envelope: { from: 'app@contoso.example', to: ['ann@example.com', 'hidden@example.com'] },
  graph,
  hasDefaults: false,
});

const MAIL = Buffer.from(
  [
    'From: app@contoso.example',
    'To: Ann <ann@example.com>',
    'Subject: Plans',
    'X-Ours: 1',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'See the plans.',
    '--b',
    'Content-Type: application/pdf; name=plans.pdf',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename=plans.pdf',
    '',
    'JVBERi0x',
    '--b--',
    '',
  ].join('\r\n'),
);

/** A case in which something else arrived than was sent. */
function altered(tried: Case, change: (arrived: SandboxMessage) => Partial<SandboxMessage>): Case {
  const { outcome } = tried;
  if (outcome.is !== 'sent') throw new Error('not sent');
  const arrived = outcome.arrived.map((message) => ({ ...message, ...change(message) }));
  return { ...tried, outcome: { ...outcome, arrived } };
}

const kindsOf = (tried: Case) => judge(tried).losses.map(({ kind }) => kind);

test('finds nothing wrong with mail that arrives whole', async () => {
  expect(judge(await trials.caseOf(MAIL, sending()))).toMatchObject({ route: 'json', losses: [] });
  expect(judge(await trials.caseOf(MAIL, sending({ format: 'mime' })))).toMatchObject({
    route: 'mime',
    losses: [],
  });
});

test.each<[string, (arrived: SandboxMessage) => Partial<SandboxMessage>, string]>([
  ['a text that is missing', ({ body }) => ({ body: { ...body, content: '' } }), 'text lost'],
  [
    'a text that came twice',
    ({ body }) => ({ body: { ...body, content: body.content.repeat(2) } }),
    'text that is in no part',
  ],
  ['a file that is missing', () => ({ attachments: [] }), 'file lost'],
  [
    'a file with another name',
    ({ attachments }) => ({ attachments: attachments.map((file) => ({ ...file, name: 'x.pdf' })) }),
    'file name lost',
  ],
  [
    'a file of another type',
    ({ attachments }) => ({
      attachments: attachments.map((file) => ({ ...file, contentType: 'text/plain' })),
    }),
    'type lost',
  ],
  [
    'a file with other bytes',
    ({ attachments }) => ({
      attachments: attachments.map((file) => ({ ...file, content: Buffer.from('%PDF-2') })),
    }),
    'file lost',
  ],
  [
    'a recipient too many',
    ({ bcc }) => ({ bcc: [...bcc, { name: '', address: 'evil@example.net' }] }),
    'recipient added',
  ],
  ['a recipient who gets nothing', () => ({ bcc: [] }), 'recipient lost'],
  [
    'a recipient without the name',
    () => ({ to: [{ name: 'Bob', address: 'ann@example.com' }] }),
    'name lost: to',
  ],
  ['another subject', () => ({ subject: 'Plan' }), 'field lost: subject'],
  ['a header that is missing', () => ({ headers: [] }), 'field lost: x-…'],
  [
    'a control in a type',
    ({ attachments }) => ({
      attachments: attachments.map((file) => ({ ...file, contentType: 'application/pdf\0' })),
    }),
    'control character: attachments.contentType',
  ],
  [
    'a control in the request',
    () => ({ request: { message: { subject: 'a\nb' } } }),
    'control character: request.message.subject',
  ],
  [
    'a character that could not be read',
    () => ({ request: { message: { subject: 'a\ufffd' } } }),
    'U+FFFD: request.message.subject',
  ],
])('sees in JSON %s', async (_what, change, kind) => {
  expect(kindsOf(altered(await trials.caseOf(MAIL, sending()), change))).toContain(kind);
});

test.each<[string, (mime: string) => string, string]>([
  ['a body that changed', (mime) => mime.replace('JVBERi0x', 'JVBERi0y'), 'body changed in MIME'],
  ['a header that is missing', (mime) => mime.replace('X-Ours: 1\r\n', ''), 'field lost in MIME'],
  ['a header too many', (mime) => `X-More: 1\r\n${mime}`, 'field added in MIME'],
  ['a recipient more', (mime) => mime.replace('Bcc: ', 'Bcc: evil@example.net, '), 'recipient added'],
  ['a recipient less', (mime) => mime.replace(/^Bcc: .*\r\n/m, ''), 'recipient lost'],
])('sees in MIME %s', async (_what, change, kind) => {
  const tried = await trials.caseOf(MAIL, sending({ format: 'mime' }));
  const [arrived] = tried.outcome.is === 'sent' ? tried.outcome.arrived : [];
  const mime = Buffer.from(String(arrived?.request), 'base64').toString('latin1');
  const changed = Buffer.from(change(mime), 'latin1');
  const sentViews = await trials.viewsOf(changed);
  const broken = altered({ ...tried, sentViews }, () => ({ request: changed.toString('base64') }));
  expect(kindsOf(broken)).toContain(kind);
});

test('sees errors that are no refusals, and what is left behind', async () => {
  const tried = await trials.caseOf(MAIL, sending());
  const refused = (error: unknown, drafts = 0): Case => ({
    ...tried,
    outcome: { is: 'refused', error, arrived: [], drafts, ms: 1 },
  });
  expect(kindsOf(refused(new TypeError('x is undefined')))).toEqual(['error without a code']);
  expect(kindsOf(refused(Object.assign(new Error('Refused.'), { code: 'EMESSAGE' }), 1))).toEqual([
    'draft left behind',
  ]);
  expect(kindsOf({ ...tried, outcome: { is: 'hanging', ms: 1 } })).toEqual(['hanging']);
});

test('counts no loss of which the readers disagree', async () => {
  const tried = await trials.caseOf(MAIL, sending());
  const [view] = tried.views;
  if (!view) throw new Error('no reader could read it');
  const other = { ...view, by: 'another', fields: [...view.fields, { name: 'X-Seen', value: 'by one' }] };
  const verdict = judge({ ...tried, views: [view, other] });
  expect(verdict.losses).toEqual([]);
  expect(verdict.disagreements).toMatchObject([{ kind: 'field lost: x-…' }]);
});

test('makes the same mutant of the same seed and index', () => {
  expect(mutantOf(7, 11)).toEqual(mutantOf(7, 11));
  expect(mutantOf(7, 11)).not.toEqual(mutantOf(7, 12));
  expect(mutantOf(7, 11)).not.toEqual(mutantOf(8, 11));
});

const folder = join(__dirname, '../../fixtures/mail');
test.each(readdirSync(folder).filter((file) => file.endsWith('.eml')))(
  'no reader misses anything of %s as it is',
  async (file) => {
    const mime = readFileSync(join(folder, file));
    const { envelope: { to } = { to: undefined } } = JSON.parse(
      readFileSync(join(folder, file.replace(/eml$/, 'json')), 'utf8'),
    );
    const [view] = await trials.viewsOf(mime);
    const named = ['to', 'cc', 'bcc']
      .flatMap((key) => view?.mailboxes[key] ?? [])
      .map(({ address }) => address);
    const tried = await trials.caseOf(mime, {
      ...sending(),
      envelope: { from: 'app@contoso.example', to: to ?? named.filter((address) => address.includes('@')) },
    });
    expect(judge(tried).losses).toEqual([]);
  },
);
