import { droppedByGraph } from '../../src/delivery/describe-delivery';

const message = {
  from: { emailAddress: { address: 'shop@contoso.example' } },
  sender: { emailAddress: { address: 'office@contoso.example' } },
};
const dropped = (returnPath: string | false) => droppedByGraph(returnPath, message, 'app@contoso.example');

test.each([
  ['is missing', false],
  ['is empty', ''],
  ['is the From', 'shop@contoso.example'],
  ['is the Sender', 'office@contoso.example'],
  ['is the mailbox', 'app@contoso.example'],
  ['is the From in another spelling', 'Shop@CONTOSO.example'],
] as const)('an envelope sender that %s is not listed as dropped', (_, returnPath) => {
  expect(dropped(returnPath)).toEqual([]);
});

test('an envelope sender that is nobody in the message is listed as dropped', () => {
  expect(dropped('bounces@contoso.example')).toEqual(['envelope sender bounces@contoso.example']);
});
