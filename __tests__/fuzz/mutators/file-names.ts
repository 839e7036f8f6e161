import { anyBlock, changeField, headerBlocks, withField } from '../header-blocks';
import { type Mutator, utf8 } from '../mutator';

/** How a file is named, as a parameter that goes by `KEY`. */
const NAMES = [
  'KEY="plain.txt"',
  'KEY=plain.txt',
  'KEY=two words.txt',
  'KEY="two  spaces.txt"',
  'KEY="a;b.txt"',
  'KEY="a\\"b.txt"',
  'KEY="C:\\\\folder\\\\a.txt"',
  'KEY=C:\\folder\\a.txt',
  'KEY="../../etc/passwd"',
  'KEY="a(1).txt"',
  'KEY=a(1).txt',
  'KEY="caf\xe9.txt"',
  `KEY="${utf8('café.txt')}"`,
  `KEY="${utf8('caf\ufffd.txt')}"`,
  'KEY="=?utf-8?Q?caf=C3=A9.txt?="',
  'KEY==?utf-8?Q?caf=C3=A9.txt?=',
  'KEY="=?utf-8?B?Y2Fmw6kudHh0?="',
  'KEY="=?hz-gb-2312?Q?=7E{Dc:C=7E}.txt?="',
  'KEY="=?utf-8?Q?a=0D=0Ab=00.txt?="',
  "KEY*=utf-8''caf%C3%A9.txt",
  "KEY*=utf-8'en'caf%C3%A9.txt",
  "KEY*=iso-8859-1''caf%E9.txt",
  "KEY*=utf-8''caf%E9.txt",
  "KEY*=iso-2022-jp'ja'01%20Dij%8Aat.pdf",
  "KEY*=x-unknown''caf%E9.txt",
  "KEY*=utf-8''a%00b%0D%0Ac.txt",
  'KEY*=caf.txt',
  "KEY*=''caf.txt",
  "KEY*0*=utf-8''caf%C3; KEY*1*=%A9.txt",
  'KEY*0="one-"; KEY*1="two.txt"',
  'KEY*1="two.txt"; KEY*0="one-"',
  'KEY*0="one-"; KEY*2="three.txt"',
  'KEY="plain.txt"; KEY*=utf-8\'\'caf%C3%A9.txt',
  'KEY="one.txt"; KEY="two.txt"',
  'KEY=""',
  'KEY=',
  'KEY="  "',
  'KEY="."',
  'KEY="a\0b.txt"',
  'KEY="a\tb.txt"',
  'KEY="a\x7fb.txt"',
  'KEY="unfinished.txt',
  "KEY='single.txt'",
  'KEY="a.txt" trailing',
  'KEY="a.txt" (comment)',
  'KEY = "spaced.txt"',
  `KEY="${'long'.repeat(80)}.txt"`,
  `KEY="${utf8('\u202Egnp.exe')}"`,
  'KEY="smime.p7m"',
  'KEY="winmail.dat"',
  'KEY="folded\r\n name.txt"',
] as const;

const TYPES = [
  'text/plain',
  'text/html',
  'text/csv',
  'application/pdf',
  'image/png',
  'message/rfc822',
  'text',
  '',
  '=?utf-8?Q?text=0D=0A/plain?=',
  'text/plain\0',
  'a/b/c',
  'IMAGE/PNG',
  'application/octet-stream',
] as const;
const DISPOSITIONS = [
  'attachment',
  'inline',
  'INLINE',
  'form-data',
  'x-unknown',
  '',
  'attachment;',
  '"attachment"',
] as const;

export const fileNameMutators: Record<string, Mutator> = {
  'add a name': (text, random) =>
    changeField(text, /^content-(?:type|disposition):/i, random, (field) => {
      const key = /^content-type/i.test(field) ? 'name' : 'filename';
      return field.replace(/\r?\n$/, () => `; ${random.pick(NAMES).replaceAll('KEY', key)}\r\n`);
    }),
  'change a name': (text, random) =>
    changeField(text, /^content-[^:]*:[\s\S]*name\*?=/i, random, (field) => {
      const key = /^content-type/i.test(field) ? 'name' : 'filename';
      return field.replace(
        /(?:file)?name\*?=[\s\S]*/i,
        () => `${random.pick(NAMES).replaceAll('KEY', key)}\r\n`,
      );
    }),
  'add a disposition': (text, random) => {
    const name = random.chance(0.7) ? `; ${random.pick(NAMES).replaceAll('KEY', 'filename')}` : '';
    const field = `Content-Disposition: ${random.pick(DISPOSITIONS)}${name}`;
    return withField(text, random.pick(headerBlocks(text)), field, random);
  },
  'change a type': (text, random) =>
    changeField(text, /^content-type:/i, random, (field) =>
      field.replace(/:\s*[^;\r\n]*/, () => `: ${random.pick(TYPES)}`),
    ),
  'add a type': (text, random) =>
    withField(text, anyBlock(text, random), `Content-Type: ${random.pick(TYPES)}`, random),
};
