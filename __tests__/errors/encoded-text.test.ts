import { decodings, encodedForms } from '../../src/errors/encoded-text';

const bytesOf = (text: string) => Buffer.from(text).toString('latin1');

/** What of the text each byte of this decoding comes from; undefined if the text is never decoded to it. */
function originsOf(text: string, decoded: string): string[] | undefined {
  for (const { bytes, startOf, endOf } of decodings(text)) {
    if (bytes === decoded) return Array.from(bytes, (_, at) => text.slice(startOf(at), endOf(at)));
  }
  return undefined;
}

test.each<[string, string, string[]]>([
  ['ab', 'ab', ['a', 'b']],
  ['aé', bytesOf('aé'), ['a', 'é', 'é']],
  ['😀!', bytesOf('😀!'), ['😀', '😀', '😀', '😀', '!']],
  ['a%41%e9b', 'aA\xe9b', ['a', '%41', '%e9', 'b']],
  ['é%4Fé', bytesOf('éOé'), ['é', 'é', '%4F', 'é', 'é']],
  ['a\\u0041\\u00E9', `aA${bytesOf('é')}`, ['a', '\\u0041', '\\u00E9', '\\u00E9']],
  ['\\ud83d\\uDE00a', `${bytesOf('😀')}a`, [...Array(4).fill('\\ud83d\\uDE00'), 'a']],
  ['\\u0041\\u0042', 'AB', ['\\u0041', '\\u0042']],
  ['\\x41\\X4f', 'AO', ['\\x41', '\\X4f']],
  ['\\b\\f\\n\\r\\t', '\b\f\n\r\t', ['\\b', '\\f', '\\n', '\\r', '\\t']],
  ['\\"\\\\\\/\\a', '"\\/a', ['\\"', '\\\\', '\\/', '\\a']],
  ['&#65;&#x4f;&#X4F', 'AOO', ['&#65;', '&#x4f;', '&#X4F']],
  ['&amp;&lt;&gt;&quot;&apos;&AMP', `&<>"'&`, ['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&AMP']],
  ['&nbsp;', bytesOf('\u00a0'), ['&nbsp;', '&nbsp;']],
  ['&#1114111;', bytesOf('\u{10ffff}'), Array(4).fill('&#1114111;')],
  ['a&#1114112;b', 'ab', ['a', 'b']],
  ['%2541b', 'Ab', ['%2541', 'b']],
  ['%5cu0041', 'A', ['%5cu0041']],
  ['&amp;#65;', 'A', ['&amp;#65;']],
])('%j can be read as %j', (text, decoded, origins) => {
  expect(originsOf(text, decoded)).toEqual(origins);
});

test.each(['100%', '%4', '%zz', 'a\\', '\\u004', '\\x4', 'a\\\n', '\\\r', '&#;', '&copy;', '& amp;', '#65;'])(
  '%j has nothing to decode',
  (text) => {
    expect(Array.from(decodings(text), ({ bytes }) => bytes)).toEqual([text]);
  },
);

test('what is encoded four times is found, and no more', () => {
  const encoded = (times: number) => `%${'25'.repeat(times - 1)}41`;
  expect(originsOf(encoded(4), 'A')).toEqual([encoded(4)]);
  expect(originsOf(encoded(5), 'A')).toBeUndefined();
});

test('a text that can be read in many ways is read in forty of them', () => {
  const encoders = [
    (text: string) =>
      text.replace(/./gs, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`),
    (text: string) =>
      text.replace(/./gs, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`),
    (text: string) => text.replace(/./gs, (letter) => `&#${letter.charCodeAt(0)};`),
  ];
  let texts = ['x'];
  for (let times = 0; times < 4; times++) {
    texts = texts.flatMap((text) => encoders.map((encode) => encode(text)));
  }
  const readings = Array.from(decodings(texts.join(' ')), ({ bytes }) => bytes);
  expect(readings.length).toBe(40);
  expect(new Set(readings).size).toBe(40);
});

test('in base64 a text is found wherever it stands, in each spelling and both alphabets', () => {
  const text = 'say "é >>>???" twice';
  const forms = encodedForms(text);
  expect(forms).toContain(bytesOf(text));
  expect(forms).toContain(bytesOf('say+"é+>>>???"+twice'));
  const spellings = [
    text,
    'say%20%22%C3%A9%20%3E%3E%3E%3F%3F%3F%22%20twice',
    'say+%22%C3%A9+%3E%3E%3E%3F%3F%3F%22+twice',
    'say \\"é >>>???\\" twice',
  ];
  for (const spelling of spellings) {
    for (const before of ['', 'a', 'ab', 'abc']) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const echo = Buffer.from(`${before}${spelling}more`).toString(alphabet);
        const longest = forms.filter((form) => echo.includes(form)).map((form) => form.length);
        // Only the characters that also depend on what is around it are left out.
        expect(Math.max(...longest)).toBeGreaterThanOrEqual(
          Math.floor((Buffer.byteLength(spelling) * 4) / 3) - 1,
        );
      }
    }
  }
});

test('half a character does not stop it', () => {
  const form = Buffer.from('%EF%BF%BDsecret').toString('base64').slice(0, 18);
  expect(encodedForms('\ud83dsecret').some((text) => text.startsWith(form))).toBe(true);
});
