import provider from '@strapi/provider-email-nodemailer';
import { sandboxForClient } from './support';

const { transport, sent } = sandboxForClient();

const settings = { defaultFrom: 'app@contoso.example', defaultReplyTo: 'help@contoso.example' };

test("@strapi/provider-email-nodemailer sends with Strapi's default addresses", async () => {
  const email = provider.init(transport(), settings);
  await expect(email.verify()).resolves.toBe(true);
  await email.send({
    to: 'ann@example.com',
    subject: 'Reset your password',
    text: 'Follow the link',
    attachments: [{ filename: 'terms.txt', content: 'Terms' }],
  });
  expect(sent()).toMatchObject({
    from: { address: 'app@contoso.example' },
    replyTo: [{ address: 'help@contoso.example' }],
    subject: 'Reset your password',
    attachments: [{ name: 'terms.txt', content: Buffer.from('Terms') }],
  });
  email.close();
  expect(email.isIdle()).toBe(false);
});
