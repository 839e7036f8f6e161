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
  ['Non recapitabile. Il recapito non è riuscito per:', 'failed'],
  ['Falha na entrega para estes destinatários:', 'failed'],
  ['未送达：未能向以下收件人传递邮件', 'failed'],
  ['다음 받는 사람에게 배달하지 못했습니다.', 'failed'],
  ['Не удалось выполнить доставку следующим получателям:', 'failed'],
  ['Nie można dostarczyć do tych adresatów:', 'failed'],
  ['Doručení selhalo pro tyto příjemce:', 'failed'],
  ['Det gick inte att leverera till dessa mottagare:', 'failed'],
  ['Leveringen til disse modtagere mislykkedes:', 'failed'],
  ['Toimitus seuraaville vastaanottajille epäonnistui:', 'failed'],
  ['Bu alıcılara teslim edilemedi:', 'failed'],
  ['Nem sikerült kézbesíteni a következő címzetteknek:', 'failed'],
  ['Ihre Nachricht wurde noch nicht zugestellt:', 'delayed'],
])('finds in "%s" that it is %s', async (sentence, action) => {
  const head = 'From: MAILER-DAEMON@mail.example\r\nSubject: =?utf-8?B?4pyJ?=\r\nMIME-Version: 1.0\r\n';
  const type = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';
  const body = `${sentence}\r\n\r\nann@example.com\r\n550 5.1.1 -\r\n`;
  const report = readBounces(await readReport(Buffer.from(head + type + body)));
  expect(report?.recipients.map((recipient) => recipient.action)).toEqual(action && [action]);
});

const textFrom = (from: string, lines: readonly string[]) =>
  readReport(
    Buffer.from([`From: ${from}`, 'Subject: -', 'MIME-Version: 1.0', '', ...lines, ''].join('\r\n')),
  );

test.each([
  ['hard', '5.1.1', '550 5.1.1 -'],
  ['filtered', '5.7.1', 'mx.example.com: 554 5.7.1 spam'],
  ['delayed', '4.4.1', '(#4.4.1)'],
])('reads a server in any language as %s from an address with %s below it', async (kind, status, answer) => {
  const lines = ['Xyz abc:', '', 'Ann@example.com', answer];
  const report = readBounces(await textFrom('MAILER-DAEMON@mail.example', lines));
  expect(report?.recipients).toMatchObject([{ kind, status, recipient: 'Ann@example.com' }]);
  expect(readBounces(await textFrom('Ann <ann@example.com>', lines))).toBeUndefined();
  expect(
    readBounces(await textFrom('postmaster@mail.example', ['Xyz:', '', 'ann@example.com'])),
  ).toBeUndefined();
});

test.each([
  ['nothing below', []],
  ['a postal address below', ['500 Main Street', '55555 Springfield']],
  ['a version below', ['Shop 5.1 (2026)']],
])('reads no report from an address of a server with %s', async (_what, below) => {
  const lines = ['Xyz:', '', 'shop@example.com', ...below];
  expect(readBounces(await textFrom('bounces+1@mail.example', lines))).toBeUndefined();
});
