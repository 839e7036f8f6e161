import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBounces } from '../../src/bounces/read-bounces';
import { readReport } from '../../src/mime/read-report';

const folder = join(__dirname, '../../fixtures/reports');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => name.replace(/\.eml$/, ''));

test.each(names)('reads %s as the JSON next to it says', async (name) => {
  const report = readBounces(await readReport(readFileSync(join(folder, `${name}.eml`))));
  const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  if (expected === null) expect(report).toBeUndefined();
  else expect(report).toMatchObject(expected);
});

test.each([
  ['Su mensaje no se ha podido entregar a:', 'failed'],
  ['Il messaggio non è stato consegnato a:', 'failed'],
  ['A mensagem não pôde ser entregue a:', 'failed'],
  ['Het bericht kon niet worden bezorgd bij:', 'failed'],
  ['您的邮件无法投递：', 'failed'],
  ['メールの配信が遅れています。', 'delayed'],
  ['Ihre Nachricht wurde noch nicht zugestellt:', 'delayed'],
  ['Bonjour, voici la facture pour :', undefined],
])('finds in "%s" that it is %s', async (sentence, action) => {
  const head = 'From: MAILER-DAEMON@mail.example\r\nSubject: =?utf-8?B?4pyJ?=\r\nMIME-Version: 1.0\r\n';
  const type = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';
  const body = `${sentence}\r\n\r\nann@example.com\r\n550 5.1.1 -\r\n`;
  const report = readBounces(await readReport(Buffer.from(head + type + body)));
  expect(report?.recipients.map((recipient) => recipient.action)).toEqual(action && [action]);
});
