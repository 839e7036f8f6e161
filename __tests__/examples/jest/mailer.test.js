const nodemailer = require('nodemailer');
const { graphTransport } = require('nodemailer-graph-transport');
const { startSandbox } = require('nodemailer-graph-transport/sandbox');
const matchers = require('nodemailer-graph-transport/sandbox/matchers');

expect.extend(matchers);

let sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

test('a mail is sent', async () => {
  const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
  await transporter.sendMail({ to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' });
  expect(sandbox).toHaveReceivedTimes(1, { to: 'ann@example.com', text: 'Hello Ann' });
  expect(() => expect(sandbox).toHaveReceived({ subject: 'Bye' })).toThrow('subject is "Hello", not "Bye"');
  transporter.close();
});
