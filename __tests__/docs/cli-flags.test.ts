// docs/cli.md and each --help list the same flags, in the same words: both come from src/cli/flags.
import { COMMAND_FLAGS, FLAGS, type Flag, type FlagTable } from '../../src/cli/flags';
import { runCli } from '../support/cli-io';
import { PAGES } from '../support/pages';

const page = PAGES.get('docs/cli.md') ?? '';
const sections: [string, FlagTable][] = Object.entries(FLAGS);

/** Commands, flags and variables in a sentence, as the page shows them. */
function marked(text: string): string {
  return text.replace(/--[a-z][\w-]*|\.\/\.env|\b[A-Z]+(?:_[A-Z]+)+\b/g, '`$&`');
}

function rowOf(name: string, { short, value, sets, variable, help = '' }: Flag) {
  const label = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
  const meaning = variable ? `${help} (default: ${variable})` : help;
  return { start: `| \`${label}\` | ${marked(meaning)} |`, target: sets ? ` \`${sets}\` |` : ' |' };
}

/** The tables of the page whose rows are flags, each as its lines. */
const tables = page
  .split('\n\n')
  .filter((block) => /^\| `-/m.test(block))
  .map((block) => block.split('\n').filter((line) => /^\| `-/.test(line)));

test.each(sections.filter(([name]) => name !== 'ignored'))(
  'the page has each flag of the section %s once, in the words of its help',
  (_name, flags) => {
    const rows = Object.entries(flags)
      .filter(([, { help }]) => help !== undefined)
      .map(([name, flag]) => rowOf(name, flag));
    const hasTargets = Object.values(flags).some(({ sets }) => sets !== undefined);
    expect(tables).toContainEqual(rows.map(({ start, target }) => (hasTargets ? start + target : start)));
  },
);

test('the page has no other tables of flags', () => {
  expect(tables).toHaveLength(sections.length - 1);
});

test('every flag that the page speaks of exists', () => {
  const known = new Set(sections.flatMap(([, flags]) => Object.keys(flags)));
  const named = [...page.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('the page lists the commands that there are', () => {
  const listed = [...page.matchAll(/^\| `(\w+)` \| /gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(COMMAND_FLAGS).sort());
});

test.each<[string, FlagTable]>(Object.entries(COMMAND_FLAGS))(
  'the help of %s shows its flags, and no others',
  async (command, flags) => {
    const { stdout } = await runCli([command, '--help']);
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, name]) => name);
    const expected = Object.entries(flags).flatMap(([name, { help }]) => (help === undefined ? [] : [name]));
    expect(shown).toEqual(expected);
  },
);

test.each<[string, FlagTable]>(Object.entries(COMMAND_FLAGS))(
  'no two flags of %s have the same letter',
  (_command, flags) => {
    const letters = Object.values(flags).flatMap(({ short }) => short ?? []);
    expect(letters).toEqual([...new Set(letters)]);
  },
);

test('a flag that sections share means one thing in a command', () => {
  const shared = Object.keys(FLAGS.prove).filter((name) => name in FLAGS.connection);
  const ofSend = [FLAGS.message, FLAGS.sendmail, FLAGS.delivery, FLAGS.connection, FLAGS.ignored];
  const names = ofSend.flatMap((flags) => Object.keys(flags));
  expect(shared).toEqual([]);
  expect(names).toEqual([...new Set(names)]);
});
