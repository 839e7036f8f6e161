import {
  decodeBytes,
  decodeCarelessly,
  decodeStrictly,
  decodeWords,
  isUtf16,
} from '../../src/mime/decode-text';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['utf-8', 'caf\xc3\xa9', 'café'],
  [' UTF8 ', 'caf\xc3\xa9', 'café'],
  ['utf-8', '\xef\xbb\xbfa', '\ufeffa'],
  ['utf-16le', '\xff\xfea\x00', '\ufeffa'],
  ['us-ascii', 'a~', 'a~'],
  ['ASCII', 'a~', 'a~'],
  ['iso-8859-1', '\x80\xe9', '€é'],
  ['ISO_8859-1', '\xe9', 'é'],
  ['iso8859-1', '\xe9', 'é'],
  ['iso88591', '\xe9', 'é'],
  ['latin1', '\xe9', 'é'],
  [' Latin1 ', '\x80', '€'],
  ['iso8859-1', '\x80', '€'],
  ['utf-8', '\xed\x95\x9c', '한'],
  ['l1', '\xe9', 'é'],
  ['windows-1252', '\x9f', 'Ÿ'],
  ['x-cp1252', '\xe9', 'é'],
  ['cp819', '\xe9', 'é'],
  ['ibm819', '\xe9', 'é'],
  ['iso-8859-15', '\xa4', '€'],
  ['iso-2022-jp', '\x1b$B$3\x1b(B', 'こ'],
])('decodes %s: %j', (charset, raw, text) => {
  expect(decodeStrictly(bytes(raw), charset)).toBe(text);
  expect(decodeCarelessly(bytes(raw), charset)).toBe(text);
});

test.each([
  ['utf-8', 'caf\xe9', 'caf\ufffd'],
  ['us-ascii', 'caf\xe9', 'café'],
  ['windows-1252', 'a\x81', 'a\ufffd'],
  ['gb18030', 'a\xff', 'a\ufffd'],
  ['x-unheard-of', 'caf\xc3\xa9', 'café'],
  ['x-utf-8', 'a', 'a'],
  ['utf-80', 'a', 'a'],
  ['x-ascii', 'a', 'a'],
  ['ascii-x', 'a', 'a'],
  ['x-cp1252-x', 'a', 'a'],
  ['x-latin1', 'a', 'a'],
])('does not take for %s what is none: %j', (charset, raw, careless) => {
  expect(decodeStrictly(bytes(raw), charset)).toBeUndefined();
  expect(decodeCarelessly(bytes(raw), charset)).toBe(careless);
});

test.each([
  ['utf-16', true],
  ['UTF-16BE', true],
  ['unicode', true],
  ['ucs-2', true],
  ['utf-8', false],
  ['x-unheard-of', false],
])('%s has two bytes or four for a character: %s', (charset, isWide) => {
  expect(isUtf16(charset)).toBe(isWide);
});

test.each([
  ['plain\ttext', 'plain\ttext', undefined],
  ['caf\xc3\xa9', 'café', undefined],
  ['caf\xe9 \x80', 'café €', 'bytes that are not UTF-8'],
])('reads the bytes of a header: %j', (raw, text, fault) => {
  expect(decodeBytes(raw)).toEqual({ text, fault });
});

test.each([
  ['no words', 'no words'],
  ['=?utf-8?Q?J=C3=B6rg?=', 'Jörg'],
  ['=?UTF-8?q?a_b=3d?=', 'a b='],
  ['=?utf-8?B?SsO2cmc=?=', 'Jörg'],
  ['=?utf-8?b?SsO2cmc?=', 'Jörg'],
  ['=?iso-8859-1*de?Q?J=F6rg?=', 'Jörg'],
  ['a =?utf-8?Q?b?= c', 'a b c'],
  ['=?utf-8?Q?a?=  =?utf-8?Q?b?=', 'ab'],
  ['=?utf-8?Q?a?= x =?utf-8?Q?b?=', 'a x b'],
  ['=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?=', 'Jörg'],
  ['=?utf-8?B?SsM=?= =?UTF-8?B?tnJn?=', 'Jörg'],
  ['=?utf-8?Q?J?= =?iso-8859-1?Q?=F6?= =?utf-8?B?cmc=?=', 'Jörg'],
  ['=?iso-2022-jp?B?GyRCJDM=?= =?iso-2022-jp?B?GyRCJHMbKEI=?=', 'こん'],
  ['=?utf-8?Q??=', ''],
  [' =?utf-8?Q?a?=', ' a'],
  ['=?utf-8*en*x?Q?=C3=A9?=', 'é'],
  ['=?utf-8?Q?=5F=3D=20?=', '_= '],
  ['=?iso-2022-jp?B?GyRCJDM=?= =?iso-2022-jp?B?GyRCJHM=?=', 'こん'],
  ['=?utf-8?Q?grün_und_=C3=BC=62er?=', 'grün und über'],
])('decodes the words of a header: %s', (raw, text) => {
  expect(decodeWords(raw)).toEqual({ text, fault: undefined });
});

test.each([
  ['a letter cut in two', '=?utf-8?Q?J=C3?= x =?utf-8?Q?=B6rg?=', '=?utf-8?Q?J=C3?= x =?utf-8?Q?=B6rg?='],
  ['two encodings within a letter', '=?utf-8?Q?J=C3?= =?utf-8?B?tnJn?=', undefined],
  ['base64 that is none', '=?utf-8?B?a*b?=', undefined],
  ['base64 with padding inside', '=?utf-8?B?YQ==YQ==?=', undefined],
  ['an escape that is none', '=?utf-8?Q?a=ZZ?=', undefined],
  ['an escape cut short', '=?utf-8?Q?a=4?=', undefined],
  ['an escape of one sign', '=?utf-8?Q?a=?=', undefined],
  ['an escape with a second digit that is none', '=?utf-8?Q?a=4G?=', undefined],
  ['a charset that nobody knows', '=?x-unheard-of?Q?a?=', undefined],
  ['a byte that is not in the charset', 'x =?utf-8?Q?=FF?= =?utf-8?Q?y?=', undefined],
])('says so of %s', (_what, raw, text) => {
  const read = decodeWords(raw);
  expect(read.fault).toBe('an encoded word that cannot be decoded');
  if (text !== undefined) expect(read.text).toBe(text);
});

test('leaves a long text as it is if it cannot be decoded', () => {
  const long = `${'x'.repeat(8 * 1024)}=?utf-8?Q?a=ZZ?=`;
  expect(decodeWords(long).text).toBe(long);
  expect(decodeWords(long.slice(100)).text).not.toContain('=?utf-8');
});
