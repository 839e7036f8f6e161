import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTP_NAMES } from '../../src/options/option-names';
import { resolveOptions } from '../../src/options/resolve-options';
import { SANDBOX_RULES } from '../../src/sandbox';
import { ALL_PAGES, PAGES, tableOf } from '../support/pages';

const table = (...heads: string[]) => tableOf(ALL_PAGES, ...heads);

/** The names that a file of the source declares in one place, in order. */
function declared(file: string, where: RegExp, member: RegExp): string[] {
  const source = readFileSync(join(__dirname, '../../src', file), 'utf8')
    .replace(/@internal\s+\*\/[^\n]*\n[^\n]*/g, '*/')
    .replace(/\/\*\*.*?\*\//gs, '');
  const [, body = ''] = where.exec(source) ?? [];
  const members = [...body.matchAll(member)].map(([, name = '']) => name);
  expect(members.length).toBeGreaterThan(5);
  return members.sort();
}

/** What the transport says about settings that it does not know. */
function complaint(settings: object): string {
  try {
    resolveOptions(settings, {});
  } catch (error) {
    return String(error);
  }
  return '';
}

/** The names of all options, which it lists for a name that is like none of them. */
const optionNames = (/(?:\w+, ){10,}\w+/.exec(complaint({ 'unheard-of': 1 }))?.[0] ?? '').split(', ');

/** The names in a cell: its code spans. */
const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

test('the table of options has every option and no other', () => {
  const listed = table('Option', 'Environment', 'Default', 'Meaning').flatMap(([name]) => namesIn(name));
  expect([...listed].sort()).toEqual([...optionNames].sort());
});

test('the table of SMTP settings has all that are refused, and names the options for the others', () => {
  const ofTransport = table('SMTP setting', 'Here', 'Why').filter(
    ([setting = '', here = '']) => !setting.includes(', in a message') && /^(?:none$|`)/.test(here),
  );
  const names = ofTransport.flatMap(([setting = '', here]) =>
    namesIn(setting.split(':')[0]).filter((name) => !namesIn(here).includes(name)),
  );
  expect([...new Set(names)].sort()).toEqual([...SMTP_NAMES].sort());
  for (const name of names) expect(complaint({ [name]: 1 })).toContain(`these are SMTP settings: ${name};`);
});

test("the table of GitLab's settings names options that exist, and so does the error for each setting", () => {
  const rows = table('`gitlab.rb`', 'Here', 'Why');
  const meant = rows.filter(([, here]) => here !== 'none');
  expect(meant.flatMap(([, here]) => namesIn(here)).filter((name) => !optionNames.includes(name))).toEqual(
    [],
  );
  for (const [setting = '', here] of meant) {
    const [, name] = /`microsoft_graph_mailer_(\w+)`/.exec(setting) ?? [];
    if (name) expect(complaint({ [name]: 'x' })).toContain(`${name} is called ${namesIn(here)[0]} here`);
  }
});

test('the options of a message are all listed', () => {
  const [, list = ''] = /^It takes (.*)\.$/m.exec(PAGES.get('docs/options.md') ?? '') ?? [];
  const names = declared('options/message-options.ts', /const NAMES.*? = \[(.*?)\]/s, /'(\w+)'/g);
  expect(namesIn(list).sort()).toEqual(names);
});

test('the table of the result has all of its fields', () => {
  const listed = table('Field', 'Meaning').flatMap(([name]) => namesIn(name));
  expect(listed.sort()).toEqual(
    declared(
      'delivery/sent-info.ts',
      /interface GraphSentMessageInfo [^{]*\{\n(.*?)^\}/ms,
      /^ {2}(\w+)\??:/gm,
    ),
  );
});

const ERRORS = 'errors/graph-transport-error.ts';

test('the table of error codes has them all', () => {
  const listed = table('`code`', 'Meaning').flatMap(([name]) => namesIn(name));
  expect(listed.sort()).toEqual(declared(ERRORS, /type GraphTransportErrorCode =([^;]+);/, /'(\w+)'/g));
});

test("the table of an error's fields has them all", () => {
  const listed = table('Field', 'What it says').flatMap(([name]) => namesIn(name));
  const own = declared(ERRORS, /class GraphTransportError [^{]*\{\n(.*?)^\}/ms, /readonly (\w+)\??:/gm);
  expect(['code', ...listed].sort()).toEqual(['cause', ...own].sort());
});

test('every reason for the MIME route is in the table of routes', () => {
  const reasons = declared('mime/mail-content.ts', /export type LossReason =([^;]+);/, /'([^']+)'/g).map(
    (reason) => `\`${reason}\``,
  );
  const told = table('`routeReason` begins with', 'What JSON cannot carry').flatMap(([names = '']) =>
    names.split(', '),
  );
  expect([...told].sort()).toEqual(reasons.sort());
});

test('the table of rules is that of the sandbox', () => {
  expect(table('Rule', 'What the sandbox does', 'Evidence', 'Source')).toEqual(
    Object.entries(SANDBOX_RULES).map(([name, { rule, evidence, source = '' }]) => [
      `\`${name}\``,
      rule,
      evidence,
      source,
    ]),
  );
});

test('the live check says first that we have never run it on the service', () => {
  expect(PAGES.get('docs/live-check.md')).toMatch(
    /^# Live check\n\nWe have never run this on Microsoft's service/m,
  );
});
