import { MAX_REPORT_BYTES, readFields, readReport } from '../../src/mime/read-report';

const read = (...lines: string[]) => readReport(Buffer.from(lines.join('\r\n'), 'latin1'));

test('a report is read with its type, its fields and its parts', async () => {
  const report = await read(
    'From ann@example.com Mon Jan  5 2026',
    'Subject: =?utf-8?Q?Nicht_zugestellt:_Gr=C3=BC=C3=9Fe?=',
    'CONTENT-TYPE: Multipart/Report; report-type=Delivery-Status; boundary=b',
    '',
    '--b',
    '',
    'It came back.',
    '--b',
    'Content-Type: Message/Delivery-Status',
    '',
    'Status: 5.1.1',
    '--b',
    'Content-Type: message/rfc822',
    'Content-Disposition: inline',
    '',
    'Subject: Hello',
    '',
    'What was sent',
    '--b--',
  );
  expect(report).toEqual({
    type: 'multipart/report',
    reportType: 'delivery-status',
    fields: [
      { key: 'subject', value: 'Nicht zugestellt: Grüße' },
      { key: 'content-type', value: 'Multipart/Report; report-type=Delivery-Status; boundary=b' },
    ],
    text: expect.stringMatching(/^It came back\.\s*$/),
    parts: [
      { type: 'message/delivery-status', content: Buffer.from('Status: 5.1.1') },
      { type: 'message/rfc822', content: Buffer.from('Subject: Hello\r\n\r\nWhat was sent') },
    ],
  });
});

test('a mail without a type is a text, and no report', async () => {
  const report = await read('Subject: Hello', '', 'Hi');
  expect([report.type, report.reportType, report.text.trim()]).toEqual(['', '', 'Hi']);
});

test('of a page its text is read, each row on a line of its own', async () => {
  const { text } = await read(
    'Content-Type: text/html',
    '',
    '<p class="a">ann@example.com</p>bob@example.com<br>cid@example.com<BR/><div>dan@example.com</div><ul><li>eve@example.com</li></ul>' +
      '<table><tr><td>550&nbsp;5.1.1</td></tr></table><h1>&lt;fay@example.com&gt; &amp; &quot;x&quot; &euro;</h1><hr><b>no</b>w<a href="cid:1">',
  );
  expect(text.trim().split('\n')).toEqual([
    'ann@example.com',
    'bob@example.com',
    'cid@example.com',
    'dan@example.com',
    'eve@example.com',
    '550 5.1.1',
    '<fay@example.com> & "x" &euro;',
    'now',
  ]);
});

test('text goes before the page that says the same', async () => {
  const { text } = await read(
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    '',
    'It came back.',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>It came <i>back</i>.</p>',
    '--b--',
  );
  expect(text.trim()).toBe('It came back.');
});

test('a report is read as far as its limit', async () => {
  const start = 'Subject: Hello\r\n\r\n';
  const { text } = await read(`${start}${'x'.repeat(MAX_REPORT_BYTES - start.length - 3)}yyyzzz`);
  expect(text.trimEnd().slice(-4)).toBe('xyyy');
});

test.each(['\r\n', '\n'])('a header may have just 64 KB, given lines that end with %j', async (end) => {
  const header = (bytes: number) => `X: ${'a'.repeat(bytes - 3 - 2 * end.length)}${end}${end}`;
  const body = 'x'.repeat(70_000);
  expect((await read(header(65_536) + body)).fields).toEqual([
    { key: 'x', value: expect.stringMatching(/^a+$/) },
  ]);
  await expect(read(header(65_537) + body)).rejects.toThrow('Its header is over 65536 bytes');
});

test('a mail that ends with its header has no text', async () => {
  const report = await read('Subject: Hello', 'X-Other: a');
  expect(report.fields.map(({ key }) => key)).toEqual(['subject', 'x-other']);
  expect(report.text).toBe('');
});

test('a field is on one line, without control characters', () => {
  expect(
    readFields(
      'Diagnostic-Code: smtp; =?utf-8?Q?550=0D=0A=00=09no?=\r\n  =?utf-8?B?4oCo?=one =?utf-8?Q?=0A?=\r\n\r\n',
    ),
  ).toEqual([{ key: 'diagnostic-code', value: 'smtp; 550 no one' }]);
});
