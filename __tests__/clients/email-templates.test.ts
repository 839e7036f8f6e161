import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Email from 'email-templates';
import { sandboxForClient } from './support';

const { transport, sent, folder } = sandboxForClient();

test('email-templates sends its rendered templates', async () => {
  mkdirSync(join(folder, 'welcome'));
  writeFileSync(join(folder, 'welcome/subject.hbs'), 'Welcome, {{name}}');
  writeFileSync(join(folder, 'welcome/html.hbs'), '<p>Your order {{order}}</p>');
  const email = new Email({
    transport: transport(),
    message: { from: 'app@contoso.example' },
    send: true,
    preview: false,
    views: { root: folder, options: { extension: 'hbs', map: { hbs: 'handlebars' } } },
  });
  const info = await email.send({
    template: 'welcome',
    message: { to: 'ann@example.com' },
    locals: { name: 'Ann', order: 17 },
  });
  expect(info.accepted).toEqual(['ann@example.com']);
  expect(sent()).toMatchObject({ subject: 'Welcome, Ann', to: [{ address: 'ann@example.com' }] });
  expect(sent().body.content).toContain('<p>Your order 17</p>');
});
