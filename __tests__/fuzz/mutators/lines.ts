import { insertAt, linesOf, type Mutator } from '../mutator';

export const lineMutators: Record<string, Mutator> = {
  'delete a line': changeLines((lines, at) => {
    lines.splice(at, 1);
  }),
  'repeat a line': changeLines((lines, at) => {
    lines.splice(at, 0, lines[at] ?? '');
  }),
  'swap two lines': changeLines((lines, at, other) => {
    [lines[at], lines[other]] = [lines[other] ?? '', lines[at] ?? ''];
  }),
  'move a line': changeLines((lines, at, other) => {
    lines.splice(other, 0, ...lines.splice(at, 1));
  }),
  'join two lines': changeLines((lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/\r?\n$/, '');
  }),
  'end a line otherwise': (text, random) => {
    const end = random.pick([
      '\n',
      '\r',
      '\r\r\n',
      '\n\r',
      ' \r\n',
      '\t\r\n',
      '\x0b\r\n',
      '\r\n \r\n',
    ] as const);
    return changeLines((lines, at) => {
      lines[at] = (lines[at] ?? '').replace(/\r?\n$/, end);
    })(text, random, []);
  },
  'begin a line otherwise': (text, random) => {
    const start = random.pick([' ', '\t', '\x0b', '\0', '\xef\xbb\xbf', '>', '.', '-', ':', '\xa0'] as const);
    return changeLines((lines, at) => {
      lines[at] = start + (lines[at] ?? '');
    })(text, random, []);
  },
  'insert a line': (text, random) => {
    const line = random.pick([
      '',
      ' ',
      '\t',
      ' \t ',
      '.',
      '--',
      'no field at all',
      'From sender Mon Jan  1 00:00:00 2026',
      '>From sender Mon Jan  1 00:00:00 2026',
      ' , evil@example.net',
      'Bcc: evil@example.net',
      'begin 644 a.png',
      '-----BEGIN PGP MESSAGE-----',
    ] as const);
    return changeLines((lines, at) => {
      lines.splice(at, 0, `${line}\r\n`);
    })(text, random, []);
  },
  'begin with a fold': (text, random) =>
    insertAt(
      text,
      0,
      `${random.pick([' , evil@example.net', ' ', '\t', ' x', ' :x', '\x0b:'] as const)}\r\n`,
    ),
  'end every line with LF': (text) => text.replaceAll('\r\n', '\n'),
  'begin with something else': (text, random) =>
    insertAt(
      text,
      0,
      random.pick([
        '\xef\xbb\xbf',
        'From sender@example.com Mon Jan  1 00:00:00 2026\r\n',
        '>From sender@example.com Mon Jan  1 00:00:00 2026\r\n',
        '\r\n',
        '\r\n\r\n',
        ' \r\n',
        ' , evil@example.net\r\n',
        '\t\r\n',
        ' folded\r\n',
        'From : x\r\n',
        ': x\r\n',
        '\xef\xbb\xbfFrom sender Mon Jan  1 00:00:00 2026\r\n',
      ] as const),
    ),
};

function changeLines(change: (lines: string[], at: number, other: number) => void): Mutator {
  return (text, random) => {
    const lines = linesOf(text);
    change(lines, random.int(lines.length), random.int(lines.length));
    return lines.join('');
  };
}
