import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Load } from '../../src/late-packages';
import { KNOWN_VERSIONS, lateIconv, lateLinkify } from '../../src/mime/mail-packages';

const typescript = join(__dirname, '../support/typescript.cjs');
const source = JSON.stringify(join(__dirname, '../../src/mime/mail-packages.ts'));

/** What a new process prints: Jest's own modules take no stand-ins. */
function printed(script: string): string {
  return execFileSync(process.execPath, ['--require', typescript, '-e', script], { encoding: 'utf8' });
}

/** The packages that the process of a script has loaded at its end. */
function packagesLoadedBy(script: string): string[] {
  const list = `${script};
    console.log(JSON.stringify(Object.keys(require.cache).map((name) => name.split(/node_modules[/\\\\]/).at(-1))))`;
  const files: string[] = JSON.parse(printed(list));
  return [...new Set(files.map((file) => file.split(/[/\\]/)[0] ?? ''))];
}

const LATE = ['html-to-text', 'htmlparser2', 'he', 'encoding-japanese', 'linkify-it', 'iconv-lite'];

test('the versions that the stand-ins were made for are installed', () => {
  expect({
    mailparser: require('mailparser/package.json').version,
    libmime: require('libmime/package.json').version,
  }).toEqual(KNOWN_VERSIONS);
});

test('what reading a message does not take is not loaded with mailparser', () => {
  const loaded = packagesLoadedBy(`require(${source})`);
  expect(loaded).toEqual(expect.arrayContaining(['mailparser', 'libmime']));
  expect(loaded.filter((name) => LATE.includes(name))).toEqual([]);
});

test('the list of file types is loaded when a file has no name', () => {
  const lists = (script: string) =>
    printed(`const packages = require(${source}); ${script};
      console.log(Object.keys(require.cache).filter((name) => /libmime.*mimetypes/.test(name)).length)`);
  expect(lists('')).toBe('0\n');
  expect(lists("console.log(packages.libmime.detectExtension('image/png'))")).toBe('png\n1\n');
  expect(lists("console.log(packages.libmime.detectMimeType('a.ics'))")).toBe('text/calendar\n1\n');
});

test('another version of mailparser is loaded whole', () => {
  const script = `require('mailparser/package.json').version = '3.99.0'; require(${source})`;
  expect(packagesLoadedBy(script)).toEqual(expect.arrayContaining(LATE));
});

test('the app that loads one of the late packages gets the package itself', () => {
  const script = `require(${source}); console.log(require('linkify-it')().tlds('onion', true).test('a.onion'))`;
  expect(printed(script)).toBe('true\n');
});

/** Compares two processes: one has mailparser from here, in the other the app has loaded it first. */
function expectSame(script: string): void {
  const late = printed(`const packages = require(${source}); ${script}`);
  const whole = printed(`require('mailparser'); const packages = require(${source}); ${script}`);
  expect(late.length).toBeGreaterThan(100);
  expect(late).toBe(whole);
}

test('mailparser reads HTML, links and mentions as it does when it is loaded whole', () => {
  expectSame(`
    const mail = (type, body) => 'From: Ann <ann@example.com>\\r\\nContent-Type: ' + type + '\\r\\n\\r\\n' + body;
    const mails = [
      mail('text/html', '<h1>Hi</h1><p>See <a href="https://example.com/a">this</a></p>'.repeat(3)),
      mail('text/plain', 'See example.photography, git://example.com/a, ftp://example.com, @ann, @@ann, ann@example.onion'),
      mail('text/plain; charset=iso-2022-jp', '\\x1b$B$3$s\\x1b(B'),
    ];
    (async () => {
      for (const mail of mails) {
        const { text, html, textAsHtml } = await packages.simpleParser(Buffer.from(mail, 'latin1'));
        console.log(JSON.stringify({ text, html, textAsHtml }));
      }
    })();`);
});

test('libmime decodes every charset as it does when it is loaded whole, however the bytes arrive', () => {
  expectSame(`
    const { createHash } = require('node:crypto');
    const charsets = ['gbk', 'gb18030', 'gb2312', 'big5', 'shift_jis', 'euc-jp', 'euc-kr', 'iso-2022-jp', 'utf-16',
      'utf-16le', 'utf-16be', 'utf-32', 'utf-32be', 'utf-7', 'utf7imap', 'unicode-1-1-utf-7', 'base64', 'hex',
      'windows-1252', 'koi8-r', 'latin1', 'ascii', 'utf-8', 'x-unknown'];
    let seed = 7;
    const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
    (async () => {
      for (const charset of charsets) {
        const hash = createHash('sha256');
        for (let n = 0; n < 40; n++) {
          const bytes = Buffer.from(Array.from({ length: random(600) }, () => (n % 2 ? random(256) : 0x20 + random(224))));
          hash.update(packages.libmime.decodeWord(charset, 'B', bytes.toString('base64')));
          const stream = packages.libmime.createDecodeStream(charset);
          const decoded = [];
          stream.on('data', (chunk) => decoded.push(chunk));
          const end = new Promise((resolve) => stream.on('end', resolve));
          for (let at = 0; at < bytes.length; ) {
            const length = 1 + random(9);
            stream.write(bytes.subarray(at, at + length));
            at += length;
          }
          stream.end();
          await end;
          hash.update(Buffer.concat(decoded));
        }
        console.log(charset, hash.digest('hex'));
      }
    })();`);
});

/** Loads a package, and counts how often. */
function counted(holder: object): { load: Load; loads: () => number } {
  let loads = 0;
  const load: Load = () => {
    loads++;
    return Reflect.get(holder, 'package');
  };
  return { load, loads: () => loads };
}

test('a late finder of links is set up when it first looks for some, as it was told, and only once', () => {
  const steps: unknown[][] = [];
  const finder: Record<string, unknown> = {
    found: 'http:',
    test(this: unknown, text: string) {
      return this === finder && text === 'a.onion';
    },
  };
  for (const name of ['tlds', 'add', 'set']) {
    finder[name] = (...args: unknown[]) => {
      steps.push([name, ...args]);
      return finder;
    };
  }
  const { load, loads } = counted({ package: () => finder });
  const late = Object(lateLinkify(load));
  expect(late.tlds('onion', true).add('git:', 'http:').set({ fuzzyIP: true })).toBe(late);
  expect(loads()).toBe(0);
  expect([late.test('a.onion'), late.test('a.b'), late.found]).toEqual([true, false, 'http:']);
  expect(steps).toEqual([
    ['tlds', 'onion', true],
    ['add', 'git:', 'http:'],
    ['set', { fuzzyIP: true }],
  ]);
  // From here on it is the finder itself that is told.
  expect(late.add('ftp:')).toBe(finder);
  expect(steps).toHaveLength(4);
  expect(loads()).toBe(1);
});

test('a finder of links that has no such step is used without it', () => {
  const { load } = counted({ package: () => ({ test: () => true }) });
  const late = Object(lateLinkify(load));
  expect(late.tlds('onion').test()).toBe(true);
});

test('codecs that libmime asks for while it is loaded are recognised afterwards', () => {
  const utf8 = { decoder: {} };
  const alike = { decoder: utf8.decoder };
  const other = { decoder: {} };
  const codecs = new Map([
    ['utf8', utf8],
    ['utf-8', utf8],
    ['unicode', alike],
    ['latin1', other],
    ['base64', { decoder: {} }],
  ]);
  const iconv = { getCodec: (name: string) => codecs.get(name), decode: 'decode' };
  const { load, loads } = counted({ package: iconv });
  let isLoading = true;
  const late = Object(lateIconv(load, () => isLoading));
  const [base64, known] = [late.getCodec('base64'), late.getCodec('utf8')];
  expect(late.getCodec('utf8')).toBe(known);
  expect(known).not.toBe(base64);
  expect(known.decoder).not.toBe(base64.decoder);
  expect([late.__esModule, loads()]).toEqual([undefined, 0]);
  isLoading = false;
  expect(late.getCodec('utf-8')).toBe(known);
  expect(late.getCodec('base64')).toBe(base64);
  // Of its own, but with the decoder that libmime compares.
  expect(late.getCodec('unicode')).not.toBe(known);
  expect(late.getCodec('unicode').decoder).toBe(known.decoder);
  expect(late.getCodec('unicode')).toBe(late.getCodec('unicode'));
  expect(late.getCodec('latin1')).toBe(other);
  expect(late.decode).toBe('decode');
});
