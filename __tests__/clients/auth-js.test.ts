import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

test("Auth.js mails its sign-in link through the Nodemailer provider's sendVerificationRequest", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(__dirname, 'auth-js.mjs'),
    JSON.stringify(sandbox.options),
    'ann@example.com',
  ]);
  expect(JSON.parse(stdout)).toEqual({
    location: expect.stringContaining('/auth/verify-request?provider=nodemailer'),
    kept: 1,
  });
  expect(sandbox.messages).toMatchObject([
    {
      from: { address: 'app@contoso.example' },
      to: [{ address: 'ann@example.com' }],
      subject: 'Sign in',
      body: {
        content: expect.stringMatching(/http:\/\/localhost\/auth\/callback\/nodemailer\?.*token=\w+/),
      },
    },
  ]);
});
