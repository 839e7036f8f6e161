// Code of your own that calls Graph, with a sandbox behind msw.
const { setupServer } = require('msw/node');
const { createSandbox } = require('nodemailer-graph-transport/sandbox');
const { sandboxHandlers } = require('nodemailer-graph-transport/sandbox/msw');

const sandbox = createSandbox();
const server = setupServer(...sandboxHandlers(sandbox));
beforeAll(() => server.listen());
afterAll(() => server.close());

test('a request without a token is refused', async () => {
  const url = 'https://graph.microsoft.com/v1.0/users/app@contoso.example/sendMail';
  const answer = await fetch(url, { method: 'POST' });
  expect(answer.status).toBe(401);
  expect(sandbox.requests).toHaveLength(1);
});
