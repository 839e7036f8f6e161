import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { draftMark, messageMark } from '../../../src/delivery/message-mark';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox';
import { ask, attach, LUNCH, makeDraft, openSession, putRange, send, sendMime, TEXT_FILE } from '../support';
import { get, pathOf, subjectsIn, submit } from './support';

let sandbox: RunningSandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ limits: { sessionMinimumBytes: 1 } });
});

afterEach(() => sandbox.close());

const HTML = { contentType: 'html', content: '<style>p{}</style><p>Dear <b>Meg</b>an,</p><p>1 &lt; 2</p>' };
const first = () => sandbox.messages[0];

describe('the list', () => {
  test('shows the latest message first, with recipient, preview and route', async () => {
    await send(sandbox, LUNCH);
    await send(sandbox, { ...LUNCH, subject: 'Later', body: HTML });
    const page = await get(sandbox, '/inbox');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(subjectsIn(page)).toEqual(['Later', 'Meet for lunch?']);
    expect(page.text).toContain('<span class="who">megan@fabrikam.example</span>');
    expect(page.text).toContain('<span class="preview">Dear Megan, 1 &lt; 2</span>');
    expect(page.text).toContain('<span class="chip route-json">JSON</span>');
  });

  test('opens at the address of the sandbox', async () => {
    const { status, headers } = await get(sandbox, '/');
    expect([status, headers.location]).toEqual([303, '/inbox']);
    expect(sandbox.inboxUrl).toBe(`${sandbox.url}/inbox`);
  });

  test('says how to connect an app as long as it is empty', async () => {
    expect((await get(sandbox, '/inbox')).text).toContain('href="/inbox/connect"');
    const { text } = await get(sandbox, '/inbox/connect');
    for (const [name, value] of Object.entries(sandbox.env)) expect(text).toContain(`${name}=${value}`);
  });

  test('shows one mailbox, and how many messages each has sent', async () => {
    await send(sandbox, LUNCH);
    await send(sandbox, { ...LUNCH, subject: 'From sales' }, { user: 'sales@contoso.example' });
    const page = await get(sandbox, '/inbox?mailbox=sales%40contoso.example');
    expect(subjectsIn(page)).toEqual(['From sales']);
    expect(page.text).toMatch(/aria-current="true"><span>sales@contoso.example<\/span><b>1<\/b>/);
    expect(page.text).toContain('<span>ceo@contoso.example</span><b>0</b>');
  });

  test('marks what no one has opened yet', async () => {
    await send(sandbox, LUNCH);
    expect((await get(sandbox, '/inbox')).text).toContain('class="new"');
    await get(sandbox, pathOf(first()));
    expect((await get(sandbox, '/inbox')).text).not.toContain('class="new"');
  });

  test('does not count a message as opened when its script asks for changes', async () => {
    await send(sandbox, LUNCH);
    const { text } = await get(sandbox, pathOf(first()), { 'x-inbox-changes': '1' });
    expect(text).not.toContain('At the new place.\n');
    expect((await get(sandbox, '/inbox')).text).toContain('class="new"');
  });

  test('comes in pages of a hundred', async () => {
    for (let number = 1; number <= 101; number += 1) await send(sandbox, { ...LUNCH, subject: `${number}` });
    const newest = await get(sandbox, '/inbox');
    expect(subjectsIn(newest)).toHaveLength(100);
    expect(subjectsIn(newest)[0]).toBe('101');
    expect(newest.text).toContain('href="/inbox?page=2">Older</a>');
    const oldest = await get(sandbox, '/inbox?page=2');
    expect(subjectsIn(oldest)).toEqual(['1']);
    expect(oldest.text).toContain('href="/inbox">Newer</a>');
  });

  test('stays small when messages are large', async () => {
    const content = '<p>word</p>'.repeat(100_000);
    for (let number = 1; number <= 3; number += 1) {
      await send(sandbox, { ...LUNCH, body: { contentType: 'html', content } });
    }
    expect((await get(sandbox, '/inbox')).body.length).toBeLessThan(10_000);
  });
});

describe('the search', () => {
  beforeEach(async () => {
    await send(sandbox, {
      ...LUNCH,
      bccRecipients: [{ emailAddress: { name: 'Ann', address: 'ann@x.example' } }],
    });
    await send(sandbox, { ...LUNCH, subject: 'Invoice', body: HTML, attachments: [TEXT_FILE] });
    await sendMime(sandbox, [
      'To: carl@fabrikam.example',
      'Subject: Newsletter',
      'X-Campaign: Spring sale',
      '',
      'dear all',
    ]);
  });

  test.each([
    ['a word of the subject', 'lunch', ['Meet for lunch?']],
    ['a word in any case', 'INVOICE', ['Invoice']],
    ['a word of the text', 'new', ['Newsletter', 'Meet for lunch?']],
    ['what HTML shows, without its tags', 'megan,', ['Invoice']],
    ['nothing of its style', 'p{}', []],
    ['several words, all of which must be there', 'dear megan', ['Invoice']],
    ['words that stand together', '"dear all"', ['Newsletter']],
    ['a hidden recipient', 'to:ann', ['Meet for lunch?']],
    ['one field only', 'subject:dear', []],
    ['the name of a file', 'file:greeting', ['Invoice']],
    ['messages with a file', 'has:attachment', ['Invoice']],
    ['a header', 'header:"spring sale"', ['Newsletter']],
    ['a route', 'route:mime', ['Newsletter']],
    ['nothing for a colon after no field', 'constructor:x', []],
    ['nothing when no message has the word', 'zebra', []],
  ])('finds %s', async (_what, query, subjects) => {
    const page = await get(sandbox, `/inbox?q=${encodeURIComponent(query)}`);
    expect(subjectsIn(page)).toEqual(subjects);
  });

  test('finds a message by the id that its client was told', async () => {
    const page = await get(sandbox, `/inbox?q=id:${first()?.requestId}`);
    expect(subjectsIn(page)).toEqual(['Meet for lunch?']);
  });
});

describe('a message', () => {
  test('shows its envelope, every recipient and its text', async () => {
    await send(sandbox, {
      ...LUNCH,
      ccRecipients: [{ emailAddress: { name: 'Ann Example', address: 'ann@x.example' } }],
      bccRecipients: [{ emailAddress: { address: 'hidden@x.example' } }],
      replyTo: [{ emailAddress: { address: 'desk@x.example' } }],
      importance: 'high',
      categories: ['Orders'],
    });
    const { text } = await get(sandbox, pathOf(first()));
    expect(text).toContain('<title>Meet for lunch?</title>');
    expect(text).toMatch(/<dt>From<\/dt><dd>.*<b>Contoso App<\/b> <span>app@contoso.example/);
    expect(text).toMatch(/<dt>Cc<\/dt><dd>.*<b>Ann Example<\/b> <span>ann@x.example/);
    expect(text).toMatch(/<dt>Bcc<\/dt><dd>.*hidden@x.example/);
    expect(text).toMatch(/<dt>Reply-To<\/dt><dd>.*desk@x.example/);
    expect(text).toContain('>high importance</span>');
    expect(text).toContain('>Orders</span>');
    expect(text).toContain('>At the new place.</pre>');
  });

  test('shows HTML in a frame without rights', async () => {
    await send(sandbox, { ...LUNCH, body: HTML });
    const { text } = await get(sandbox, pathOf(first()));
    const [frame = ''] = /<iframe[^>]*>/.exec(text) ?? [];
    expect(frame).toContain(`src="${pathOf(first(), '/body')}"`);
    expect(frame).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
  });

  test('shows roughly what HTML says when the message has no text version', async () => {
    await send(sandbox, { ...LUNCH, body: HTML });
    const { text } = await get(sandbox, pathOf(first(), '?show=text'));
    expect(text).toContain('>Dear Megan,\n\n1 &lt; 2</pre>');
    expect(text).toContain('The message has HTML only.');
  });

  test('shows the text version of a MIME message with HTML', async () => {
    await sendMime(sandbox, [
      'To: ann@x.example',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      '',
      'The plain one',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>The other one</p>',
      '--b--',
    ]);
    const { text } = await get(sandbox, pathOf(first(), '?show=text'));
    expect(text).toMatch(/>The plain one\n?<\/pre>/);
    expect(text).not.toContain('The message has HTML only.');
  });

  test('shows HTML as source on request', async () => {
    await send(sandbox, { ...LUNCH, body: HTML });
    const { text } = await get(sandbox, pathOf(first(), '?show=source'));
    expect(text).toContain('&lt;p&gt;Dear &lt;b&gt;Meg&lt;/b&gt;an,&lt;/p&gt;');
  });

  test('shows the headers of its MIME, and that Bcc was removed', async () => {
    await sendMime(sandbox, ['To: ann@x.example', 'Bcc: bob@x.example', 'X-One: 1', '', 'Hello']);
    const { text } = await get(sandbox, pathOf(first(), '?show=headers'));
    expect(text).toContain('<th scope="row">X-One</th><td>1</td>');
    expect(text).toMatch(/<tr class="removed"><th scope="row">Bcc<\/th><td>bob@x.example/);
  });

  test('shows which part of its JSON stands for which header', async () => {
    await send(sandbox, {
      ...LUNCH,
      internetMessageHeaders: [{ name: 'X-Order', value: '4711' }],
      singleValueExtendedProperties: [{ id: 'String 0x1042', value: '<a@b>' }],
    });
    const { text } = await get(sandbox, pathOf(first(), '?show=headers'));
    const row = (name: string, value: string, source: string) =>
      `<th scope="row">${name}</th><td>${value}</td><td><code>${source}</code></td>`;
    expect(text).toContain(row('In-Reply-To', '&lt;a@b&gt;', 'MAPI property String 0x1042'));
    expect(text).toContain(row('X-Order', '4711', 'internetMessageHeaders'));
    expect(text).toContain(
      row('From', 'Contoso App &lt;app@contoso.example&gt;', 'the mailbox app@contoso.example'),
    );
    expect(text).toContain('<code>made up by the sandbox</code>');
  });

  test('shows its request with attachments cut short, and offers all of it', async () => {
    const contentBytes = Buffer.alloc(9000, 'x').toString('base64');
    await send(sandbox, { ...LUNCH, attachments: [{ ...TEXT_FILE, contentBytes }] });
    const { text } = await get(sandbox, pathOf(first(), '?show=request'));
    expect(text).toContain('&quot;subject&quot;: &quot;Meet for lunch?&quot;');
    expect(text).toContain(' … 10000 more characters');
    const whole = await get(sandbox, pathOf(first(), '/request'));
    expect(JSON.parse(whole.text)).toEqual(first()?.request);
    expect(whole.headers['content-disposition']).toContain('filename="request.json"');
  });

  test('shows its MIME and marks the lines that recipients do not get', async () => {
    const lines = [
      'To: ann@x.example',
      'Bcc: bob@x.example,',
      ' carl@x.example',
      'Subject: One',
      '',
      'Hello',
      '',
    ];
    await sendMime(sandbox, lines);
    const { text } = await get(sandbox, pathOf(first(), '?show=mime'));
    expect(text).toContain(
      '>To: ann@x.example\n<del>- Bcc: bob@x.example,</del>\n<del>-  carl@x.example</del>\nSubject: One\n\nHello\n',
    );
  });

  test('says which requests created and sent a draft', async () => {
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    await attach(sandbox, id, { ...TEXT_FILE, name: 'second.txt' });
    const session = await openSession(sandbox, id);
    await putRange(sandbox, session, 'Hello', 'bytes 0-4/10');
    await putRange(sandbox, session, 'World', 'bytes 5-9/10');
    await ask(sandbox, 'POST', `messages/${id}/send`);
    const { text } = await get(sandbox, pathOf(first(), '?show=route'));
    expect(text).toContain(
      'A draft, created as JSON with 3 attachments (1 uploaded in 2 ranges), then sent.',
    );
    const steps = [...text.matchAll(/<li><code>(.*?)<\/code><\/li>/g)].map(([, step]) => step);
    expect(steps).toEqual([
      'POST …/messages as JSON, 1 attachment in it: creates the draft',
      'POST …/attachments: adds second.txt, 5 bytes',
      'POST …/attachments/createUploadSession, 2 PUTs of ranges: adds ten.bin, 10 bytes',
      'POST …/messages/{id}/send: sends it',
    ]);
  });

  test('says what was moved, dropped or hidden', async () => {
    await sendMime(sandbox, [
      'Date: Mon, 1 Jun 2026 10:00:00 +0000',
      'To: ann@x.example',
      'Bcc: bob@x.example',
      'List-Id: <news.x.example>',
      '',
      'Hello',
    ]);
    const { text } = await get(sandbox, pathOf(first(), '?show=route'));
    expect(text).toContain('The Bcc header is removed before delivery: 1 recipient');
    expect(text).toContain('Exchange sets these itself, whatever they say here: Date.');
    expect(text).toContain('which do not begin with X-: List-Id.');
    expect(text).toContain('a request cannot opt out.');
  });

  test("names the transport's marks for what they are, and other properties by their ids", async () => {
    const id = await makeDraft(sandbox, {
      ...LUNCH,
      singleValueExtendedProperties: [
        messageMark('one'),
        draftMark('two'),
        { id: 'String 0x3001', value: 'x' },
      ],
    });
    await ask(sandbox, 'POST', `messages/${id}/send`);
    const { text } = await get(sandbox, pathOf(first(), '?show=route'));
    expect(text).toContain('transport marked the message, so exactly-once delivery finds it again');
    expect(text).toContain('transport marked the draft, so it is found again');
    expect(text).not.toContain('The MAPI property String {');
    expect(text).toContain('The MAPI property String 0x3001 is kept');
  });

  test('is not found once it is gone', async () => {
    expect((await get(sandbox, '/inbox/messages/gone')).status).toBe(404);
    expect((await get(sandbox, '/inbox/nowhere')).status).toBe(404);
    expect((await get(sandbox, '/inbox/messages/%zz')).status).toBe(404);
  });
});

describe('a download', () => {
  test('is the attachment with its bytes and its name', async () => {
    const name = 'Ünïcode "quoted"\r\nX: y/..\\%.txt';
    await send(sandbox, { ...LUNCH, attachments: [{ ...TEXT_FILE, name }] });
    const { headers, text } = await get(sandbox, pathOf(first(), '/attachments/0'));
    expect(text).toBe('Hello');
    expect(headers['content-disposition']).toBe(
      'attachment; filename="_n_code _quoted__X: y_.._%.txt"; '.replace('%', '_') +
        "filename*=UTF-8''%C3%9Cn%C3%AFcode%20%22quoted%22_X%3A%20y_.._%25.txt",
    );
  });

  test('is the message as a mail program opens it', async () => {
    await sendMime(sandbox, ['To: ann@x.example', 'Subject: One', '', 'Hello']);
    const { headers, body } = await get(sandbox, pathOf(first(), '/message.eml'));
    expect(body.toString()).toBe('To: ann@x.example\r\nSubject: One\r\n\r\nHello');
    expect(headers['content-disposition']).toContain('filename="One.eml"');
  });

  test.each([
    '/attachments/1',
    '/attachments/-1',
    '/attachments/x',
    '/attachments/0/0',
    '/request/0',
    '/body',
  ])('is not found at %s', async (part) => {
    await send(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    expect((await get(sandbox, pathOf(first(), part))).status).toBe(404);
  });

  test('is missing where only the hash was kept', async () => {
    await using other = await startSandbox({ keepContent: 'hash', limits: { sessionMinimumBytes: 1 } });
    const id = await makeDraft(other);
    await putRange(other, await openSession(other, id), 'HelloWorld', 'bytes 0-9/10');
    await ask(other, 'POST', `messages/${id}/send`);
    const [message] = other.messages;
    expect((await get(other, pathOf(message))).text).toContain(`SHA-256 ${message?.attachments[0]?.sha256}`);
    expect((await get(other, pathOf(message, '/attachments/0'))).status).toBe(404);
  });
});

describe('deleting', () => {
  beforeEach(async () => {
    await send(sandbox, LUNCH);
    await send(sandbox, { ...LUNCH, subject: 'Second' });
    await send(sandbox, { ...LUNCH, subject: 'Third' }, { user: 'sales@contoso.example' });
  });

  const left = () => sandbox.messages.map(({ subject }) => subject);

  test('removes one message and leads back to the list', async () => {
    const { status, headers } = await submit(sandbox, pathOf(first(), '/delete'), { back: '/inbox?q=e' });
    expect([status, headers.location]).toEqual([303, '/inbox?q=e']);
    expect(left()).toEqual(['Second', 'Third']);
  });

  test('never leads outside the inbox', async () => {
    const { headers } = await submit(sandbox, pathOf(first(), '/delete'), { back: '//evil.example/inbox' });
    expect(headers.location).toBe('/inbox');
  });

  test('removes everything', async () => {
    expect((await submit(sandbox, '/inbox/delete')).status).toBe(303);
    expect(left()).toEqual([]);
  });

  test('removes what was found', async () => {
    await submit(sandbox, '/inbox/delete', { q: 'subject:second' });
    expect(left()).toEqual(['Meet for lunch?', 'Third']);
  });

  test('removes the messages of one mailbox', async () => {
    await submit(sandbox, '/inbox/delete', { mailbox: 'app@contoso.example' });
    expect(left()).toEqual(['Third']);
  });

  test('removes a sent draft from Sent Items too', async () => {
    sandbox.clear();
    await ask(sandbox, 'POST', `messages/${await makeDraft(sandbox)}/send`);
    const { id } = sandbox.messages[0] ?? {};
    expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(200);
    await submit(sandbox, pathOf(first(), '/delete'));
    expect((await ask(sandbox, 'GET', `messages/${id}`)).status).toBe(404);
  });

  test('a message that is already gone leads back, too', async () => {
    expect((await submit(sandbox, '/inbox/messages/gone/delete')).status).toBe(303);
  });
});

test.each([
  ['script.js', 'text/javascript; charset=utf-8'],
  ['style.css', 'text/css; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['list.css', 'text/css; charset=utf-8'],
  ['message.css', 'text/css; charset=utf-8'],
  ['views.css', 'text/css; charset=utf-8'],
  ['tables.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
])('a page loads %s as the file is, with its type', async (name, contentType) => {
  expect((await get(sandbox, '/inbox')).text).toContain(`="/inbox/${name}"`);
  const { headers, text } = await get(sandbox, `/inbox/${name}`);
  expect(headers['content-type']).toBe(contentType);
  expect(text).toBe(readFileSync(join(__dirname, '../../../src/sandbox/inbox/public', name), 'utf8'));
});

test.each(['dom.js', 'frame.js', 'tabs.js', 'keys.js', 'choices.js'])(
  'the script of the page imports %s',
  async (name) => {
    expect((await get(sandbox, '/inbox/script.js')).text).toContain(`from './${name}';`);
    const { headers, text } = await get(sandbox, `/inbox/${name}`);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(text).toBe(readFileSync(join(__dirname, '../../../src/sandbox/inbox/public', name), 'utf8'));
  },
);

test('drafts that were left behind are listed', async () => {
  const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
  await openSession(sandbox, id);
  const { text } = await get(sandbox, '/inbox/drafts');
  expect(text).toContain('<td>Meet for lunch?</td>');
  expect(text).toContain('greeting.txt, 5 bytes');
  expect(text).toContain('1 upload under way');
});

test('a draft that is held tells until when, and any other does not', async () => {
  const time = new Date(Date.now() + 3_600_000).toISOString();
  const later = { singleValueExtendedProperties: [{ id: 'SystemTime 0x3FEF', value: time }] };
  const id = await makeDraft(sandbox, { ...LUNCH, ...later });
  expect((await get(sandbox, '/inbox/drafts')).text).not.toContain('Held until');
  await ask(sandbox, 'POST', `messages/${id}/send`);
  const { text } = await get(sandbox, '/inbox/drafts');
  expect(text).toContain(`<td>Held until <time datetime="${time}">`);
});

test('the requests of a mailbox include the ranges of its uploads, whose path does not name it', async () => {
  const id = await makeDraft(sandbox, LUNCH);
  await putRange(sandbox, await openSession(sandbox, id), 'Hello', 'bytes 0-4/10');
  const listed = async (mailbox: string) => {
    const { text } = await get(sandbox, `/inbox/requests?mailbox=${encodeURIComponent(mailbox)}`);
    return [...text.matchAll(/<td>(POST|PUT)<\/td>/g)].map(([, method]) => method);
  };
  expect(await listed('App@Contoso.example')).toEqual(['PUT', 'POST', 'POST']);
  expect(await listed('sales@contoso.example')).toEqual([]);
});

test('requests are listed with their answers, except those for the inbox itself', async () => {
  await send(sandbox, { ...LUNCH, toRecipients: [] });
  await get(sandbox, '/inbox');
  const { text } = await get(sandbox, '/inbox/requests');
  expect(text).toContain(
    '<td>400</td><td>POST</td><td><code class="path">/v1.0/users/app@contoso.example/sendMail',
  );
  expect(text).toMatch(
    /<td class="when"><time datetime="\d{4}-[^"]+Z" title="[\d-]+ ([\d:]+)">\1<\/time><\/td><td class="when">\d+ ms<\/td>/,
  );
  expect(sandbox.requests.map(({ status }) => status)).toEqual([200, 400]);
});
