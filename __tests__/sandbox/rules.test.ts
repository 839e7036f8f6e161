import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox, SANDBOX_RULES } from '../../src/sandbox';
import { FAULT_PRESETS } from '../../src/sandbox/inbox/fault-presets';
import { ask, askForToken, find, LUNCH, makeDraft, openSession, putRange, send } from './support';

const src = join(__dirname, '../../src/sandbox');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^rules[/.]/.test(file) && !file.startsWith('inbox'))
  .map((file) => readFileSync(join(src, file), 'utf8'))
  .join('\n');
const names = Object.keys(SANDBOX_RULES);
const rules = Object.entries(SANDBOX_RULES);

/** Rules that shape an answer are named where they do. */
const tagged = [...sources.matchAll(/\[rule: ([a-z-]+)\]/g)].map(([, name = '']) => name);

test('every rule is one that a refusal names, that shapes an answer, or that a fault of the inbox plays', () => {
  const played = FAULT_PRESETS.flatMap(({ presets }) => presets).flatMap(({ rule }) => rule ?? []);
  const unused = names.filter(
    (name) => !sources.includes(`'${name}'`) && ![...tagged, ...played].includes(name),
  );
  expect(unused).toEqual([]);
});

test('every rule that a place names is in the table', () => {
  expect(tagged.filter((name) => !names.includes(name))).toEqual([]);
  expect(tagged.length).toBeGreaterThan(12);
});

test.each(rules)(
  '%s is one sentence, and has a source unless it is ours',
  (_name, { rule, evidence, source }) => {
    expect(rule).toMatch(/^[A-Za-z$].*\.$/);
    expect(rule).not.toMatch(/\. [A-Z]|\n/);
    if (evidence === 'ours') expect(source).toBeUndefined();
    else
      expect(source).toMatch(
        /^(?:[\w.-]+\/[\w.-]+(?:#\d+)?|\w.+ docs: [\w-]+|\[MS-.*|.* limits|(?:recordings in|tests of) .*)$/,
      );
  },
);

test('no two rules say the same', () => {
  expect(new Set(rules.map(([, { rule }]) => rule)).size).toBe(names.length);
});

describe('a refused request shows the rule that it broke', () => {
  const limits = { sessionMinimumBytes: 10 };

  test('of Entra', async () => {
    const sandbox = createSandbox();
    await askForToken(sandbox, { client_secret: 'wrong' });
    expect(sandbox.requests).toMatchObject([{ status: 401, rule: 'entra-secret-wrong' }]);
  });

  test('of Graph', async () => {
    const sandbox = createSandbox();
    await send(sandbox, { ...LUNCH, toRecipients: [] });
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 400, rule: 'no-recipients' });
  });

  test('of an upload', async () => {
    const sandbox = createSandbox({ limits });
    const url = await openSession(sandbox, await makeDraft(sandbox));
    await putRange(sandbox, url, '56789', 'bytes 5-9/10');
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 416, rule: 'range-gap' });
  });

  test('of too many at once', async () => {
    const sandbox = createSandbox({ latency: 20 });
    const all = Array.from({ length: 5 }, () => find(sandbox, "internetMessageId eq '<a@b>'"));
    await Promise.all(all);
    expect(sandbox.requests.filter(({ status }) => status === 429)).toMatchObject([
      { rule: 'mailbox-concurrency' },
    ]);
  });

  test('beside the fault that it met', async () => {
    const sandbox = createSandbox();
    sandbox.failNext('create-draft', { kind: 'headers', headers: { 'x-a': 'b' } });
    await ask(sandbox, 'POST', 'messages', { subject: 1 });
    expect(sandbox.requests.at(-1)).toMatchObject({ rule: 'body-schema', fault: { kind: 'headers' } });
  });

  test('and none where it was carried out, or a fault came in its place', async () => {
    const sandbox = createSandbox();
    await send(sandbox, LUNCH);
    expect(sandbox.requests.at(-1)?.rule).toBeUndefined();
    sandbox.failNext('send-mail', { kind: 'answer', status: 404, code: 'ErrorInvalidUser' });
    await send(sandbox, LUNCH);
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 404, rule: undefined });
  });
});

test('no answer tells the rule over the wire', async () => {
  const sandbox = createSandbox();
  const refused = [
    await send(sandbox, { ...LUNCH, toRecipients: [] }),
    await askForToken(sandbox, { client_secret: 'wrong' }),
    await ask(sandbox, 'GET', 'nothing'),
  ];
  for (const answer of refused) {
    const { error } = await answer.clone().json();
    if (typeof error === 'object')
      expect(Object.keys(error).sort()).toEqual(['code', 'innerError', 'message']);
    const text = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
    expect(text).not.toMatch(/no-recipients|entra-secret-wrong|not-played|documented|reported|recorded/);
  }
});
