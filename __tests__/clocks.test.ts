import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const src = join(__dirname, '../src');
/** The transport has its clock and the sandbox, which shares no code with it, its own. */
const CLOCKS = ['clock.ts', 'sandbox/clock.ts'];
/** What the browser runs is not under our clock. */
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.m?ts$/.test(name) && !name.includes('/public/'),
);

const TIMERS = ['setTimeout', 'setInterval'];
const CALLS = ['Date.now', 'performance.now', 'process.hrtime', 'process.uptime', 'AbortSignal.timeout'];

/** Where a source asks the machine for the time, or has Node wait. */
function usesOf(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const tell = (node: ts.Node, what: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${name}:${line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const path = node.getText().replace(/^globalThis\./, '');
      const { text } = node.name;
      if (CALLS.includes(path)) tell(node, path);
      else if (TIMERS.includes(text)) tell(node, text);
    }
    // Also where it is passed on, imported under another name, or taken out of a module.
    if (ts.isIdentifier(node) && TIMERS.includes(node.text) && !ts.isPropertyAccessExpression(node.parent)) {
      tell(node, node.text);
    }
    const isDate = (callee: ts.Expression) => ts.isIdentifier(callee) && callee.text === 'Date';
    if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length) {
      tell(node, 'new Date()');
    }
    if (ts.isCallExpression(node) && isDate(node.expression)) tell(node, 'Date()');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('only the clocks ask the machine for the time or set its timers', () => {
  const elsewhere = files
    .filter((name) => !CLOCKS.includes(name))
    .flatMap((name) => usesOf(name, readFileSync(join(src, name), 'utf8')));
  expect(elsewhere).toEqual([]);
});

test('the clocks do so themselves', () => {
  for (const name of CLOCKS) {
    expect(usesOf(name, readFileSync(join(src, name), 'utf8'))).not.toEqual([]);
  }
});

test.each([
  ['Date.now()', 'Date.now'],
  ['const now = Date.now;', 'Date.now'],
  ['globalThis.Date.now()', 'Date.now'],
  ['new Date()', 'new Date()'],
  ['new Date', 'new Date()'],
  ['Date()', 'Date()'],
  ['performance.now()', 'performance.now'],
  ['setTimeout(act, 1)', 'setTimeout'],
  ['globalThis.setTimeout(act, 1)', 'setTimeout'],
  ['timers.setTimeout(1)', 'setTimeout'],
  ["import { setTimeout as sleep } from 'node:timers/promises';", 'setTimeout'],
  ["const { setInterval } = require('node:timers/promises');", 'setInterval'],
  ['AbortSignal.timeout(5)', 'AbortSignal.timeout'],
])('notices %s', (code, what) => {
  expect(usesOf('x.ts', code)).toEqual([`x.ts:1 ${what}`]);
});

test.each(['new Date(0)', 'Date.parse(text)', 'setImmediate(act)', '// Date.now()'])('allows %s', (code) => {
  expect(usesOf('x.ts', code)).toEqual([]);
});
