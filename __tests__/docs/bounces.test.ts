import { EXCHANGE_CODES } from '../../src/bounces/exchange-codes';
import { kindOf } from '../../src/bounces/kind';
import { BOUNCE_NAMES, type ReportedFate } from '../../src/sandbox/mail/bounce-test';
import { PAGES } from '../support/pages';

/** The rows below a head, each as its cells. */
function rowsOf(page: string, head: string): string[][] {
  const [, rest = ''] = (PAGES.get(page) ?? '').split(`${head}\n`);
  return (rest.trimEnd().split('\n\n')[0] ?? '')
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const kindOfFate = ({ action, status, diagnostic }: ReportedFate) => {
  if (action === 'displayed') return 'read';
  return action === 'deleted' ? 'unread' : (kindOf({ action, status, diagnostic }) ?? '');
};

test('the page of the sandbox has the addresses at bounce.test', () => {
  expect(rowsOf('docs/sandbox.md', '| Address | `kind` | Status |').slice(0, -2)).toEqual(
    Object.entries(BOUNCE_NAMES).map(([name, fate]) => [
      `\`${name}@bounce.test\``,
      `\`${kindOfFate(fate)}\``,
      fate.status && `\`${fate.status}\``,
    ]),
  );
});

test("the page has Exchange's codes with their hints", () => {
  expect(rowsOf('docs/bounces.md', '| Code | What it means, and what to do | Source |')).toEqual(
    EXCHANGE_CODES.map(({ code, words, hint, source }) => {
      const codes = typeof code === 'string' ? `\`${code}\`` : `\`${code[0]}\` to \`${code[1]}\``;
      return [words ? `${codes} *` : codes, hint, source];
    }),
  );
});
