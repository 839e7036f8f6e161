import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { hostname } from 'node:os';
import nodemailer from 'nodemailer';
import { Agent, request } from 'undici';
import { graphTransport } from '../../src';
import { createDispatcher } from '../../src/network/dispatcher';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { LUNCH } from './support';

/** Connections of another container, to which every name leads here. */
const network = () =>
  new Agent({
    connect: {
      lookup: (_name, { all }, callback) =>
        all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
    },
  });

let sandbox: RunningSandbox;
let dispatcher: Agent;
let warn: jest.SpyInstance;
const warnings = () => warn.mock.calls.map(([warning]) => String(warning));

beforeEach(async () => {
  warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  dispatcher = network();
  sandbox = await startSandbox({ host: '0.0.0.0', allowedHosts: ['sandbox', 'Mail.Internal'] });
});
afterEach(async () => {
  warn.mockRestore();
  await dispatcher.destroy();
  await sandbox.close();
});

const port = () => new URL(sandbox.url).port;
const statusFor = async (host: string) => {
  const { statusCode, body } = await request(`http://127.0.0.1:${port()}/inbox`, {
    headers: { host },
    dispatcher,
  });
  await body.dump();
  return statusCode;
};

/** A token by one of the sandbox's names, and what asks Graph by it. */
async function clientOf(origin: string, scope = `${origin}/.default`) {
  const { tenantId, clientId, clientSecret, userId } = sandbox.options;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
  const answer = await request(`${origin}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    dispatcher,
  });
  const token = await answer.body.json();
  const accessToken =
    typeof token === 'object' && token !== null && 'access_token' in token ? token.access_token : '';
  return async (method: 'GET' | 'POST', path: string, body?: object) => {
    const { statusCode, body: answered } = await request(`${origin}/v1.0/users/${userId}/${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher,
    });
    return { status: statusCode, text: await answered.text() };
  };
}

describe('a sandbox for containers', () => {
  test('tells its clients its first name, and a browser on this machine where its inbox is', () => {
    const url = `http://sandbox:${port()}`;
    expect(sandbox).toMatchObject({
      url,
      inboxUrl: `http://127.0.0.1:${port()}/inbox`,
      options: { graphEndpoint: url, authorityHost: url, insecureSandbox: true },
      env: { GRAPH_ENDPOINT: url, AZURE_AUTHORITY_HOST: url, GRAPH_INSECURE_SANDBOX: 'true' },
    });
  });

  test('warns that it is not made for a network', () => {
    expect(warnings()).toEqual([
      expect.stringMatching(/listens on 0\.0\.0\.0.*not made for a network.*never give it a real secret/),
    ]);
  });

  test.each(['sandbox', 'SANDBOX:1', 'mail.internal:4250', '127.0.0.1', 'localhost:9', '[::1]'])(
    'answers to the host %s',
    async (host) => expect(await statusFor(host)).toBe(200),
  );

  test.each([
    'evil.example',
    'sandbox.evil.example',
    'evil.sandbox',
    'sandbox.',
    'xsandbox',
    'sandbox:x',
    'sandbox:80:80',
    'sandbox@evil.example',
    'mail_internal',
    'mailxinternal',
    '0.0.0.0',
    hostname(),
  ])('refuses the host %s, which may be a name that was rebound', async (host) => {
    expect(await statusFor(host)).toBe(403);
  });

  test('compares names by the case of A to Z alone', async () => {
    await using other = await startSandbox({ host: '0.0.0.0', allowedHosts: ['kiosk'] });
    const ask = createRequest(Number(new URL(other.url).port));
    expect(await ask('KIOSK')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask('\u212aiosk')).toMatch(/^HTTP\/1\.1 (?:403|400) /);
  });

  test('gives each client links by the name that it knows', async () => {
    for (const origin of [
      `http://sandbox:${port()}`,
      `http://mail.internal:${port()}`,
      `http://127.0.0.1:${port()}`,
    ]) {
      const ask = await clientOf(origin);
      for (let drafts = 0; drafts < 2; drafts += 1)
        expect(await ask('POST', 'messages', LUNCH)).toMatchObject({ status: 201 });
      const { text } = await ask('GET', 'messages?$top=1');
      const { value, '@odata.nextLink': next } = JSON.parse(text);
      expect(next).toMatch(new RegExp(`^${origin}/v1.0/`));
      const file = { AttachmentItem: { attachmentType: 'file', name: 'a', size: 3_000_000 } };
      const session = await ask('POST', `messages/${value[0].id}/attachments/createUploadSession`, file);
      expect(JSON.parse(session.text).uploadUrl).toMatch(new RegExp(`^${origin}/upload/`));
      const document = await request(`${origin}/contoso.example/v2.0/.well-known/openid-configuration`, {
        dispatcher,
      });
      expect(await document.body.json()).toMatchObject({
        token_endpoint: `${origin.replace('http', 'https')}/contoso.example/oauth2/v2.0/token`,
      });
    }
  });

  test('gives no token for a resource of another name', async () => {
    const ask = await clientOf(sandbox.url, 'http://other:4250/.default');
    expect(await ask('GET', 'messages')).toMatchObject({ status: 401 });
  });

  test('is the one thing that a page of its own may change, by each name', async () => {
    for (const origin of [`http://sandbox:${port()}`, `http://localhost:${port()}`]) {
      const post = (from: string) =>
        request(`${origin}/inbox/delete`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', origin: from },
          dispatcher,
        });
      expect((await post(origin)).statusCode).toBe(303);
      expect((await post('http://evil.example')).statusCode).toBe(403);
    }
  });
});

/** The start of the answer to a request with this Host header, byte by byte. */
function createRequest(at: number) {
  return async (host: string) => {
    const socket = connect(at, '127.0.0.1');
    socket.end(`GET /inbox HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  };
}

describe('a sandbox on this machine', () => {
  test('has none of that, and does not warn', async () => {
    warn.mockClear();
    await using other = await startSandbox();
    expect(other.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(other.options).not.toHaveProperty('insecureSandbox');
    expect(other.env).not.toHaveProperty('GRAPH_INSECURE_SANDBOX');
    expect(warnings()).toEqual([]);
  });

  test.each(['localhost', '127.0.0.1', '127.0.0.2'])('listens on %s without allowed names', async (host) => {
    await using other = await startSandbox({ host });
    const { statusCode, body } = await request(other.inboxUrl, { dispatcher });
    await body.dump();
    expect(statusCode).toBe(200);
    expect(warnings().filter((warning) => warning.includes(host))).toEqual([]);
  });

  test('is not reached at another address', async () => {
    await using other = await startSandbox();
    // The port of a sandbox that listens everywhere could not be taken at another address.
    const neighbour = createServer().listen(Number(new URL(other.url).port), '127.0.0.2');
    await once(neighbour, 'listening');
    expect(neighbour.address()).toMatchObject({ address: '127.0.0.2' });
    neighbour.close();
  });
});

describe('a transport in another container', () => {
  test('sends small and large messages by the name', async () => {
    const logged: string[] = [];
    const log = (_data: object, text = '') => logged.push(text);
    const logger = { trace() {}, debug() {}, info() {}, warn: log, error: log, fatal: log };
    const transporter = nodemailer.createTransport(
      graphTransport({ ...sandbox.options, dispatcher, logger }),
    );
    const content = Buffer.alloc(9_000_000, 'x');
    await transporter.sendMail({ to: 'ann@example.com', subject: 'small', text: 'x' });
    await transporter.sendMail({
      to: 'ann@example.com',
      subject: 'large',
      attachments: [{ filename: 'a', content }],
    });
    transporter.close();
    expect(sandbox.messages.map(({ subject, attachments }) => [subject, attachments[0]?.size])).toEqual([
      ['small', undefined],
      ['large', 9_000_000],
    ]);
    expect(logged.filter((line) => line.includes('insecureSandbox is on'))).toHaveLength(1);
  });

  test('uploads nowhere else, whatever the sandbox says', async () => {
    const elsewhere = 'http://127.0.0.1:9';
    await using other = await startSandbox({
      host: '0.0.0.0',
      allowedHosts: ['sandbox'],
      uploadOrigin: elsewhere,
    });
    const retry = { attempts: 1 };
    const transporter = nodemailer.createTransport(graphTransport({ ...other.options, dispatcher, retry }));
    const attachments = [{ filename: 'a', content: Buffer.alloc(9_000_000) }];
    await expect(transporter.sendMail({ to: 'ann@example.com', text: 'x', attachments })).rejects.toThrow(
      'no usable upload URL',
    );
    transporter.close();
  });

  test('asks no proxy of the environment for the way there', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' };
    const own = createDispatcher({ insecureSandbox: true }, env);
    expect(own).toBeInstanceOf(Agent);
    await own.close();
  });
});
