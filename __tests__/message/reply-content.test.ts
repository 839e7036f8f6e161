import { replyContent } from '../../src/message/graph-message';

const ANSWERED = '<question@contoso.example>';
const property = (id: string, value: string) => ({ id, value });

test('the content of a reply names all that its draft may have from the message, to replace or to empty it', () => {
  const content = replyContent({ subject: 'Answer', toRecipients: [], importance: 'normal' }, ANSWERED);
  expect(content).toEqual({
    subject: 'Answer',
    toRecipients: [],
    importance: 'normal',
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    categories: [],
    isReadReceiptRequested: false,
    isDeliveryReceiptRequested: false,
  });
});

test('what the reply itself has is kept', () => {
  const own = {
    ccRecipients: [{ emailAddress: { address: 'eve@example.com' } }],
    replyTo: [{ emailAddress: { address: 'desk@example.com' } }],
    categories: ['Orders'],
    isReadReceiptRequested: true,
  };
  expect(replyContent(own, ANSWERED)).toMatchObject(own);
});

test('headers become named properties, of repeated ones the first, and In-Reply-To is left to Exchange', () => {
  const { internetMessageHeaders, singleValueExtendedProperties } = replyContent(
    {
      internetMessageHeaders: [
        { name: 'X-Ticket', value: '7' },
        { name: 'x-ticket', value: '8' },
      ],
      singleValueExtendedProperties: [
        property('String 0x1042', ANSWERED),
        property('String 0x1039', `<first@contoso.example> ${ANSWERED}`),
        property('Integer 0x36', '1'),
      ],
    },
    ANSWERED,
  );
  expect(internetMessageHeaders).toBeUndefined();
  expect(singleValueExtendedProperties).toEqual([
    property('String 0x1039', `<first@contoso.example> ${ANSWERED}`),
    property('Integer 0x36', '1'),
    property('String {00020386-0000-0000-C000-000000000046} Name x-ticket', '7'),
  ]);
});
