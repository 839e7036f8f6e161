import { toGraphMessage } from '../../src/message/graph-message';
import { readLines } from '../support/mail-content';

const context = (over: object = {}) => ({
  envelopeTo: ['ann@contoso.example'],
  from: undefined,
  replyTo: [{ name: 'Desk', address: 'desk@contoso.example' }],
  messageId: '<made-up@contoso.example>',
  importance: undefined,
  categories: undefined,
  ...over,
});
const message = async (headers: string[], over: object = {}) =>
  toGraphMessage(await readLines(...headers, '', 'Hello'), context(over));

test('replies go where the message says, or else where the option replyTo says', async () => {
  const desk = { emailAddress: { name: 'Desk', address: 'desk@contoso.example' } };
  const bob = { emailAddress: { address: 'bob@contoso.example' } };
  expect(await message([])).toMatchObject({ replyTo: [desk] });
  expect(await message(['Reply-To: bob@contoso.example'])).toMatchObject({ replyTo: [bob] });
  expect(await message([], { replyTo: [] })).not.toHaveProperty('replyTo');
});

test('what the message itself does not say comes from the options', async () => {
  const from = { name: '', address: 'shop@contoso.example' };
  expect(await message([], { from, importance: 'low', categories: ['Orders'] })).toMatchObject({
    subject: '',
    from: { emailAddress: { address: 'shop@contoso.example' } },
    internetMessageId: '<made-up@contoso.example>',
    importance: 'low',
    categories: ['Orders'],
  });
});
