import { anyBlock, changeField, fieldsIn, headerBlocks, withField, withFields } from '../header-blocks';
import { type Mutator, utf8 } from '../mutator';
import type { Random } from '../random';

const VALUES = [
  '',
  ' ',
  'plain',
  'caf\xe9',
  utf8('café'),
  utf8('caf\ufffd'),
  '=?utf-8?Q?caf=C3=A9?=',
  '=?utf-8?Q?caf=C3?=',
  '=?utf-8?B?Y2Fmw6k=?= =?utf-8?B?Y2Fmw6k=?=',
  '=?utf-8?B?Y2Fm?= plain =?utf-8?Q?x?=',
  '=?utf-8?Q?a=0D=0ABcc:_evil@example.net?=',
  '=?utf-8?Q?a=00b=1Bc=7F?=',
  '=?hz-gb-2312?Q?=7E{Dc:C=7E}?=',
  '=?utf-7?Q?+ZeVnLIqe-?=',
  '=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=',
  '=?csISO2022JP?B?GyRCJDMkcxsoQg==?=',
  '=?x-unknown?Q?caf=E9?=',
  '=?utf-8?X?cafe?=',
  '=?utf-8?B?!!!?=',
  '=?utf-8?Q?unfinished',
  '=?us-ascii?Q?=E9?=',
  '=?utf-16?B?AGgAaQA=?=',
  'a\tb',
  'a\x0bb',
  'a\0b',
  'a\x7fb',
  'a\r\n b',
  'a\r\n \r\n b',
  'a\r\n\tb\r\n c',
  '"quoted \\" text"',
  '<id@example.com>',
  '<id@example.com> <id2@example.com>',
  'id@example.com',
  '<a b@example.com>',
  '<>',
  'high',
  '1 (Highest)',
  '5',
  'Company-Confidential',
  'Private',
  'red, "two, words", blue',
  '<https://example.com/u>, <mailto:u@example.com>',
  'auto-replied',
  'x'.repeat(1200),
  'word '.repeat(120),
] as const;

const NAMES = [
  'Subject',
  'Message-ID',
  'In-Reply-To',
  'References',
  'Keywords',
  'Importance',
  'X-Priority',
  'Priority',
  'X-MSMail-Priority',
  'Sensitivity',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-Help',
  'List-ID',
  'Auto-Submitted',
  'Precedence',
  'Comments',
  'Organization',
  'Date',
  'Return-Path',
  'DKIM-Signature',
  'Received',
  'MIME-Version',
  'Content-ID',
  'Content-Location',
  'Content-Description',
  'Content-Disposition',
  'Content-Language',
  'Content-Type',
  'X-Own',
  'X-Own-2',
  'X-Unsent',
  'X-Microsoft-Exchange-Organization-SCL',
  'x-',
  'X-\xe4',
  'X_Under',
  'Thread-Topic',
  'Authentication-Results',
  'X-MS-Exchange-Organization-AuthAs',
  'Resent-Message-ID',
  'Original-Recipient',
  'Expires',
] as const;

/** How a name is written where it should be `Name:`. */
const WRITINGS: readonly [(name: string) => string, ...((name: string) => string)[]] = [
  (name) => `${name} :`,
  (name) => `${name}\t:`,
  (name) => `${name}\x0b:`,
  (name) => `\x0b${name}:`,
  (name) => `${name}\r\n :`,
  (name) => `${name.toUpperCase()}:`,
  (name) => `${name}\0:`,
  (name) => `${name}\xa0:`,
  (name) => `\xef\xbb\xbf${name}:`,
  (name) => `${name}`,
  (name) => `${name};`,
  (name) => `:${name}:`,
  (name) => `${name}:\r\n `,
  (name) => `${name}:\r\n\r\n `,
  (name) => ` ${name}:`,
  (name) => `${name} x:`,
];

export const fieldMutators: Record<string, Mutator> = {
  'add a field': (text, random) =>
    withField(text, anyBlock(text, random), `${random.pick(NAMES)}: ${random.pick(VALUES)}`, random),
  'change the value of a field': (text, random) =>
    changeAny(text, random, (field) => field.replace(/:[\s\S]*/, () => `: ${random.pick(VALUES)}\r\n`)),
  'change the name of a field': (text, random) =>
    changeAny(text, random, (field) =>
      field.replace(/^[^:]*:/, (name) => random.pick(WRITINGS)(name.slice(0, -1))),
    ),
  'give a field the name of another': (text, random) =>
    changeAny(text, random, (field) => field.replace(/^[^:]*:/, () => `${random.pick(NAMES)}:`)),
  'delete a field': (text, random) => changeAny(text, random, () => ''),
  'repeat a field': (text, random) => changeAny(text, random, (field) => field + field),
  'repeat a field with another value': (text, random, others) =>
    changeAny(text, random, (field) => {
      const name = field.replace(/:[\s\S]*/, '');
      const other = random.pick(others) ?? '';
      const same = fieldsIn(other, random.pick(headerBlocks(other))).find((one) =>
        one.toLowerCase().startsWith(`${name.toLowerCase()}:`),
      );
      const added = same ?? `${name}: ${random.pick(VALUES)}\r\n`;
      return random.chance(0.5) ? field + added : added + field;
    }),
  'add a comment': (text, random) =>
    changeAny(text, random, (field) => {
      const places = [...field.matchAll(/[:;=,]|$/g)].map(({ index }) => index + 1);
      const at = Math.min(random.pick(places) ?? 0, field.trimEnd().length);
      const comment = random.pick([
        ' (a comment)',
        '(nested (comment))',
        ' (; boundary=c; name=d)',
        ' (open',
      ] as const);
      return field.slice(0, at) + comment + field.slice(at);
    }),
  'change the case of a field': (text, random) =>
    changeAny(text, random, (field) => (random.chance(0.5) ? field.toUpperCase() : field.toLowerCase())),
  'fold a field': (text, random) =>
    changeAny(text, random, (field) => {
      const at = random.int(field.length);
      return `${field.slice(0, at)}\r\n ${field.slice(at)}`;
    }),
  'unfold a field': (text, random) =>
    changeField(text, /\n[ \t]/, random, (field) => field.replace(/\r?\n(?=[ \t])/g, '')),
  'swap two fields': (text, random) => {
    const block = anyBlock(text, random);
    const fields = fieldsIn(text, block);
    const [one, other] = [random.int(fields.length), random.int(fields.length)];
    [fields[one], fields[other]] = [fields[other] ?? '', fields[one] ?? ''];
    return withFields(text, block, fields);
  },
  'six fields of its own': (text, random) => {
    const [block] = headerBlocks(text);
    const own = [1, 2, 3, 4, 5, 6].map((n) => `X-Own-${n}: ${random.pick(VALUES)}\r\n`);
    return withFields(text, block, [...fieldsIn(text, block), ...own]);
  },
};

function changeAny(text: string, random: Random, change: (field: string) => string): string {
  return changeField(text, /./, random, change);
}
