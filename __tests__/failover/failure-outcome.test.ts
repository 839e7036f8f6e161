import nodemailer from 'nodemailer';
import { failover } from '../../src/failover';
import { failureOutcome } from '../../src/failover/failure-outcome';
import { startScriptedSmtp } from '../support/scripted-smtp';

/** What an error means before and after content was read. */
test.each([
  ['EAUTH', 535, 'not-accepted', 'not-accepted'],
  ['EOAUTH2', undefined, 'not-accepted', 'not-accepted'],
  ['ECONNECTION', undefined, 'not-accepted', 'unknown'],
  ['ETIMEDOUT', undefined, 'not-accepted', 'unknown'],
  ['ESOCKET', undefined, 'not-accepted', 'unknown'],
  ['ETLS', undefined, 'not-accepted', 'unknown'],
  ['EENVELOPE', 421, 'not-accepted', 'unknown'],
  ['EENVELOPE', 451, 'not-accepted', 'not-accepted'],
  ['EENVELOPE', 550, 'refused', 'refused'],
  ['EENVELOPE', 503, 'not-accepted', 'not-accepted'],
  ['EENVELOPE', undefined, 'refused', 'refused'],
  ['EMESSAGE', 452, 'not-accepted', 'not-accepted'],
  ['EMESSAGE', 554, 'refused', 'refused'],
  ['EMESSAGE', 421, 'not-accepted', 'unknown'],
  ['EABORT', undefined, 'refused', 'unknown'],
  ['ESTREAM', undefined, 'refused', 'refused'],
  ['ECONFIG', undefined, 'refused', 'refused'],
])('of SMTP, %s %s is %s, and %s once content was read', (code, responseCode, before, after) => {
  const error = { code, responseCode };
  expect(failureOutcome(error, { transport: 'SMTP', wasRead: false })).toBe(before);
  expect(failureOutcome(error, { transport: 'SMTP (pool)', wasRead: true })).toBe(after);
});

test.each([
  ['a connection that was refused', { code: 'ECONNREFUSED', syscall: 'connect' }, 'not-accepted'],
  ['a name that is not known', { cause: { syscall: 'getaddrinfo' } }, 'not-accepted'],
  ['a program that is not there', { code: 'ENOENT', syscall: 'spawn sendmail' }, 'not-accepted'],
  ['a connection that was reset', { code: 'ECONNRESET', syscall: 'read' }, 'unknown'],
  ['throttling by SES', { $metadata: { httpStatusCode: 429 } }, 'not-accepted'],
  ['throttling as the AWS SDK tells it', { $retryable: { throttling: true } }, 'not-accepted'],
  ['a refusal by SES', { $metadata: { httpStatusCode: 400 } }, 'refused'],
  ['a timeout of SES', { $metadata: { httpStatusCode: 408 } }, 'unknown'],
  ['a failure of SES', { $metadata: { httpStatusCode: 500 } }, 'unknown'],
  ['what is no error', undefined, 'unknown'],
])('of another transport, %s is %s', (_, error, outcome) => {
  expect(failureOutcome(error, { transport: 'SES', wasRead: true })).toBe(outcome);
});

test('an error of Graph is believed, whatever its code', () => {
  const evidence = { transport: 'GraphTransport', wasRead: true };
  const error = { code: 'EAUTH', retryable: false, ambiguous: false };
  expect(failureOutcome(error, evidence)).toBe('refused');
  expect(failureOutcome({ ...error, retryable: true }, evidence)).toBe('not-accepted');
  expect(failureOutcome({ ...error, retryable: true, ambiguous: true }, evidence)).toBe('unknown');
});

test.each([{ pool: false }, { pool: true }])(
  'an SMTP member with $pool pool logs in by a token',
  async ({ pool }) => {
    const smtp = await startScriptedSmtp();
    const server = {
      host: '127.0.0.1',
      port: smtp.port,
      auth: { type: 'OAuth2' as const, user: 'app@contoso.example' },
    };
    const member = pool
      ? nodemailer.createTransport({ ...server, pool: true })
      : nodemailer.createTransport(server);
    member.set('oauth2_provision_cb', (_user, _renew, callback) => callback(null, 'token-of-the-app'));
    const mailer = nodemailer.createTransport(failover([member]));
    await mailer.sendMail({ from: 'app@contoso.example', to: 'ann@example.com', text: 'Hello' });
    expect(Buffer.from(smtp.logins[0] ?? '', 'base64').toString()).toContain('Bearer token-of-the-app');
    expect(smtp.messages).toHaveLength(1);
    await mailer.close();
    await smtp.close();
  },
);
