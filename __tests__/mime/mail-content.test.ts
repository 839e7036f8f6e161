import { readHeaderBlock } from '../../src/mime/header-block';
import {
  addFault,
  headersOf,
  headerValues,
  isBodyText,
  type MailContent,
  type MailHeader,
  toHeaders,
  walk,
} from '../../src/mime/mail-content';
import { mailPart } from '../support/mail-part';

const headers: readonly MailHeader[] = toHeaders(
  readHeaderBlock('Received: one\r\nSubject: Hi\r\nreceived: two\r\nRECEIVED: three\r\n\r\n'),
);
const content: MailContent = {
  structure: mailPart(),
  losses: [],
  headers,
  text: undefined,
  html: undefined,
  attachments: [],
};

test.each([
  ['received', ['one', 'two', 'three']],
  ['subject', ['Hi']],
  ['x-none', []],
])('headers of one name come in the order of the message: %s', (key, values) => {
  expect(headersOf(content, key).map(({ value }) => value)).toEqual(values);
  expect(headerValues(content, key)).toEqual(values);
});

describe('what is wrong with a part', () => {
  test('is the structure unless told otherwise', () => {
    const part = mailPart();
    addFault(part, 'a lone CR');
    addFault(part, 'bytes', 'encoding');
    expect(part.faults).toEqual([
      { because: 'structure', what: 'a lone CR' },
      { because: 'encoding', what: 'bytes' },
    ]);
  });

  test('is said once, however often it is found', () => {
    const part = mailPart();
    for (const what of ['a', 'b', 'a', 'b']) addFault(part, what);
    expect(part.faults.map(({ what }) => what)).toEqual(['a', 'b']);
  });

  test('may have no part to be said of', () => {
    expect(() => addFault(undefined, 'a')).not.toThrow();
  });
});

test.each([
  ['body', true],
  ['attachment', false],
  ['multipart', false],
] as const)('a part used as %s is body text: %s', (use, expected) => {
  expect(isBodyText(mailPart({ use }))).toBe(expected);
});

test('parts are walked in order, each with what is around it, innermost first', () => {
  const [text, html, image, file] = [mailPart(), mailPart(), mailPart(), mailPart()];
  const related = mailPart({ use: 'multipart', children: [html, image] });
  const alternative = mailPart({ use: 'multipart', children: [text, related] });
  const mixed = mailPart({ use: 'multipart', children: [alternative, file] });
  const expected = [
    [mixed, []],
    [alternative, [mixed]],
    [text, [alternative, mixed]],
    [related, [alternative, mixed]],
    [html, [related, alternative, mixed]],
    [image, [related, alternative, mixed]],
    [file, [mixed]],
  ] as const;
  const walked = walk(mixed);
  expect(walked).toHaveLength(expected.length);
  for (const [index, [part, around]] of expected.entries()) {
    expect(walked[index]?.[0]).toBe(part);
    expect(walked[index]?.[1].map((outer) => walked.findIndex(([known]) => known === outer))).toEqual(
      around.map((outer) => expected.findIndex(([known]) => known === outer)),
    );
  }
});

const fieldOf = (text: string) => toHeaders(readHeaderBlock(`${text}\r\n\r\n`))[0];
const NOT_ADDRESSES = 'text that is not a list of addresses';

test.each(['From', 'Sender', 'Reply-To'])('says of %s that it is no list of addresses', (name) => {
  expect(fieldOf(`${name}: ann@example.com>`)?.fault).toBe(NOT_ADDRESSES);
  expect(fieldOf(`${name}: ann@example.com`)?.fault).toBeUndefined();
});

test('a header with one fault is not said to have another', () => {
  expect(fieldOf('Subject: J\xf6rg')).toMatchObject({
    fault: expect.stringContaining('not UTF-8'),
    addresses: [],
  });
  expect(fieldOf('X-Note: ann@example.com>')).toMatchObject({ fault: undefined, value: 'ann@example.com>' });
});
