import { createSandbox } from '../../src/sandbox';
import { post, refusal, send, sendMime } from './support';

const MINIMAL = ['From: app@contoso.example', 'To: megan@fabrikam.example', 'Subject: Hi', '', 'Hello', ''];
const postMime = (body: string) => post(createSandbox(), body, { contentType: 'text/plain' });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the base64 of a MIME message', () => {
  test('may be broken into lines', async () => {
    const lines = base64(MINIMAL.join('\r\n')).match(/.{1,20}/g) ?? [];
    expect((await postMime(` ${lines.join('\r\n')}\n`)).status).toBe(202);
  });

  test.each([
    ['the message itself', MINIMAL.join('\r\n')],
    ['JSON', JSON.stringify({ message: {} })],
    ['text without its padding', base64('Hi').replace('=', '')],
    ['the URL alphabet', 'ab_-'],
    ['three characters', 'abc'],
    ['text behind the padding', `${base64('a')}${base64('b')}`],
  ])('is refused given %s', async (_what, body) => {
    expect(await refusal(postMime(body))).toEqual({
      status: 400,
      code: 'ErrorMimeContentInvalidBase64String',
      message: 'Invalid base64 string for MIME content.',
    });
  });
});

describe('the content of a MIME message', () => {
  test.each([
    ['nothing', ''],
    ['text without header fields', 'Hello Megan,\r\nlunch?\r\n'],
    ['an empty line before the header fields', `\r\n${MINIMAL.join('\r\n')}`],
    ['the From line of a mailbox file', `From app@contoso.example Thu Jan 1\r\n${MINIMAL.join('\r\n')}`],
    ['a continuation before any field', ` folded\r\n${MINIMAL.join('\r\n')}`],
    ['a line that is no field', ['From: app@contoso.example', 'no field', ...MINIMAL].join('\r\n')],
    ['a space in the name of a field', ['Two words: x', ...MINIMAL].join('\r\n')],
    ['a name of a field that is not in ASCII', ['Sch\u00f6n: x', ...MINIMAL].join('\r\n')],
    ['more header than a parser takes', `X-Long: ${'x'.repeat(2 ** 20)}\r\n${MINIMAL.join('\r\n')}`],
  ])('is refused given %s', async (_what, mime) => {
    expect(await refusal(postMime(base64(mime)))).toMatchObject({
      status: 400,
      code: 'ErrorMimeContentInvalid',
    });
  });

  test.each([
    ['a bare LF in the header', 'To: megan@fabrikam.example\nSubject: x\r\n\r\nHello\r\n'],
    ['a bare LF in the body', 'To: megan@fabrikam.example\r\n\r\nHello=\nthere\r\n'],
    ['a bare CR', 'To: megan@fabrikam.example\r\n\r\nHello\rthere\r\n'],
    ['a bare CR at the end', 'To: megan@fabrikam.example\r\n\r\nHello\r'],
  ])('is refused given %s, which Exchange takes and garbles', async (_what, mime) => {
    expect(await refusal(postMime(base64(mime)))).toEqual({
      status: 400,
      code: 'ErrorMimeContentInvalid',
      message: expect.stringMatching(/does not end in CRLF, which the sandbox refuses/),
    });
  });

  test.each(['', '\r\n', '\r\n\r\n'])('may be header fields alone, ended by %j', async (end) => {
    const sandbox = createSandbox();
    const body = base64(`Subject: x\r\nTo: megan@fabrikam.example${end}`);
    expect((await post(sandbox, body, { contentType: 'text/plain' })).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ to: [{ address: 'megan@fabrikam.example' }] }]);
  });
});

describe('an accepted MIME message', () => {
  const lines = [
    'Received: from somewhere',
    'From: =?utf-8?q?Contoso_=C3=84pp?= <app@contoso.example>',
    'To: Team: Megan <megan@fabrikam.example>, joni@fabrikam.example;,',
    ' a@xn--mnchen-3ya.example',
    'BCC: eve@fabrikam.example,',
    '\tmallory@fabrikam.example',
    'Cc: cc@fabrikam.example',
    'Bcc: second@fabrikam.example',
    'Reply-To: help@contoso.example',
    'Subject: =?utf-8?q?K=C3=A4se?=',
    'Message-ID: <lunch@contoso.example>',
    'Importance: high',
    'X-Folded: one',
    ' two',
    'Disposition-Notification-To: app@contoso.example',
    'Return-Receipt-To: app@contoso.example',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: multipart/related; boundary=r',
    '',
    '--r',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<p>K=C3=A4se <img src=3D"cid:logo"></p>',
    '--r',
    'Content-Type: image/png; name=logo.png',
    'Content-ID: <logo>',
    'Content-Transfer-Encoding: base64',
    '',
    'SGVsbG8=',
    '--r--',
    '--b',
    'Content-Type: message/rfc822',
    '',
    'Subject: Inner',
    'Bcc: inner@fabrikam.example',
    '',
    'Inner',
    '--b',
    'Content-Type: application/pdf; name=note.pdf',
    'Content-Disposition: inline; filename=note.pdf',
    '',
    'Note',
    '--b--',
    '',
  ];

  test('shows what it says', async () => {
    const sandbox = createSandbox();
    const response = await sendMime(sandbox, lines);
    expect(response.status).toBe(202);
    expect(sandbox.messages).toMatchObject([
      {
        route: 'mime',
        mailbox: 'app@contoso.example',
        requestId: response.headers.get('request-id'),
        from: { name: 'Contoso Äpp', address: 'app@contoso.example' },
        sender: { name: 'Contoso Äpp', address: 'app@contoso.example' },
        replyTo: [{ name: '', address: 'help@contoso.example' }],
        to: [
          { name: 'Megan', address: 'megan@fabrikam.example' },
          { name: '', address: 'joni@fabrikam.example' },
          { name: '', address: 'a@xn--mnchen-3ya.example' },
        ],
        cc: [{ name: '', address: 'cc@fabrikam.example' }],
        bcc: [
          { name: '', address: 'eve@fabrikam.example' },
          { name: '', address: 'mallory@fabrikam.example' },
          { name: '', address: 'second@fabrikam.example' },
        ],
        subject: 'Käse',
        body: { contentType: 'html', content: expect.stringContaining('<p>Käse <img src="cid:logo"></p>') },
        importance: 'high',
        internetMessageId: '<lunch@contoso.example>',
        extendedProperties: [],
        categories: [],
        isReadReceiptRequested: true,
        isDeliveryReceiptRequested: true,
        savedToSentItems: true,
        request: Buffer.from(lines.join('\r\n')).toString('base64'),
      },
    ]);
  });

  test('shows its attachments, an embedded message among them', async () => {
    const sandbox = createSandbox();
    await sendMime(sandbox, lines);
    expect(sandbox.messages[0]?.attachments).toMatchObject([
      {
        name: 'logo.png',
        contentType: 'image/png',
        content: Buffer.from('Hello'),
        size: 5,
        isInline: true,
        contentId: 'logo',
      },
      { name: '', contentType: 'message/rfc822', isInline: false },
      { name: 'note.pdf', contentType: 'application/pdf', isInline: true },
    ]);
    expect(sandbox.messages[0]?.attachments[1]).not.toHaveProperty('contentId');
    expect(sandbox.messages[0]?.attachments[1]?.content.toString()).toContain('Subject: Inner');
  });

  test('shows its header fields unfolded, without Bcc', async () => {
    const sandbox = createSandbox();
    await sendMime(sandbox, lines);
    const headers = sandbox.messages[0]?.headers ?? [];
    expect(headers).toContainEqual({ name: 'X-Folded', value: 'one two' });
    expect(headers).toContainEqual({ name: 'Subject', value: '=?utf-8?q?K=C3=A4se?=' });
    expect(headers.map(({ name }) => name.toLowerCase())).not.toContain('bcc');
  });

  test('is delivered without Bcc and otherwise byte for byte', async () => {
    const sandbox = createSandbox();
    await sendMime(sandbox, lines);
    const delivered = lines.filter((line) => !/^bcc: (?!inner)|^\tmallory/i.test(line));
    expect(delivered).toHaveLength(lines.length - 3);
    expect(sandbox.messages[0]?.mime?.toString()).toBe(delivered.join('\r\n'));
  });

  test('keeps bytes that are no UTF-8', async () => {
    const sandbox = createSandbox();
    const head = Buffer.from('To: megan@fabrikam.example\r\nX-Raw: ');
    const mime = Buffer.concat([
      head,
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\r\n\r\n'),
      Buffer.from([0x80, 0xff]),
    ]);
    await post(sandbox, mime.toString('base64'), { contentType: 'text/plain' });
    expect(sandbox.messages[0]?.mime).toEqual(mime);
  });

  test('is a text where it has no HTML, of the mailbox where it has no From', async () => {
    const sandbox = createSandbox();
    await sendMime(sandbox, ['To: megan@fabrikam.example', '', 'Hello https://x.example']);
    expect(sandbox.messages).toMatchObject([
      {
        from: { name: 'Contoso App', address: 'app@contoso.example' },
        sender: { name: 'Contoso App', address: 'app@contoso.example' },
        subject: '',
        body: { contentType: 'text', content: expect.stringMatching(/^Hello https:\/\/x\.example\s*$/) },
        importance: 'normal',
        internetMessageId: expect.stringMatching(/^<[^@<>]+@contoso\.example>$/),
        isReadReceiptRequested: false,
        isDeliveryReceiptRequested: false,
      },
    ]);
  });

  test('has an empty body where it is nothing but a file', async () => {
    const sandbox = createSandbox();
    await sendMime(sandbox, ['To: megan@fabrikam.example', 'Content-Type: application/pdf', '', 'x']);
    expect(sandbox.messages).toMatchObject([
      { body: { contentType: 'text', content: '' }, attachments: [{}] },
    ]);
  });

  test('may go to hidden recipients alone', async () => {
    const sandbox = createSandbox();
    const mime = ['From: app@contoso.example', 'Bcc: eve@fabrikam.example', '', 'Hello'];
    expect((await sendMime(sandbox, mime)).status).toBe(202);
    expect(sandbox.messages[0]?.mime?.toString()).toBe('From: app@contoso.example\r\n\r\nHello');
  });
});

test('reads text/plain as MIME and never as JSON', async () => {
  const message = { toRecipients: [{ emailAddress: { address: 'a@fabrikam.example' } }] };
  expect((await send(createSandbox(), message, { contentType: 'text/plain; charset=utf-8' })).status).toBe(
    400,
  );
  expect((await sendMime(createSandbox(), MINIMAL, { contentType: 'Text/Plain' })).status).toBe(202);
});
