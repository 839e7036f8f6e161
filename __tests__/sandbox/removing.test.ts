import { removeMessage } from '../../src/sandbox/mailbox/messages';
import type { MailboxMessage } from '../../src/sandbox/mailbox/state';

function draft(subject: string): MailboxMessage {
  const app = { name: 'Contoso App', address: 'app@contoso.example' };
  return {
    mailbox: {
      id: '11111111-2222-3333-4444-555555555555',
      userPrincipalName: app.address,
      displayName: app.name,
    },
    content: {
      ...{ route: 'draft', from: app, sender: app, replyTo: [], to: [], cc: [], bcc: [], subject },
      body: { contentType: 'text', content: '' },
      ...{ importance: 'normal', internetMessageId: '<a@contoso.example>', headers: [] },
      ...{ extendedProperties: [], categories: [], attachments: [], savedToSentItems: true, request: {} },
      ...{ isReadReceiptRequested: false, isDeliveryReceiptRequested: false },
    },
    claimedSenders: [],
    ...{ changedAt: new Date(0), changeKey: '1', conversationId: '1' },
    ...{ createdAt: new Date(0), isDraft: true, folder: 'drafts', knownBy: 'id' },
    ...{ id: subject, immutableId: `immutable-${subject}`, unsearchable: { finds: 0, until: 0 } },
    ...{ attachmentIds: [], requestBytes: 0 },
  };
}

test('removing a message that is gone already removes no other one', () => {
  const [first, last, gone] = [draft('first'), draft('last'), draft('gone')];
  const state = { messages: [first, last] };
  removeMessage(state, gone);
  expect(state.messages).toEqual([first, last]);
  removeMessage(state, first);
  expect(state.messages).toEqual([last]);
});
