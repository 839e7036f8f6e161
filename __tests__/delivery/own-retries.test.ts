import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import { Agent, RetryAgent } from 'undici';
import { graphTransport } from '../../src/index';
import { MAILBOX } from '../support/options';

test("a message that the app's own dispatcher sent twice may have been sent, though the second time met no one", async () => {
  let requests = 0;
  // Takes the first request, gives no answer, and is not there for the second.
  const server = createServer((request) => {
    request.resume().on('end', () => {
      requests++;
      server.close();
      request.socket.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent();
  const dispatcher = new RetryAgent(agent, {
    methods: ['POST'],
    errorCodes: ['UND_ERR_SOCKET', 'ECONNRESET'],
    maxRetries: 1,
    minTimeout: 1,
  });
  const transport = graphTransport({
    userId: MAILBOX.userId,
    credential: { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    graphEndpoint: `http://127.0.0.1:${port}`,
    dispatcher,
    retry: { attempts: 2, maxDelay: 1 },
  });
  await expect(
    nodemailer.createTransport(transport).sendMail({ to: 'ann@example.com', text: 'Hello' }),
  ).rejects.toMatchObject({
    code: 'ECONNECTION',
    ambiguous: true,
    message: expect.stringContaining('ECONNREFUSED'),
  });
  expect(requests).toBe(1);
  await agent.destroy();
});
