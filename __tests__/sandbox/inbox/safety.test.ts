import { connect } from 'node:net';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox';
import { LUNCH, send, sendMime, TEXT_FILE } from '../support';
import { get, pathOf, submit } from './support';

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

const EVIL = `<script>alert(1)</script><img src=x onerror=alert(1)>"'&`;
const ESCAPED = '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;';
const first = () => sandbox.messages[0];
const html = (content: string) => ({ ...LUNCH, body: { contentType: 'html', content } });

describe('untrusted text', () => {
  test('is escaped on every page', async () => {
    await send(sandbox, {
      ...LUNCH,
      subject: EVIL,
      body: { contentType: 'text', content: EVIL },
      categories: [EVIL],
      toRecipients: [{ emailAddress: { name: EVIL, address: 'ann@x.example' } }],
      internetMessageHeaders: [{ name: 'X-Evil<script>', value: EVIL }],
      attachments: [{ ...TEXT_FILE, name: EVIL, contentType: EVIL }],
    });
    const views = ['text', 'headers', 'route', 'request', 'mime'].map((view) =>
      pathOf(first(), `?show=${view}`),
    );
    const query = encodeURIComponent(EVIL);
    const others = ['/inbox', `/inbox?q=${query}&mailbox=${query}`, '/inbox/drafts', '/inbox/requests'];
    for (const path of [...views, ...others]) {
      const { text } = await get(sandbox, path);
      expect([path, /<script>|<img src=x/.test(text)]).toEqual([path, false]);
    }
    expect((await get(sandbox, pathOf(first()))).text).toContain(`<title>${ESCAPED}</title>`);
    expect((await get(sandbox, `/inbox?q=${query}`)).text).toContain(`value="${ESCAPED}"`);
  });

  test('is escaped in the path of a request', async () => {
    await sandbox.handle(new Request(`http://localhost/${encodeURIComponent(EVIL)}`));
    expect((await get(sandbox, '/inbox/requests')).text).toContain(ESCAPED);
  });
});

describe('a page', () => {
  test('runs only its own script, and cannot be framed or cached', async () => {
    const { headers } = await get(sandbox, '/inbox');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('contains no inline script or style', async () => {
    await send(sandbox, html('<p>Hello'));
    const { text } = await get(sandbox, pathOf(first()));
    expect(text).not.toMatch(/<script(?! src="\/inbox\/script.js" type="module">)|<style| style=| on[a-z]+=/);
  });
});

describe('the HTML of a mail', () => {
  const policyOf = async (path: string) =>
    String((await get(sandbox, path)).headers['content-security-policy']);

  test('comes without scripts, forms, origin or remote content', async () => {
    await send(sandbox, html('<p>Hello'));
    const policy = await policyOf(pathOf(first(), '/body'));
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'sandbox allow-popups allow-popups-to-escape-sandbox',
    ]);
  });

  test('has an origin only in the copy that the page measures, which runs no scripts and opens no tabs', async () => {
    await send(sandbox, html('<p>Hello'));
    const policy = await policyOf(pathOf(first(), '/body?for=measuring'));
    const shown = await policyOf(pathOf(first(), '/body'));
    expect(policy.split('; ')).toEqual([...shown.split('; ').slice(0, -1), 'sandbox allow-same-origin']);
  });

  test('may load images and styles on request, but no scripts', async () => {
    await send(sandbox, html('<img src="https://x.example/a.png">'));
    const shown = await get(sandbox, pathOf(first()));
    expect(shown.text).toContain('show=html&amp;remote=1">Show them</a>');
    const policy = await policyOf(pathOf(first(), '/body?remote=1'));
    expect(policy).toContain('img-src data: http: https:');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
    expect(policy).toContain('sandbox allow-popups allow-popups-to-escape-sandbox');
  });

  test('does not offer to load remote content when it has none', async () => {
    await send(sandbox, html('<img src="cid:logo"><a class=x href="https://x.example/">go</a>'));
    expect((await get(sandbox, pathOf(first()))).text).not.toContain('Show them');
  });

  test('loses the elements that get around a policy', async () => {
    await send(
      sandbox,
      html(
        '<BASE href="http://x.example/"><meta\nhttp-equiv=refresh content="0;url=http://x.example/">' +
          '<link/rel=preconnect href=http://x.example><linked><IFRAME src="http://x.example/"></IFRAME><object\t>',
      ),
    );
    const { text } = await get(sandbox, pathOf(first(), '/body'));
    expect(text).toBe(
      '<!doctype html><base target="_blank"><x-BASE href="http://x.example/"><x-meta\nhttp-equiv=refresh ' +
        'content="0;url=http://x.example/"><x-link/rel=preconnect href=http://x.example><linked>' +
        '<x-IFRAME src="http://x.example/"></IFRAME><x-object\t>',
    );
  });

  test('shows attached images, as data', async () => {
    const image = {
      '@odata.type': '#microsoft.graph.fileAttachment',
      isInline: true,
      contentBytes: 'SGVsbG8=',
    };
    await send(sandbox, {
      ...html(
        `<img src="cid:logo@x"><img src='cid:a%20b'><p>cid:logo@x</p><img src="cid:text"><img src="cid:none">`,
      ),
      attachments: [
        { ...image, name: 'logo.png', contentType: 'image/png', contentId: 'logo@x' },
        { ...image, name: 'b.svg', contentType: 'image/svg+xml; x="><script>', contentId: 'a b' },
        { ...image, name: 'c.html', contentType: 'text/html', contentId: 'text' },
      ],
    });
    const { text } = await get(sandbox, pathOf(first(), '/body'));
    expect(text).toContain(
      '<img src="data:image/png;base64,SGVsbG8="><img src=\'data:image/svg+xml;base64,SGVsbG8=\'>' +
        '<p>cid:logo@x</p><img src="cid:text"><img src="cid:none">',
    );
  });

  test('has a size limit, even if it shows one image again and again', async () => {
    const image = Buffer.alloc(2_000_000).toString('base64');
    await send(sandbox, {
      ...html('<img src="cid:a">'.repeat(1000)),
      attachments: [
        { ...TEXT_FILE, contentType: 'image/png', contentId: 'a', isInline: true, contentBytes: image },
      ],
    });
    const { status, body } = await get(sandbox, pathOf(first(), '/body'));
    expect(status).toBe(200);
    expect(body.length).toBeLessThan(70_000_000);
  });
});

describe('a download', () => {
  test('is saved, whatever type its message claims', async () => {
    await send(sandbox, {
      ...LUNCH,
      attachments: [{ ...TEXT_FILE, name: 'x.html', contentType: 'text/html' }],
    });
    for (const part of ['/attachments/0', '/message.eml', '/request']) {
      const { headers } = await get(sandbox, pathOf(first(), part));
      expect(headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; /),
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
    }
  });
});

describe('a web page of another site', () => {
  test.each<[string, Record<string, string>]>([
    ['by its origin', { origin: 'https://evil.example' }],
    ['by an origin that it hides', { origin: 'null' }],
    ['on another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['by its browser', { 'sec-fetch-site': 'cross-site' }],
    ['by its browser, on this machine', { 'sec-fetch-site': 'same-site' }],
  ])('cannot delete mail, known %s', async (_what, headers) => {
    await send(sandbox, LUNCH);
    for (const path of ['/inbox/delete', pathOf(first(), '/delete')]) {
      expect((await submit(sandbox, path, {}, headers)).status).toBe(403);
    }
    expect(sandbox.messages).toHaveLength(1);
  });

  test('cannot read or embed what is in the inbox', async () => {
    await send(sandbox, LUNCH);
    for (const path of ['/inbox', '/inbox/events', pathOf(first()), pathOf(first(), '/request')]) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
      expect((await get(sandbox, path, headers)).status).toBe(403);
    }
  });

  test('may link to it', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await get(sandbox, '/inbox', headers)).status).toBe(200);
  });

  test('does not get in by a host name that resolves to this machine', async () => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.end('GET /inbox HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

test('a program such as curl, which does not say where it comes from, may delete', async () => {
  await send(sandbox, LUNCH);
  expect((await submit(sandbox, '/inbox/delete', {}, {})).status).toBe(303);
  expect(sandbox.messages).toEqual([]);
});

test('the inbox also works under the name localhost', async () => {
  const port = new URL(sandbox.url).port;
  await send(sandbox, LUNCH);
  const headers = {
    host: `localhost:${port}`,
    origin: `http://localhost:${port}`,
    'sec-fetch-site': 'same-origin',
  };
  expect((await submit(sandbox, '/inbox/delete', {}, headers)).status).toBe(303);
});

test('a GET changes nothing, and other methods are refused', async () => {
  await send(sandbox, LUNCH);
  expect((await get(sandbox, '/inbox/delete')).status).toBe(404);
  expect((await get(sandbox, pathOf(first(), '/delete'))).status).toBe(404);
  expect((await get(sandbox, '/inbox', {}, 'PUT')).status).toBe(405);
  expect((await get(sandbox, '/inbox', {}, 'HEAD')).body).toHaveLength(0);
  expect(sandbox.messages).toHaveLength(1);
});

test('a form that is too long is refused, and changes nothing', async () => {
  await send(sandbox, LUNCH);
  const answer = await submit(sandbox, '/inbox/delete', { q: 'x'.repeat(20_000) });
  expect(answer.status).toBe(413);
  expect(sandbox.messages).toHaveLength(1);
});

test('broken or hostile markup is read in one pass', async () => {
  for (const piece of [
    '<',
    '<style',
    '<style>',
    '<!--',
    '&#',
    '<a ',
    'src=',
    'url(',
    '<td>',
    '&nbsp;',
    '<p> ',
    '<td\n>',
  ]) {
    await send(sandbox, html(piece.repeat(300_000 / piece.length)));
  }
  await sendMime(sandbox, ['To: ann@x.example', 'Content-Type: text/html', '', '<p '.repeat(1000)]);
  for (const message of sandbox.messages) {
    expect((await get(sandbox, pathOf(message, '?show=text'))).status).toBe(200);
    expect((await get(sandbox, pathOf(message))).status).toBe(200);
    expect((await get(sandbox, pathOf(message, '/body'))).status).toBe(200);
  }
  expect((await get(sandbox, '/inbox?q=nothing')).status).toBe(200);
});
