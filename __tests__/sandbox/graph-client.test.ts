import {
  Client,
  type Context,
  HTTPMessageHandler,
  type Middleware,
  RetryHandler,
} from '@microsoft/microsoft-graph-client';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { LUNCH, tokenFor } from './support';

let sandbox: RunningSandbox;
let client: Client;

/** The client's own handler gives tokens to https only, which a sandbox on this machine does not speak. */
class Bearer implements Middleware {
  #next: Middleware | undefined;

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const headers = { ...context.options?.headers, authorization: `Bearer ${await tokenFor(sandbox)}` };
    context.options = { ...context.options, headers };
    await this.#next?.execute(context);
  }
}

beforeEach(async () => {
  sandbox = await startSandbox();
  const bearer = new Bearer();
  const retry = new RetryHandler();
  bearer.setNext(retry);
  retry.setNext(new HTTPMessageHandler());
  client = Client.initWithMiddleware({ baseUrl: `${sandbox.url}/`, middleware: bearer });
});

afterEach(() => sandbox.close());

const post = (user: string) =>
  client.api(`/users/${user}/sendMail`).post({ message: LUNCH, saveToSentItems: false });

test("Microsoft's own Graph client sends mail to the sandbox", async () => {
  await post('app@contoso.example');
  expect(sandbox.messages).toMatchObject([
    { subject: 'Meet for lunch?', to: [{ address: 'megan@fabrikam.example' }], savedToSentItems: false },
  ]);
});

test('it reads what the sandbox refuses as it reads what the service refuses', async () => {
  await expect(post('nobody@contoso.example')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ErrorInvalidUser',
  });
  await expect(post('nobody@contoso.example')).rejects.toHaveProperty(
    'requestId',
    expect.stringMatching(/^[\da-f-]{36}$/),
  );
});

test('it tries again when it is throttled', async () => {
  sandbox.failNext('send-mail', { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 0 });
  await post('app@contoso.example');
  const sent = sandbox.requests.filter(({ path }) => path.endsWith('/sendMail'));
  expect(sent.map(({ status }) => status)).toEqual([429, 202]);
});
