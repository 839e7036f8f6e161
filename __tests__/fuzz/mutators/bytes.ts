import { insertAt, type Mutator } from '../mutator';

const anywhere: Record<string, Mutator> = {
  'change a byte': (text, random) => {
    const at = random.int(text.length);
    return text.slice(0, at) + String.fromCharCode(random.int(256)) + text.slice(at + 1);
  },
  'insert a byte': (text, random) =>
    insertAt(text, random.int(text.length + 1), String.fromCharCode(random.int(256))),
  'insert a control': (text, random) =>
    insertAt(text, random.int(text.length + 1), String.fromCharCode(random.pick(CONTROLS))),
  'insert a special': (text, random) => insertAt(text, random.int(text.length + 1), random.pick(SPECIALS)),
  'delete a run': (text, random) => {
    const at = random.int(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.int(40));
  },
  'repeat a run': (text, random) => {
    const at = random.int(text.length);
    return insertAt(text, at, text.slice(at, at + 1 + random.int(200)));
  },
  'end early': (text, random) => text.slice(0, random.int(text.length)),
};

const CONTROLS = [0, 1, 7, 8, 9, 0x0b, 0x0c, 0x0d, 0x0a, 0x0e, 0x1b, 0x1f, 0x7f] as const;
const SPECIALS = [
  '\r\n',
  '\r\n\r\n',
  '\r',
  '\n',
  ' \r\n',
  ':',
  ';',
  ',',
  '"',
  '\\',
  '(',
  ')',
  '<',
  '>',
  '@',
  '=',
  '--',
  '=?',
  '?=',
  '\xa0',
  '\x85',
  '\xef\xbb\xbf',
  '\xe2\x80\xa8',
  '\xef\xbf\xbd',
  '\xff\xfe',
] as const;

export const byteMutators = anywhere;
