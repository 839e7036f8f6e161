import { type GraphTransport, graphTransport } from '../../src';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
let transport: GraphTransport;
beforeAll(async () => {
  sandbox = await startSandbox();
  transport = graphTransport(sandbox.options);
});
afterAll(async () => {
  await transport.close();
  await sandbox.close();
});

/** Each call with its options, as JavaScript may make it. */
const CALLS: Readonly<Record<string, (options: unknown) => unknown>> = {
  'bounces()': (options) => Reflect.apply(transport.bounces, transport, [options]).next(),
  'scheduled()': (options) => Reflect.apply(transport.scheduled, transport, [options]),
  'sentItem()': (options) => Reflect.apply(transport.sentItem, transport, ['<a@b.example>', options]),
  'cancel()': (options) => Reflect.apply(transport.cancel, transport, ['<a@b.example>', options]),
  'trace()': (options) => Reflect.apply(transport.trace, transport, ['<a@b.example>', options]),
};
const WRONG: readonly [string, unknown][] = [
  ['null', null],
  ['a text', 'sales@contoso.example'],
  ['a number', 5],
  ['a Date', new Date(0)],
  ['a list', [new Date(0)]],
  ['a misspelt option', { singal: undefined }],
];

test.each(
  Object.keys(CALLS).flatMap((call) => WRONG.map(([what, options]) => [call, what, options] as const)),
)('%s refuses %s in place of its options, and asks nothing', async (call, _what, options) => {
  const error = await Promise.resolve(CALLS[call]?.(options)).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ECONFIG', message: expect.stringContaining(call) });
  expect(sandbox.requests).toEqual([]);
});

test('an option of Object.prototype is none of a call', async () => {
  const polluted = Object.create({ userId: 'nobody@contoso.example', since: new Date(Date.now() + 1e9) });
  await expect(Promise.resolve(CALLS['scheduled()']?.(polluted))).resolves.toEqual([]);
  await expect(Promise.resolve(CALLS['bounces()']?.(polluted))).resolves.toMatchObject({ done: true });
});
