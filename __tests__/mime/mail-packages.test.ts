import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { KNOWN_VERSIONS } from '../../src/mime/mail-packages';

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

const LATE = ['html-to-text', 'htmlparser2', 'encoding-japanese', 'linkify-it', 'iconv-lite'];

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
