/** Values that stand for an operator's own; the secret is a canary that must turn up nowhere. */
export const SECRET = 'canary~client~secret';

export const MAILBOX = {
  userId: 'app@contoso.example',
  requestId: '9f1c7c44-0000-4000-8000-000000000002',
};

export const IDENTITY = {
  tenantId: '11111111-2222-4333-8444-555555555555',
  clientId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
  clientSecret: SECRET,
  userId: MAILBOX.userId,
};
