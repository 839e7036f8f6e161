import { createSandbox } from '../../src/sandbox';
import { REQUEST_NAMES } from '../../src/sandbox/http/route';
import { PAGES } from '../support/pages';

const page = PAGES.get('docs/sandbox.md') ?? '';

/** What is in code in the list that follows this line. */
function namesAfter(line: string): string[] {
  const [, list = ''] = page.split(`${line}\n\n`);
  return [...(list.split('\n\n')[0] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
}

test('the page has the names of all requests that can fail', () => {
  const [, line = ''] = /^(.*The names are:)$/m.exec(page) ?? [];
  expect(namesAfter(line).sort()).toEqual([...REQUEST_NAMES].sort());
});

test('every kind of fault that the page names is one', () => {
  const kinds = namesAfter('A fault is one of these:');
  expect(kinds).toHaveLength(10);
  for (const kind of kinds) {
    const fault: unknown = { kind };
    let told = '';
    try {
      Reflect.apply(createSandbox().failNext, undefined, ['send-mail', fault]);
    } catch (error) {
      told = String(error);
    }
    expect([kind, told]).toEqual([kind, expect.not.stringMatching(/\bkind\b/)]);
  }
});
