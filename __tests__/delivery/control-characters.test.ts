import { controlCharactersIn, withoutControlCharacters } from '../../src/delivery/request-bodies';

test('no control character of a message gets into JSON, except line breaks and tabs of its body', () => {
  const message = {
    subject: 'a\0b\tc\nd',
    body: { contentType: 'text', content: 'a\0b\tc\r\nd\x1b\x85e' },
    isReadReceiptRequested: true,
    size: 3,
    replyTo: null,
  };
  expect(JSON.parse(JSON.stringify(message, withoutControlCharacters))).toEqual({
    subject: 'a b c d',
    body: { contentType: 'text', content: 'ab\tc\r\nde' },
    isReadReceiptRequested: true,
    size: 3,
    replyTo: null,
  });
});

test.each<[string, object, string[]]>([
  ['nothing', { subject: 'a', body: { content: 'a\tb\r\nc' }, importance: 'high', from: null, id: 1 }, []],
  ['the subject', { subject: 'a\tb' }, ['control characters in the subject']],
  ['the body', { body: { contentType: 'text', content: 'a\0' } }, ['control characters in the body']],
  [
    'a name',
    { toRecipients: [{ emailAddress: { name: 'Ann' } }, { emailAddress: { name: 'Bob\x07' } }] },
    ['control characters in a name in To'],
  ],
  [
    'several places, and one that has no name here',
    { categories: ['a\0'], flag: { text: '\x7f' }, subject: 'plain' },
    ['control characters in a category', 'control characters in flag'],
  ],
  ...Object.entries({
    from: 'the name in From',
    sender: 'the name in Sender',
    replyTo: 'a name in Reply-To',
    ccRecipients: 'a name in Cc',
    bccRecipients: 'a name in Bcc',
    internetMessageId: 'the Message-ID',
    internetMessageHeaders: 'a header',
    singleValueExtendedProperties: 'a header',
  }).map(([property, place]): [string, object, string[]] => [
    place,
    { [property]: [{ value: 'a\0' }] },
    [`control characters in ${place}`],
  ]),
  ['the name of a file', { attachments: [{ name: 'a\0.pdf' }] }, ['control characters in an attachment']],
  [
    'the content of a file, which is sent as base64',
    {
      attachments: [
        {
          name: 'a.bin',
          contentBytes: { held: Buffer.from('\0'), text: '\0' },
          thumbnail: Buffer.from('\0'),
        },
      ],
    },
    [],
  ],
])('are found in %s', (_where, message, found) => {
  expect(controlCharactersIn(message)).toEqual(found);
});
