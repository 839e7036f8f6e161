import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpResponse, http } from 'msw';
import nodemailer from 'nodemailer';
import { type GraphTransportOptions, graphTransport } from '../../src/index';
import { fc } from '../support/fast-check';
import { type GraphWire, startGraphWire, tokenUrl } from '../support/graph-wire';
import { IDENTITY } from '../support/options';

const MESSAGE = { to: 'ann@example.com', subject: 'Hello', text: 'Hello Ann' };

async function withServer<T>(listener: RequestListener, work: (origin: string) => Promise<T>): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an answer of Entra without end is given up after a megabyte, and the error says what it may be', async () => {
  const piece = Buffer.alloc(64 * 1024, ' ');
  let written = 0;
  const endless: RequestListener = (_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    const write = () => {
      if (answer.destroyed) return;
      written += piece.length;
      if (answer.write(piece)) setImmediate(write);
      else answer.once('drain', write);
    };
    write();
  };
  await withServer(endless, async (origin) => {
    const transport = graphTransport({
      ...IDENTITY,
      authorityHost: origin,
      graphEndpoint: origin,
      retry: { attempts: 1 },
    });
    const transporter = nodemailer.createTransport(transport);
    await expect(transporter.sendMail(MESSAGE)).rejects.toMatchObject({
      code: 'ECONNECTION',
      retryable: true,
      message: expect.stringContaining('longer than 1000000 bytes'),
      hint: expect.stringContaining('check authorityHost'),
    });
    const { error } = (await transport.check()).find(({ ok }) => !ok) ?? {};
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      hint: expect.stringContaining('check authorityHost'),
    });
  });
  // What the two sockets hold comes on top.
  expect(written).toBeLessThan(40_000_000);
});

describe('ids of Graph', () => {
  const mailboxUrl = 'https://graph.microsoft.com/v1.0/users/:user';
  let wire: GraphWire;
  beforeAll(async () => {
    wire = await startGraphWire();
  });
  afterEach(() => wire.reset());
  afterAll(() => wire.close());
  const send = (options: GraphTransportOptions = {}) =>
    nodemailer
      .createTransport(
        graphTransport({
          ...IDENTITY,
          dispatcher: wire.dispatcher,
          retry: { attempts: 1, maxDelay: 1 },
          searchLag: 0,
          ...options,
        }),
      )
      .sendMail({ ...MESSAGE, attachments: [{ filename: 'plan.zip', content: Buffer.alloc(4_000_000) }] });
  const paths = () =>
    wire.requests.map(({ url }) => new URL(url).pathname.replace(/^\/v1\.0\/users\/[^/]+/, ''));

  test.each([['.'], ['..'], [''], ['\ud800'], ['AAMk\udc00='], [undefined], [null], [7], [{}]])(
    'a draft called %j leads to no other path',
    async (id) => {
      wire.use(
        http.post(
          `${mailboxUrl}/messages`,
          // Lone surrogates can be written in JSON, where a Response would make U+FFFD of them.
          () => new HttpResponse(JSON.stringify({ id }), { status: 201 }),
        ),
      );
      await expect(send()).rejects.toMatchObject({ code: 'ECONNECTION', name: 'GraphTransportError' });
      // The draft that may have been made is looked for, by its mark.
      expect(new Set(paths().slice(1))).toEqual(new Set(['/messages']));
    },
  );

  test('a draft with an id that is too long for a path leads to no other path', async () => {
    wire.use(
      http.post(`${mailboxUrl}/messages`, () => HttpResponse.json({ id: 'A'.repeat(5000) }, { status: 201 })),
    );
    await expect(send()).rejects.toMatchObject({ code: 'ECONNECTION' });
    expect(new Set(paths().slice(1))).toEqual(new Set(['/messages']));
  });

  test('a draft with any other id is one path segment below the messages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), async (id) => {
        fc.pre(id !== '.' && id !== '..');
        wire.reset();
        wire.use(
          http.post(`${mailboxUrl}/messages`, () => HttpResponse.json({ id }, { status: 201 })),
          http.post(`${mailboxUrl}/messages/:id/attachments/createUploadSession`, () =>
            HttpResponse.json({ error: { code: 'ErrorAccessDenied', message: 'No.' } }, { status: 403 }),
          ),
          http.delete(`${mailboxUrl}/messages/:id`, () => new HttpResponse(null, { status: 204 })),
        );
        await expect(send()).rejects.toMatchObject({ responseCode: 403 });
        expect(paths().slice(1)).toEqual([
          '/messages',
          `/messages/${encodeURIComponent(id)}/attachments/createUploadSession`,
          `/messages/${encodeURIComponent(id)}`,
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test.each(['.', '..', ' .. ', '\ud800', 'app\udfff@contoso.example'])(
    'a mailbox called %j is refused before anything is asked',
    async (userId) => {
      expect(() => graphTransport({ ...IDENTITY, userId })).toThrow(
        expect.objectContaining({ code: 'ECONFIG' }),
      );
      await expect(send({ userId: () => userId })).rejects.toMatchObject({ code: 'ECONFIG' });
      expect(wire.requests).toEqual([]);
    },
  );

  test('an answer of Graph without end is cut', async () => {
    wire.use(
      http.post(tokenUrl, () =>
        HttpResponse.json({ token_type: 'Bearer', expires_in: 3599, access_token: 'token' }),
      ),
      http.post(`${mailboxUrl}/messages`, () => new HttpResponse('x'.repeat(30_000_000), { status: 201 })),
    );
    await expect(send()).rejects.toMatchObject({ code: 'ECONNECTION' });
  });
});
