import { createSandbox, startSandbox } from '../../src/sandbox';
import { askForToken, LUNCH, send } from './support';

const OBJECT = {
  id: 'a9b6f1c4-51f0-4c4e-9d2b-0d7c1e5b8a09',
  userPrincipalName: 'info@fabrikam.example',
  displayName: 'Info',
};

test('a mailbox may be given by its address alone, beside others that are objects', async () => {
  const sandbox = createSandbox({ mailboxes: ['order.desk@contoso.com', OBJECT] });
  expect(sandbox.mailboxes).toEqual([
    {
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/),
      userPrincipalName: 'order.desk@contoso.com',
      displayName: 'Order Desk',
    },
    OBJECT,
  ]);
  expect(sandbox.options.userId).toBe('order.desk@contoso.com');
  expect((await send(sandbox, LUNCH)).status).toBe(202);
  expect(sandbox.messages).toMatchObject([
    { from: { name: 'Order Desk', address: 'order.desk@contoso.com' }, mailbox: 'order.desk@contoso.com' },
  ]);
});

test('its id is the same each time, in whatever case it is written, and leads to it', async () => {
  const [one, other, third] = [['a@contoso.com'], ['A@contoso.com'], ['b@contoso.com']].map(
    (mailboxes) => createSandbox({ mailboxes }).mailboxes[0]?.id ?? '',
  );
  expect(one).toBe(other);
  expect(third).not.toBe(one);
  const sandbox = createSandbox({ mailboxes: ['a@contoso.com'] });
  expect((await send(sandbox, LUNCH, { user: one })).status).toBe(202);
});

test('an address that is given twice is one mailbox', () => {
  const sandbox = createSandbox({
    mailboxes: ['a@contoso.com', OBJECT, 'A@Contoso.com', 'info@fabrikam.example'],
  });
  expect(sandbox.mailboxes.map(({ userPrincipalName }) => userPrincipalName)).toEqual([
    'a@contoso.com',
    'info@fabrikam.example',
  ]);
});

test.each([
  [
    ['orders@Contoso.com', OBJECT],
    ['contoso.com', 'FABRIKAM.example'],
    ['contoso.example', 'example'],
  ],
  [[OBJECT], ['contoso.example', 'fabrikam.example'], ['contoso.com']],
])('the tenant of %j goes by the domain names %j', async (mailboxes, good, bad) => {
  const sandbox = createSandbox({ mailboxes });
  for (const domain of good) expect((await askForToken(sandbox, {}, domain)).status).toBe(200);
  for (const domain of bad) expect((await askForToken(sandbox, {}, domain)).status).toBe(400);
});

test("the tenant's domain name can be another than that of its mailboxes", async () => {
  const sandbox = createSandbox({ mailboxes: ['a@contoso.com'], tenantDomain: 'contoso.onmicrosoft.com' });
  expect((await askForToken(sandbox, {}, 'contoso.onmicrosoft.com')).status).toBe(200);
});

test.each([
  'orders',
  'orders@',
  '@contoso.com',
  'a@b@c',
  'Orders <orders@contoso.com>',
  'a@x.com,b@x.com',
  ' ',
])('refuses %j for an address', async (address) => {
  expect(() => createSandbox({ mailboxes: [address] })).toThrow(
    `Expected \`mailboxes\` to hold addresses such as orders@contoso.com, or objects, got ${JSON.stringify(address)}`,
  );
});

test.each(["o'brien@contoso.com", 'Jürgen@bücher.example', 'a+b#c@mail'])(
  'takes %s for an address',
  (address) => {
    expect(createSandbox({ mailboxes: [address] }).options.userId).toBe(address);
  },
);

test('a sandbox that cannot start for its options leaves nothing behind that listens', async () => {
  const first = await startSandbox();
  const port = Number(new URL(first.url).port);
  await first.close();
  await expect(startSandbox({ port, mailboxes: ['orders'] })).rejects.toThrow(TypeError);
  const second = await startSandbox({ port });
  await second.close();
});
