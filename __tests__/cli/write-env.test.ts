import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { writeEnvFile } from '../../src/cli/env-file';
import { mergeEnv } from '../../src/cli/merge-env';
import { fc } from '../support/fast-check';

const VARIABLES = { AZURE_TENANT_ID: 'new-tenant', GRAPH_ENDPOINT: 'http://127.0.0.1:4250' };

describe('merging variables into a file of them', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', 'AZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\n'],
    [
      'a line that is there, in its place',
      '# mail\nAZURE_TENANT_ID=old\n\nNAME=x\n',
      '# mail\nAZURE_TENANT_ID=new-tenant\n\nNAME=x\nGRAPH_ENDPOINT=http://127.0.0.1:4250\n',
    ],
    [
      'quotes, spaces, export and a comment behind it',
      'export AZURE_TENANT_ID = "old" # ours\nGRAPH_ENDPOINT=\'\'#x\n',
      'export AZURE_TENANT_ID = "new-tenant" # ours\nGRAPH_ENDPOINT=\'http://127.0.0.1:4250\'#x\n',
    ],
    [
      'line ends of Windows',
      'NAME=x\r\nAZURE_TENANT_ID=old\r\n',
      'NAME=x\r\nAZURE_TENANT_ID=new-tenant\r\nGRAPH_ENDPOINT=http://127.0.0.1:4250\r\n',
    ],
    [
      'a last line that has no end',
      'NAME=x\nAZURE_TENANT_ID=old',
      'NAME=x\nAZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250',
    ],
    [
      'a variable that is set twice, in both places',
      'AZURE_TENANT_ID=a\nAZURE_TENANT_ID=b\nGRAPH_ENDPOINT=\n',
      'AZURE_TENANT_ID=new-tenant\nAZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\n',
    ],
    [
      'a value of several lines with such a line in it, and a comment with one',
      'KEY="-----\nAZURE_TENANT_ID=inside\n-----"\n#GRAPH_ENDPOINT=x\n',
      'KEY="-----\nAZURE_TENANT_ID=inside\n-----"\n#GRAPH_ENDPOINT=x\nAZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\n',
    ],
    [
      'tabs, which Node takes for a part of the name',
      'AZURE_TENANT_ID\t=\told\nGRAPH_ENDPOINT=x\n',
      'AZURE_TENANT_ID\t=\tnew-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\nAZURE_TENANT_ID=new-tenant\n',
    ],
    [
      'a comment at the end',
      'NAME=x\n# AZURE_TENANT_ID=y',
      'NAME=x\n# AZURE_TENANT_ID=y\nAZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250',
    ],
    [
      'an indented comment at the end, which Node takes for the beginning of a name',
      'NAME=x\n  # y\n',
      'AZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\nNAME=x\n  # y\n',
    ],
    [
      'a last line without a name, which would spoil what follows it',
      'NAME=x\n=y\n',
      'AZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\nNAME=x\n=y\n',
    ],
  ])('keeps %s', (_what, text, expected) => {
    expect(mergeEnv(text, VARIABLES)).toBe(expected);
  });

  test.each<[string, string]>([
    ['it’s', 'A="it’s"'],
    ["it's", 'A="it\'s"'],
    ['a#b c', "A='a#b c'"],
    ['say "x" \\n', 'A=\'say "x" \\n\''],
    [`'"`, 'A=`\'"`'],
  ])('quotes %j so that Node reads it', (value) => {
    const merged = mergeEnv('A="old"\n', { A: value }) ?? '';
    expect(parseEnv(merged)).toEqual({ A: value });
  });

  test('gives up on a value that no quotes can hold', () => {
    expect(mergeEnv('', { A: '\'"`' })).toBeUndefined();
  });

  /** Whole pieces of files: those of other variables are to stay byte for byte. */
  const word = fc.stringMatching(/^[A-Za-z0-9_@.:/-]{0,12}$/);
  const lineEnd = fc.constantFrom('\n', '\r\n');
  const gap = fc.constantFrom('', ' ', '  ');
  const name = fc.stringMatching(/^[A-Z][A-Z_]{0,8}$/).map((text) => `MY_${text}`);
  const comment = fc.constantFrom('', ' # a comment', ' #AZURE_TENANT_ID=old');
  const quotedText = fc
    .tuple(
      fc.constantFrom('"', "'", '`'),
      fc.array(fc.constantFrom('x', ' ', '#', '\n', '=', '\nAZURE_TENANT_ID=inside\n')),
    )
    .map(([quote, parts]) => quote + parts.join('') + quote);
  const value = fc.oneof(word, quotedText, fc.constantFrom('"not closed"x', 'a b', '$HOME', 'ü'));
  const assignment = (names: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.constantFrom('', '', 'export '), names, gap, gap, values, comment)
      .map(
        ([before, key, left, right, content, after]) => `${before}${key}${left}=${right}${content}${after}`,
      );
  const others = fc.oneof(
    assignment(name, value),
    fc.constantFrom('', '# comment', '#GRAPH_ENDPOINT=x', '# "', "# it's"),
  );
  const ours = assignment(fc.constantFrom(...Object.keys(VARIABLES)), fc.oneof(word, quotedText));
  const piece = fc.oneof(
    others.map((text) => ({ text, isOurs: false })),
    ours.map((text) => ({ text, isOurs: true })),
  );
  const file = fc
    .tuple(fc.array(piece, { maxLength: 8 }), lineEnd, fc.boolean())
    .map(([pieces, end, hasEnd]) => ({
      pieces,
      text: pieces.map(({ text }) => text).join(end) + (hasEnd && pieces.length > 0 ? end : ''),
    }));
  const wanted = fc.record({
    AZURE_TENANT_ID: fc.oneof(
      word.filter(Boolean),
      fc.constantFrom('a b', 'a#b', "it's", '"x"', 'C:\\new', ' x '),
    ),
    GRAPH_ENDPOINT: fc.constant('http://127.0.0.1:4250'),
  });

  test('has them afterwards, and every other line byte for byte, whatever was in the file', () => {
    fc.assert(
      fc.property(file, wanted, ({ pieces, text }, variables) => {
        const merged = mergeEnv(text, variables);
        if (merged === undefined) throw new Error('it was given up');
        expect(parseEnv(merged)).toMatchObject(variables);
        const ofOthers = (env: object) => Object.entries(env).filter(([key]) => /^(?:export )?MY_/.test(key));
        expect(ofOthers(parseEnv(merged))).toEqual(ofOthers(parseEnv(text)));
        // Between the pieces that are not ours there is nothing but lines of ours.
        let at = 0;
        for (const { text: kept } of pieces.filter(({ isOurs }) => !isOurs)) {
          const found = merged.indexOf(kept, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + kept.length;
        }
        expect(merged.endsWith('\n')).toBe(text === '' || text.endsWith('\n'));
        expect(/\r\n/.test(merged)).toBe(/\r\n/.test(text));
        if (pieces.every(({ isOurs }) => !isOurs))
          expect(merged.startsWith(text) || merged.endsWith(text)).toBe(true);
        // Once more there is nothing to do.
        expect(mergeEnv(merged, variables)).toBe(merged);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writing variables to a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graph-write-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (name = '.env.local') => join(folder, name);
  const write = (name = '.env.local') => writeEnvFile(name, folder, VARIABLES);
  const LINES = 'AZURE_TENANT_ID=new-tenant\nGRAPH_ENDPOINT=http://127.0.0.1:4250\n';

  test('makes one that this user alone can read', () => {
    write();
    expect(readFileSync(file(), 'utf8')).toBe(LINES);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['.env.local']);
  });

  test('keeps the mode of one that is there, and every byte that is not text', () => {
    const bytes = Buffer.concat([Buffer.from('A=ü\nB='), Buffer.from([0xff, 0xa0, 0x0a])]);
    writeFileSync(file(), bytes);
    chmodSync(file(), 0o640);
    write();
    expect(readFileSync(file())).toEqual(Buffer.concat([bytes, Buffer.from(LINES)]));
    expect(statSync(file()).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['.env.local']);
  });

  test('replaces it at once: who has it open reads the old one to its end', () => {
    writeFileSync(file(), 'A=1\n');
    const { ino } = statSync(file());
    write();
    expect(statSync(file()).ino).not.toBe(ino);
  });

  test('leaves it alone where nothing changes', () => {
    writeFileSync(file(), LINES);
    const { ino, mtimeMs } = statSync(file());
    write();
    expect(statSync(file())).toMatchObject({ ino, mtimeMs });
  });

  test('changes the file that a link leads to, and leaves the link', () => {
    mkdirSync(file('shared'));
    writeFileSync(file('shared/env'), 'A=1\n');
    symlinkSync('shared/env', file());
    write();
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(readFileSync(file('shared/env'), 'utf8')).toBe(`A=1\n${LINES}`);
    expect(readdirSync(file('shared'))).toEqual(['env']);
  });

  test('makes nothing where a link leads nowhere', () => {
    symlinkSync('elsewhere', file());
    expect(() => write()).toThrow(
      'Cannot write the variables to .env.local: it is a link that leads nowhere.',
    );
    expect(readdirSync(folder)).toEqual(['.env.local']);
  });

  test.each<[string, () => void, RegExp]>([
    ['a folder', () => mkdirSync(file()), /it is not a file/],
    ['a folder that is not there', () => undefined, /ENOENT/],
    [
      'text in UTF-16',
      () => writeFileSync(file(), Buffer.from('\ufeffA=1\n', 'utf16le')),
      /is it text, in UTF-8/,
    ],
  ])('says what is wrong with %s, and changes nothing', (what, make, why) => {
    make();
    const before = readdirSync(folder).map((name) => statSync(file(name)).mtimeMs);
    expect(() => write(what.endsWith('there') ? 'no/.env' : undefined)).toThrow(why);
    expect(readdirSync(folder).map((name) => statSync(file(name)).mtimeMs)).toEqual(before);
  });
});
