const assert = require('node:assert/strict');
const nodemailer = require('nodemailer');
const { graphTransport } = require('nodemailer-graph-transport');
const { startSandbox } = require('nodemailer-graph-transport/sandbox');

async function send() {
  const sandbox = await startSandbox();
  const warnings = [];
  const ignore = () => undefined;
  const logger = {
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: (_entry, line) => warnings.push(line),
    error: ignore,
    fatal: ignore,
  };
  const transporter = nodemailer.createTransport(graphTransport({ ...sandbox.options, logger }), {
    dkim: { domainName: 'contoso.example', keySelector: 'a', privateKey: 'unused' },
  });
  assert.equal(await transporter.verify(), true);
  const info = await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' });
  assert.equal(info.response, '202 Accepted');
  const attachments = [{ filename: 'large.bin', content: Buffer.alloc(4_000_000, 1) }];
  const large = await transporter.sendMail({ to: 'ann@example.com', subject: 'Large', attachments });
  assert.equal(large.route, 'draft');
  const mime = await transporter.sendMail({ to: 'ann@example.com', text: 'Hi', graph: { format: 'mime' } });
  assert.equal(mime.route, 'mime');
  assert.deepEqual(
    sandbox.messages.map(({ subject }) => subject),
    ['Hello', 'Large', ''],
  );
  assert.equal(sandbox.messages[1].attachments[0].size, 4_000_000);
  assert.ok(!sandbox.messages[2].mime.includes('DKIM-Signature'));
  assert.equal(warnings.filter((line) => line.includes('DKIM')).length, 1);
  transporter.close();
  await sandbox.close();
}

send().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
