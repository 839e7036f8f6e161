import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox';
import { outcomeOf, start } from '../support/cli-process';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const root = join(__dirname, '../..');

/** Options as they stand in a program; `PORT` is taken, and `FILE` is no folder. */
const FAILURES: Record<string, string> = {
  'a mailbox that is no address': "{ mailboxes: ['nobody'] }",
  'a mailbox with an id that is no GUID':
    "{ mailboxes: [{ id: '1', userPrincipalName: 'a@b.example', displayName: '' }] }",
  'no mailbox': '{ mailboxes: [] }',
  'mailboxes that are no list': '{ mailboxes: 7 }',
  'no secret': "{ clientSecret: '' }",
  'a limit that is no number': '{ limits: { recipients: -1 } }',
  'a random that throws': "{ random() { throw new Error('no'); } }",
  'a clock that throws': "{ now() { throw new Error('no'); } }",
  'a store that is a file': '{ store: FILE }',
  'a store below a file': "{ store: FILE + '/store' }",
  'a store that is no path': '{ store: 7 }',
  'a port that is taken': '{ port: PORT }',
  'a port that there is not': '{ port: 70000 }',
  'an address of another machine': "{ host: '203.0.113.1', allowedHosts: ['sandbox'] }",
  'a host without allowed names': "{ host: '0.0.0.0' }",
  'no host': "{ host: '' }",
  'an allowed name with a port': "{ allowedHosts: ['sandbox:4250'] }",
  'allowed names that are no list': "{ allowedHosts: 'sandbox' }",
};

let file: string;
const taken = createServer();
let port: number;

beforeAll(async () => {
  file = join(folder(), 'file');
  writeFileSync(file, '');
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => {
  taken.close();
});

const optionsOf = (source: string) => new Function('FILE', 'PORT', `return ${source};`)(file, port);
/** How many servers listen here. */
const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

test.each(Object.entries(FAILURES))(
  'given %s, a sandbox does not start and leaves nothing',
  async (_what, source) => {
    const before = servers();
    await expect(startSandbox(optionsOf(source))).rejects.toThrow();
    // The event loop tells a little later of what was closed.
    while (servers() > before) await new Promise(setImmediate);
  },
);

test('a process in which none of them could start ends by itself', async () => {
  const program = `
    const { startSandbox } = require(${JSON.stringify(join(root, 'src/sandbox'))});
    const FILE = ${JSON.stringify(file)};
    const PORT = ${port};
    const all = [${Object.values(FAILURES).join(', ')}];
    Promise.allSettled(all.map((options) => startSandbox(options))).then((outcomes) => {
      console.log(outcomes.map(({ status }) => status).join());
    });
  `;
  const words = ['--require', join(root, '__tests__/support/typescript.cjs'), '-e', program];
  // Killed when it does not end, for the sake of the next test.
  const child = start(process.execPath, words, { timeout: 15_000 });
  expect(await outcomeOf(child)).toMatchObject({
    stdout: `${Object.values(FAILURES).map(() => 'rejected')}\n`,
    exitCode: 0,
  });
});
