import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../src/sandbox';
import {
  ask,
  IMMUTABLE,
  LUNCH,
  makeDraft,
  openSession,
  putRange,
  send,
  sendMime,
  TEXT_FILE,
} from './support';

let folder: string;
let store: string;
let warnings: jest.SpyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  store = join(folder, 'a', 'mails');
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});

afterEach(() => {
  warnings.mockRestore();
  rmSync(folder, { recursive: true });
});

const files = () => readdirSync(store).sort();

test('messages are there again after a restart, nothing of them lost', async () => {
  const sandbox = createSandbox({ store, limits: { sessionMinimumBytes: 1 } });
  await send(
    sandbox,
    {
      ...LUNCH,
      bccRecipients: [{ emailAddress: { name: 'Ann', address: 'ann@x.example' } }],
      importance: 'high',
      categories: ['Orders'],
      internetMessageHeaders: [{ name: 'X-Order', value: '4711' }],
      singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<a@b>' }],
      attachments: [{ ...TEXT_FILE, isInline: true, contentId: 'x' }],
    },
    { headers: { 'client-request-id': '11111111-2222-3333-4444-555555555555' } },
  );
  await sendMime(sandbox, ['To: ann@x.example', 'Bcc: bob@x.example', 'Subject: \u00fc', '', 'Hello']);
  const id = await makeDraft(sandbox, LUNCH, { headers: IMMUTABLE });
  await putRange(sandbox, await openSession(sandbox, id), 'HelloWorld', 'bytes 0-9/10');
  await ask(sandbox, 'POST', `messages/${id}/send`);

  const again = createSandbox({ store });
  expect(again.messages).toEqual(sandbox.messages);
  expect(again.messages[2]?.attachments[0]?.content.toString()).toBe('HelloWorld');
  expect(again.usage.bytes).toBe(sandbox.usage.bytes);
});

test('a message is an .eml and a JSON that nobody else may read', async () => {
  await send(createSandbox({ store }), LUNCH);
  const [eml = '', json = '', ...more] = files();
  expect(more).toEqual([]);
  expect(eml).toMatch(/^\d{8}T\d{9}Z-[\da-f]{16}\.eml$/);
  expect(json).toBe(eml.replace(/eml$/, 'json'));
  for (const name of [eml, json]) expect(statSync(join(store, name)).mode & 0o777).toBe(0o600);
  expect(statSync(store).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(store, eml), 'utf8')).toContain('\r\nSubject: Meet for lunch?\r\n');
});

test('no name that a message has leads out of the folder', async () => {
  const sandbox = createSandbox({ store });
  const evil = '../../../evil';
  await send(
    sandbox,
    {
      ...LUNCH,
      subject: evil,
      internetMessageId: '<../../../evil@x.example>',
      attachments: [{ ...TEXT_FILE, name: evil }],
    },
    { headers: { 'client-request-id': evil } },
  );
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    'a',
    join('a', 'mails'),
    ...files().map((name) => join('a', 'mails', name)),
  ]);
  expect(files()).toHaveLength(2);
});

test('the files of a message go with it', async () => {
  const sandbox = createSandbox({ store, maxMessages: 2 });
  for (let number = 0; number < 3; number += 1) await send(sandbox, LUNCH);
  expect(files()).toHaveLength(4);
  sandbox.removeMessage(sandbox.messages[0]?.id ?? '');
  expect(files()).toHaveLength(2);
  writeFileSync(join(store, 'notes.txt'), 'mine');
  sandbox.clear();
  expect(files()).toEqual(['notes.txt']);
});

test('the bounds hold for what is read at the start', async () => {
  const sandbox = createSandbox({ store });
  for (const subject of ['one', 'two', 'three']) await send(sandbox, { ...LUNCH, subject });
  const again = createSandbox({ store, maxMessages: 1 });
  expect(again.messages).toMatchObject([{ subject: 'three' }]);
  expect(files()).toHaveLength(2);
});

test.each([
  ['no JSON', () => '{'],
  ['JSON of something else', () => '{"subject":"x"}'],
  ['a message without its id', (text: string) => text.replace('"id":', '"di":')],
  ['a message with a recipient that is none', (text: string) => text.replace('"to":[{', '"to":[1,{')],
  ['a message of no time', (text: string) => text.replace(/"receivedAt":"[^"]*"/, '"receivedAt":"soon"')],
  ['a message of an unknown route', (text: string) => text.replace('"route":"json"', '"route":"fax"')],
  ['null', () => 'null'],
])('a file is skipped with a warning, and stays, given %s', async (_what, change) => {
  await send(createSandbox({ store }), LUNCH);
  const [, json = ''] = files();
  writeFileSync(join(store, json), change(readFileSync(join(store, json), 'utf8')));
  expect(createSandbox({ store }).messages).toEqual([]);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining(`The sandbox skips ${join(store, json)}: `));
  expect(files()).toHaveLength(2);
});

test('what has another name is no message, and a link is not followed', async () => {
  await send(createSandbox({ store }), LUNCH);
  const [, json = ''] = files();
  const message = readFileSync(join(store, json), 'utf8');
  rmSync(join(store, json));
  writeFileSync(join(store, 'package.json'), message);
  writeFileSync(join(folder, 'elsewhere.json'), message);
  symlinkSync(join(folder, 'elsewhere.json'), join(store, json));
  expect(createSandbox({ store }).messages).toEqual([]);
});

test('a message is accepted and kept in memory when its files cannot be written', async () => {
  const sandbox = createSandbox({ store });
  rmSync(store, { recursive: true });
  expect((await send(sandbox, LUNCH)).status).toBe(202);
  expect(sandbox.messages).toHaveLength(1);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining('keeps a message in memory only'));
});

test('a folder that cannot be made is an error at once', () => {
  mkdirSync(join(folder, 'a'));
  writeFileSync(store, 'a file');
  expect(() => createSandbox({ store })).toThrow(/EEXIST|ENOTDIR/);
});
