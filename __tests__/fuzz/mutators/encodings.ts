import { anyBlock, changeField, withField } from '../header-blocks';
import { bodyStart, insertAt, type Mutator } from '../mutator';

const ENCODINGS = [
  'base64',
  'quoted-printable',
  '7bit',
  '8bit',
  'binary',
  'x-uuencode',
  'uuencode',
  'x-uue',
  'binhex',
  'mac-binhex40',
  'x-yenc',
  'x-unknown',
  '',
  'BASE64',
  '"base64"',
  'base64;',
  'base64 (comment)',
  '(comment) base64',
  'base64, 7bit',
  'base-64',
  'quoted printable',
  'utf-8',
] as const;

const CHARSETS = [
  'utf-8',
  'UTF8',
  'us-ascii',
  'iso-8859-1',
  'latin1',
  'latin9',
  'iso-8859-15',
  'windows-1252',
  'windows-1251',
  'koi8-r',
  'iso-2022-jp',
  'csISO2022JP',
  'cp50220',
  'cp50221',
  'iso-2022-kr',
  'iso-2022-cn',
  'shift_jis',
  'cp932',
  'euc-jp',
  'gb2312',
  'gb18030',
  'hz-gb-2312',
  'big5',
  'euc-kr',
  'ks_c_5601-1987',
  'utf-7',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'utf-32',
  'unicode',
  'ansi_x3.4-1968',
  'x-unknown',
  'cp437',
  'ibm850',
  'macintosh',
  'tis-620',
  'viscii',
  'johab',
  'default',
  '',
  '"utf-8',
  "utf-8''",
] as const;

/** Bytes of one charset or another. */
const TEXTS = [
  'caf\xe9',
  'caf\xc3\xa9',
  'caf\xc3',
  '\xa4\xb3\xa4\xf3 end',
  '\x1b$B$3$s$K$A$O\x1b(B',
  '\x1b$B$3$s',
  '\x1b$)C\x0e0!\x0f',
  '~{Dc:C~}',
  '+ZeVnLIqe-',
  '\xef\xbf\xbd',
  'caf\xef\xbf\xbd',
  '\xed\xa0\xbd',
  '\xf0\x9f\x98',
  '\xf0\x9f\x98\x80',
  'a\0b\x1bc\x07d',
  '\x81\x8d\x8f\x90\x9d',
  '\x80\x93quoted\x94',
  '\x0c page two',
  'a\x7fb',
  '\xff\xfeh\0i\0',
] as const;

const ENCODED_LINES = [
  'QUJD',
  'QUI=QUJD',
  'Q',
  '!!!!',
  'QUJD====',
  '=',
  '=ZZ',
  '=4',
  '= ',
  '=\t',
  '=3D=0D=0A',
  '====',
  'M0V%T',
] as const;

const UUENCODED = 'begin 644 a.png\r\n#0V%T\r\n`\r\nend\r\n';
const YENC = '=ybegin line=128 size=3 name=a.bin\r\nkln\r\n=yend size=3\r\n';

export const encodingMutators: Record<string, Mutator> = {
  'change a transfer encoding': (text, random) =>
    changeField(
      text,
      /^content-transfer-encoding:/i,
      random,
      () => `Content-Transfer-Encoding: ${random.pick(ENCODINGS)}\r\n`,
    ),
  'add a transfer encoding': (text, random) =>
    withField(text, anyBlock(text, random), `Content-Transfer-Encoding: ${random.pick(ENCODINGS)}`, random),
  'change a charset': (text, random) =>
    changeField(text, /^content-type:[\s\S]*charset/i, random, (field) =>
      field.replace(/charset\s*=\s*(?:"[^"]*"|[^\s;]*)/i, () => `charset=${random.pick(CHARSETS)}`),
    ),
  'add a charset': (text, random) =>
    changeField(text, /^content-type:/i, random, (field) =>
      field.replace(/\r?\n$/, () => `; charset=${random.pick(CHARSETS)}\r\n`),
    ),
  'insert text of a charset': (text, random) =>
    insertAt(text, bodyStart(text) + random.int(text.length - bodyStart(text) + 1), random.pick(TEXTS)),
  'replace the text': (text, random) => {
    const type = `Content-Type: text/${random.pick(['plain', 'html'] as const)}; charset=${random.pick(CHARSETS)}`;
    const header = text
      .slice(0, bodyStart(text))
      .replace(/^content-[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*/gim, '');
    return `${type}\r\nMIME-Version: 1.0\r\n${header}${random.pick(TEXTS)}\r\n`;
  },
  'insert an encoded line': (text, random) => {
    const starts = [...text.slice(bodyStart(text)).matchAll(/^/gm)].map(({ index }) => index);
    return insertAt(text, bodyStart(text) + (random.pick(starts) ?? 0), `${random.pick(ENCODED_LINES)}\r\n`);
  },
  'insert uuencode or yenc': (text, random) => {
    const starts = [...text.slice(bodyStart(text)).matchAll(/^/gm)].map(({ index }) => index);
    return insertAt(
      text,
      bodyStart(text) + (random.pick(starts) ?? 0),
      random.pick([UUENCODED, YENC] as const),
    );
  },
  'change the format': (text, random) =>
    changeField(text, /^content-type:\s*text/i, random, (field) =>
      field.replace(
        /\r?\n$/,
        () => `; ${random.pick(['format=flowed', 'format=flowed; delsp=yes', 'format=fixed'] as const)}\r\n`,
      ),
    ),
};
