import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const sandbox = join(__dirname, '../../../src/sandbox');
const inbox = join(sandbox, 'inbox');

/** Every import of one source file by another, as paths without extension. */
const imports = readdirSync(sandbox, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.m?ts$/.test(name))
  .map((name) => join(sandbox, name))
  .flatMap((file) =>
    ts
      .preProcessFile(readFileSync(file, 'utf8'), true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => ({ from: file.replace(/\.m?ts$/, ''), to: join(dirname(file), fileName) })),
  );

const isInbox = (file: string) => file.startsWith(`${inbox}/`);

test('the sandbox imports one file of the inbox, once', () => {
  const entries = imports.filter(({ from, to }) => !isInbox(from) && isInbox(to));
  expect(entries.map(({ to }) => relative(inbox, to))).toEqual(['app']);
});

test('one file of the inbox imports from the sandbox', () => {
  const exits = imports.filter(({ from, to }) => isInbox(from) && !isInbox(to));
  expect([...new Set(exits.map(({ from }) => relative(inbox, from)))]).toEqual(['sandbox']);
});
