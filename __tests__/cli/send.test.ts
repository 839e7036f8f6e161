import { Readable } from 'node:stream';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { addresses, sendingCli } from '../support/sending-cli';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.clear());
afterAll(() => sandbox.close());

const { send, sent } = sendingCli(() => sandbox);
const letter = (...lines: string[]) => lines.join('\n');

describe('a message of flags', () => {
  test('is sent whole', async () => {
    const { exitCode, stdout, stderr } = await send(
      [
        ...[
          '--to',
          'Jürgen Groß <juergen@example.com>',
          '--to',
          'ann@example.com',
          '--cc',
          'cc1@example.com, cc2@example.com',
        ],
        ...[
          '--bcc',
          'eve@example.com',
          '--reply-to',
          'service@contoso.example',
          '--subject',
          'Grüße',
          '--text',
          'Hallo',
        ],
        ...[
          '--html',
          '<p>Hallo</p>',
          '--attach',
          'a.txt',
          '--attach',
          'b ü.bin',
          '--header',
          'X-Order: 4711',
        ],
        ...['--importance', 'high', '--no-save', '--message-id', '<4711@contoso.example>'],
      ],
      { files: { 'a.txt': 'aaa', 'b ü.bin': Buffer.from([0, 255]) } },
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /accepted for juergen@example\.com, ann@example\.com, cc1@example\.com, .*, as json/,
    );
    const message = sent();
    expect(message).toMatchObject({
      from: { address: 'app@contoso.example' },
      to: [{ name: 'Jürgen Groß', address: 'juergen@example.com' }, { address: 'ann@example.com' }],
      bcc: [{ address: 'eve@example.com' }],
      replyTo: [{ address: 'service@contoso.example' }],
      subject: 'Grüße',
      body: { contentType: 'html', content: expect.stringContaining('<p>Hallo</p>') },
      importance: 'high',
      internetMessageId: '<4711@contoso.example>',
      savedToSentItems: false,
    });
    expect(addresses(message.cc)).toEqual(['cc1@example.com', 'cc2@example.com']);
    expect(message.headers).toContainEqual(expect.objectContaining({ value: '4711' }));
    expect(message.attachments.map(({ name, content }) => [name, content])).toEqual([
      ['a.txt', Buffer.from('aaa')],
      ['b ü.bin', Buffer.from([0, 255])],
    ]);
  });

  test('answers a message in its conversation with --in-reply-to', async () => {
    await send(['--to', 'ann@example.com', '--text', 'How?', '--message-id', '<how@contoso.example>']);
    const flags = ['--to', 'ann@example.com', '--text', 'So', '--in-reply-to', 'how@contoso.example'];
    const { stdout } = await send(flags);
    expect(stdout).toContain('as draft (a reply in its conversation)');
  });

  test.each([
    ['a file', ['answer.eml'], ''],
    ['stdin', ['-t'], 'To: ann@example.com\nSubject: Re: How?\n\nSo\n'],
  ])('answers a message with one from %s', async (_where, flags, stdin) => {
    await send(['--to', 'ann@example.com', '--text', 'How?', '--message-id', '<how@contoso.example>']);
    const files = { 'answer.eml': 'To: ann@example.com\r\nSubject: Re: How?\r\n\r\nSo\r\n' };
    const { exitCode, stdout } = await send([...flags, '-v', '--in-reply-to', '<how@contoso.example>'], {
      stdin,
      files,
    });
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('a reply in its conversation')]);
    expect(sandbox.messages.at(-1)).toMatchObject({
      subject: 'Re: How?',
      body: { content: expect.stringMatching(/^So\s*$/) },
    });
  });

  test('names the answered message in the header of a finished one that cannot join its conversation', async () => {
    const head = 'To: ann@example.com\r\nSubject: Re: How?\r\n';
    const files = {
      'plain.eml': `${head}\r\nSo\r\n`,
      'names-one.eml': `${head}In-Reply-To: <other@contoso.example>\r\n\r\nSo\r\n`,
    };
    const { stderr } = await send(['plain.eml', '--format', 'mime', '--in-reply-to', 'how@contoso.example'], {
      files,
    });
    expect(stderr).toMatch(/without: inReplyTo: it goes as MIME/);
    const fields = () =>
      sandbox.messages.at(-1)?.headers.filter(({ name }) => /^(?:in-reply-to|references)$/i.test(name));
    expect(fields()).toEqual(
      ['In-Reply-To', 'References'].map((name) => ({ name, value: '<how@contoso.example>' })),
    );
    await send(['names-one.eml', '--format', 'mime', '--in-reply-to', 'how@contoso.example'], { files });
    expect(fields()).toEqual([{ name: 'In-Reply-To', value: '<other@contoso.example>' }]);
  });

  test.each([
    ['--text -', ['--text', '-'], 'text'],
    ['--html -', ['--html', '-'], 'html'],
    ['--html-file', ['--html-file', 'body.html'], 'html'],
  ])('has the body of %s', async (_what, flags, contentType) => {
    const body = '<b>Größe</b>';
    const { exitCode } = await send(['--to', 'ann@example.com', ...flags], {
      stdin: flags.includes('-') ? body : '',
      files: { 'body.html': body },
    });
    expect(exitCode).toBe(0);
    expect(sent().body).toMatchObject({ contentType, content: expect.stringContaining(body) });
  });

  test.each([
    ['no recipient', ['--subject', 'x', '--text', 'x'], 64, /no recipients/],
    ['nothing in it', ['--to', 'ann@example.com'], 64, /The message is empty/],
    ['two bodies from one stdin', ['--to', 'a@example.com', '--text', '-', '--html', '-'], 64, /Only one/],
    [
      'two texts',
      ['--to', 'a@example.com', '--text', 'x', '--text-file', 'x'],
      64,
      /either --text or --text-file/,
    ],
    [
      'a header without a name',
      ['--to', 'a@example.com', '--text', 'x', '--header', 'x'],
      64,
      /'Name: value'/,
    ],
    [
      'an importance of its own',
      ['--to', 'a@example.com', '--text', 'x', '--importance', '1'],
      64,
      /low or normal or high/,
    ],
    [
      'a format of its own',
      ['--to', 'a@example.com', '--text', 'x', '--format', 'xml'],
      64,
      /auto or json or mime/,
    ],
    [
      'a file that is not there',
      ['--to', 'a@example.com', '--attach', 'no.pdf'],
      66,
      /no\.pdf cannot be read/,
    ],
    ['a URL for a file', ['--to', 'a@example.com', '--attach', 'http://127.0.0.1/x'], 66, /cannot be read/],
    [
      'a message beside it',
      ['--to', 'a@example.com', '--text', 'x', 'message.eml'],
      64,
      /there is one already/,
    ],
    ['recipients beside it', ['--subject', 'x', '--text', 'x', 'a@example.com'], 64, /there is one already/],
    [
      'an address that is none',
      ['--to', 'nobody', '--text', 'x'],
      67,
      /"nobody".*is not an address|no recipients/,
    ],
  ])('is refused with %s', async (_what, args, exitCode, why) => {
    const outcome = await send(args);
    expect(outcome.stderr).toMatch(why);
    expect(outcome.exitCode).toBe(exitCode);
    expect(sandbox.messages).toEqual([]);
  });
});

describe('a message from a file', () => {
  const message = letter(
    'From: Contoso <app@contoso.example>',
    'To: ann@example.com,',
    ' =?utf-8?q?J=C3=BCrgen?= <juergen@example.com>',
    'Bcc: eve@example.com',
    'Subject: Hello',
    '',
    'Line one',
    '.',
    'Line three',
    '',
  );

  test('goes to those in its header, and to its last line', async () => {
    const { exitCode, stdout } = await send(['mail.eml'], { files: { 'mail.eml': message } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/accepted for ann@example\.com, juergen@example\.com, eve@example\.com/);
    expect(addresses(sent().to)).toEqual(['ann@example.com', 'juergen@example.com']);
    expect(addresses(sent().bcc)).toEqual(['eve@example.com']);
    expect(sent().body.content.replace(/\r/g, '')).toContain('Line one\n.\nLine three');
  });

  test('goes to the recipients that are named beside it', async () => {
    const files = { 'mail.EML': message.replace(/^(?:To|Bcc|,? =).*\n/gm, '').replace(/^ .*\n/gm, '') };
    expect(await send(['mail.EML', 'bob@example.com'], { files })).toMatchObject({ exitCode: 0 });
    expect(addresses(sent().bcc)).toEqual(['bob@example.com']);
  });

  test.each([
    ['is not there', ['no.eml'], 66, /no\.eml cannot be read/],
    ['is empty', ['empty.eml'], 65, /There is no message/],
    ['is one of several', ['a.eml', 'b.eml'], 64, /One message at a time/],
    [
      'names somebody who is not to get it',
      ['mail.eml', 'bob@example.com'],
      67,
      /not in the envelope: ann@example\.com/,
    ],
  ])('is refused when it %s', async (_what, args, exitCode, why) => {
    const outcome = await send(args, { files: { 'mail.eml': message, 'empty.eml': '\n' } });
    expect(outcome.stderr).toMatch(why);
    expect(outcome.exitCode).toBe(exitCode);
    expect(sandbox.messages).toEqual([]);
  });
});

describe('a message from stdin, in the place of sendmail', () => {
  const mail = letter(
    'To: ann@example.com',
    'Bcc: eve@example.com',
    'Subject: Hi',
    '',
    'One',
    '.',
    'Two',
    '',
  );

  test('goes with -t to those in its header, and nothing is said', async () => {
    expect(await send(['-t', '-i'], { stdin: mail })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(addresses(sent().to)).toEqual(['ann@example.com']);
    expect(addresses(sent().bcc)).toEqual(['eve@example.com']);
    expect(sent().body.content).toContain('Two');
  });

  test('goes to the recipients of the arguments, hidden where no header names them', async () => {
    const stdin = letter('Subject: Hi', '', 'One', '');
    expect(await send(['-i', '--', 'ann@example.com', '<bob@example.com>'], { stdin })).toMatchObject({
      exitCode: 0,
    });
    expect(addresses(sent().bcc)).toEqual(['ann@example.com', 'bob@example.com']);
  });

  test('goes to an address beyond ASCII in its header', async () => {
    const stdin = letter('To: Jürgen <jürgen@exämple.com>', '', 'One', '');
    expect(await send(['-t'], { stdin })).toMatchObject({ exitCode: 0 });
    expect(addresses(sent().to)).toEqual(['jürgen@xn--exmple-cua.com']);
  });

  test('says with -v that it was sent', async () => {
    const { stdout } = await send(['-tiv'], { stdin: mail });
    expect(stdout).toMatch(/accepted for ann@example\.com, eve@example\.com/);
  });

  test.each([
    ['without -i', [], false],
    ['with -i', ['-i'], true],
    ['with -oi', ['-oi'], true],
  ])('ends %s at a dot: %j', async (_what, flags, goesOn) => {
    await send(['-t', ...flags], { stdin: mail });
    expect(sent().body.content.includes('Two')).toBe(goesOn);
  });

  test.each([
    ['at the end, without a line end', ['To: ann@example.com\n\nOne\n.'], 'One\n'],
    ['cut in two', ['To: ann@example.com\r\n\r\nOne\r\n', '.', '\r', '\nTwo'], 'One\n'],
    ['at the start of a longer line', ['To: ann@example.com\n\nOne\n', '..\n.Two\n'], 'One\n..\n.Two\n'],
    ['in the middle of a line', ['To: ann@example.com\n\nOne', '.', '\nTwo.\n'], 'One.\nTwo.\n'],
  ])('is read right with a dot %s', async (_what, chunks, body) => {
    const stdin = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    expect(await send(['-t'], { stdin })).toMatchObject({ exitCode: 0 });
    expect(sent().body.content.replace(/\r/g, '')).toBe(body);
  });

  test.each([
    ['cron', ['-FCronDaemon', '-i', '-B8BITMIME', '-oem', 'ann@example.com']],
    ['PHP', ['-t', '-i']],
    ['mutt', ['-oem', '-oi', '--', 'ann@example.com']],
    ['Nodemailer', ['-i', '-f', 'app@contoso.example', 'ann@example.com']],
    ['a monitor', ['-oi', '-odb', '-om', '-bm', '-G', '-U', '-N', 'never', '-Vid', '-Rhdrs', '-Ac', '-t']],
  ])('is taken as %s calls it', async (_who, args) => {
    const stdin = letter('To: ann@example.com', 'Subject: Hi', '', 'One', '');
    expect(await send(args, { stdin })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(addresses(sent().to)).toEqual(['ann@example.com']);
  });

  test('has the name of -F in its From, when it has none', async () => {
    await send(['-t', '-F', 'Cron Daemon'], { stdin: mail });
    expect(sent().from).toEqual({ name: 'Cron Daemon', address: 'app@contoso.example' });
  });

  test('has the From of --from, when it has none', async () => {
    await send(['-t', '--from', 'Shop <app@contoso.example>'], { stdin: mail });
    expect(sent().from).toEqual({ name: 'Shop', address: 'app@contoso.example' });
  });

  test('keeps the From that it has', async () => {
    await send(['-t', '-F', 'Cron Daemon'], { stdin: `From: Me <app@contoso.example>\n${mail}` });
    expect(sent().from.name).toBe('Me');
  });

  test('warns of an envelope sender that Exchange will not use', async () => {
    const { exitCode, stderr } = await send(['-t', '-f', 'bounces@contoso.example'], { stdin: mail });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: .*went without: envelope sender bounces@contoso\.example$/m);
  });

  test('takes the null sender for none', async () => {
    expect(await send(['-t', '-f', '<>'], { stdin: mail })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['a text without a header', 'hello ann\n', 'hello ann'],
    ['a text after an empty header', '\nhello ann\n', 'hello ann'],
    [
      'a line of a mailbox file before the header',
      'From app Mon Nov 23 10:00:00 2026\nX-A: b\n\nhello\n',
      'hello',
    ],
    ['a byte order mark before the header', '\ufeffX-A: b\n\nhello\n', 'hello'],
    ['blank lines before the header', '\n\n\nX-A: b\n\nhello\n', 'hello'],
  ])('may be %s', async (_what, stdin, body) => {
    expect(await send(['-i', 'ann@example.com'], { stdin })).toMatchObject({ exitCode: 0 });
    expect(sent()).toMatchObject({ route: 'json', body: { content: `${body}\n` } });
  });

  test('arrives byte for byte in whatever pieces it is read', async () => {
    const bytes = Buffer.from(
      letter('To: ann@example.com', 'Content-Type: text/plain; charset=utf-8', '', 'Grüße, 森さん', ''),
    );
    const stdin = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect(await send(['-t'], { stdin })).toMatchObject({ exitCode: 0 });
    expect(sent().body.content).toContain('Grüße, 森さん');
  });

  test.each([
    ['without recipients', [], 64, /nothing to send/],
    ['without a recipient in its header', ['-t'], 67, /no recipients/],
    ['for a mail server to serve', ['-bs'], 64, /-bs asks for what only a mail server does/],
    ['for a queue to run', ['-q'], 64, /-q asks for what only a mail server does/],
    ['for a queue to run now and then', ['-q30m'], 64, /-q30m asks for what only a mail server does/],
    ['for a user of this machine', ['root'], 67, /"root".*is not an address/],
  ])('is refused %s', async (_what, args, exitCode, why) => {
    const outcome = await send(args, { stdin: 'Subject: Hi\n\nOne\n' });
    expect(outcome.stderr).toMatch(why);
    expect(outcome.exitCode).toBe(exitCode);
    expect(sandbox.messages).toEqual([]);
  });
});

describe('what becomes of it', () => {
  const args = ['--to', 'ann@example.com', '--subject', 'Hi', '--text', 'body-canary'];

  test('is told to programs', async () => {
    const { stdout } = await send([...args, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      messageId: sent().internetMessageId,
      accepted: ['ann@example.com'],
      response: '202 Accepted',
      route: 'json',
      requestId: sent().requestId,
    });
  });

  test('is told to programs when it failed', async () => {
    const { exitCode, stdout, stderr } = await send([...args, '--json', '--from', 'ceo@contoso.example']);
    expect(exitCode).toBe(67);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      exitCode: 67,
      error: {
        name: 'GraphTransportError',
        code: 'EENVELOPE',
        graphCode: 'ErrorSendAsDenied',
        responseCode: 403,
        message: expect.stringMatching(/Send As/),
        retryable: false,
        ambiguous: false,
      },
    });
    expect(stderr).toBe('');
  });

  test('is 69, and never 75, when it may have been sent', async () => {
    sandbox.failNext('send-mail', { kind: 'reset', when: 'after' });
    const { exitCode, stderr } = await send(args);
    expect(sandbox.messages).toHaveLength(1);
    expect(exitCode).toBe(69);
    expect(stderr).toMatch(/No answer from/);
  });

  test('is 75 when it was not sent, and another try may help', async () => {
    const end = new AbortController();
    sandbox.failNext('send-mail', {
      kind: 'answer',
      status: 429,
      code: 'ApplicationThrottled',
      retryAfter: 60,
    });
    const { exitCode, stderr } = await send(args, {
      signal: end.signal,
      onStderr: (text) => {
        if (text.includes('throttles')) end.abort();
      },
    });
    expect(stderr).toMatch(/^warning: Graph throttles the mailbox .* next in 60000 ms/);
    expect(exitCode).toBe(75);
    expect(sandbox.messages).toEqual([]);
  });

  test('is a second message only if it is not the same', async () => {
    const once = [...args, '--delivery', 'exactly-once', '--message-id', '<4711@contoso.example>'];
    expect((await send(once)).stdout).toMatch(/was accepted/);
    expect((await send(once)).stdout).toMatch(/had been sent before/);
    expect(sandbox.messages).toHaveLength(1);
  });

  test('is shown on a terminal while a large file is uploaded', async () => {
    const name = 'a file with a name that is longer than the terminal is wide.bin';
    const files = { [name]: Buffer.alloc(9_000_000, 'x') };
    const { exitCode, stderr } = await send([...args, '--attach', name], { files, terminal: 60 });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\[#{8}-{12}\] 44 % {2}4\.0 of 9\.0 MB {2}a file with/);
    // What was drawn is gone in the end.
    expect(stderr.endsWith('\r')).toBe(true);
    const lines = stderr.split('\r').filter((line) => line.trim() !== '');
    expect(lines.every((line) => line.length < 60)).toBe(true);
    const [attachment] = sent().attachments;
    expect(attachment?.content.equals(Buffer.alloc(9_000_000, 'x'))).toBe(true);
  });

  test.each([
    ['no terminal', {}],
    ['a terminal that cannot draw', { terminal: 80, env: { TERM: 'dumb' } }],
  ])('is not drawn on %s', async (_what, surroundings) => {
    const files = { 'big.bin': Buffer.alloc(9_000_000) };
    const { stderr } = await send([...args, '--attach', 'big.bin'], { files, ...surroundings });
    expect(stderr).toBe('');
    expect(sandbox.messages).toHaveLength(1);
  });

  test('is no message, and no draft, when it is ended in the middle', async () => {
    const end = new AbortController();
    sandbox.failWith(({ request }) => {
      if (request !== 'upload-range') return undefined;
      end.abort();
      return { kind: 'silence' };
    });
    const files = { 'big.bin': Buffer.alloc(5_000_000) };
    const { exitCode, stderr } = await send([...args, '--attach', 'big.bin'], { files, signal: end.signal });
    expect(stderr).toMatch(/The send was aborted/);
    expect(exitCode).toBe(75);
    expect(sandbox.drafts).toEqual([]);
    expect(sandbox.messages).toEqual([]);
  });

  test('is logged with --debug, without secret, token and body', async () => {
    const { stderr } = await send([...args, '--debug']);
    expect(stderr).toMatch(/debug: POST .*\/sendMail: 202/);
    expect(stderr).toMatch(/info: Message .* 202 Accepted as json/);
    expect(stderr).not.toMatch(/body-canary|eyJ/);
    expect(stderr).not.toContain(sandbox.options.clientSecret);
  });
});
