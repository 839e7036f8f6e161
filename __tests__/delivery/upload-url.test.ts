import { isUploadUrl } from '../../src/delivery/upload-url';
import { fc } from '../support/fast-check';

const GRAPH = 'https://graph.microsoft.com';
const SANDBOX = 'http://127.0.0.1:3000';

test.each([
  'https://outlook.office.com/api/v2.0/Users/1/AttachmentSessions/2?authtoken=3',
  'https://graph.microsoft.com/v1.0/upload',
  'https://a.b.c.example.xn--p1ai/upload',
  'https://uploads_1.example.com:443/',
  'https://uploads.x/',
  'https://uploads.local.example.com/',
])('given a public endpoint %s is good', (url) => {
  expect(isUploadUrl(url, GRAPH)).toBe(true);
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const publicName = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('com', 'net', 'example', 'de', 'xn--p1ai'),
  )
  .map(([labels, top]) => [...labels, top].join('.'))
  // A label of punycode has a grammar of its own.
  .filter((name) => URL.canParse(`https://${name}`));

test('given a public endpoint any public name on the usual port is good', () => {
  fc.assert(
    fc.property(publicName, fc.webPath(), (name, path) => {
      expect(isUploadUrl(`https://${name}/x${path}`, GRAPH)).toBe(true);
    }),
  );
});

const octet = fc.integer({ min: 0, max: 255 });
const number = (value: number) =>
  fc.constantFrom(
    String(value),
    `0x${value.toString(16)}`,
    `0X${value.toString(16)}`,
    `0${value.toString(8)}`,
  );
/** Each of the ways in which the parts of an IPv4 address may be written: fewer parts than four, and other bases. */
const ipv4 = fc
  .tuple(fc.constantFrom([127, 0, 0, 1], undefined), octet, octet, octet, octet)
  .chain(([own, ...bytes]) => {
    const [a = 0, b = 0, c = 0, d = 0] = own ?? bytes;
    const forms = [
      [a, b, c, d],
      [a, b, c * 256 + d],
      [a, b * 65536 + c * 256 + d],
      [((a * 256 + b) * 256 + c) * 256 + d],
    ];
    return fc.oneof(
      ...forms.map((parts) => fc.tuple(...parts.map(number)).map((written) => written.join('.'))),
    );
  })
  .chain((address) => fc.constantFrom(address, `${address}.`));
const ipv6 = fc
  .oneof(
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc.constantFrom('::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', 'fe80::1'),
  )
  .map((address) => `[${address}]`);
const localName = fc.oneof(
  label,
  label.map((name) => `${name}.`),
  publicName.map((name) => `${name}.`),
  fc.constantFrom(
    'localhost',
    'LOCALHOST',
    'localhost.',
    'localhost.localdomain',
    'ｌocalhost',
    'local%68ost',
  ),
  fc
    .tuple(label, fc.constantFrom('localhost', 'local', 'internal', 'lan', 'home.arpa'))
    .map((labels) => labels.join('.')),
  fc.constantFrom('metadata.google.internal'),
);

test('given a public endpoint no address and no local name is good, however it is spelt', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6, localName), fc.constantFrom('', ':443'), (host, port) => {
      expect(isUploadUrl(`https://${host}${port}/upload?token=1`, GRAPH)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  'http://outlook.office.com/upload',
  'ftp://outlook.office.com/upload',
  'https://outlook.office.com:8443/upload',
  'https://outlook.office.com:80/upload',
  'https://user@outlook.office.com/upload',
  'https://user:pass@outlook.office.com/upload',
  'https://:pass@outlook.office.com/upload',
  'https://outlook.office.com@127.0.0.1/upload',
  'https://127.0.0.1\\@outlook.office.com/upload',
  'https://outlook..office.com/upload',
  'https://home.arpa/upload',
  'https://',
  'file:///etc/passwd',
  'data:text/plain,x',
  '/upload',
  '//outlook.office.com/upload',
  '',
])('given a public endpoint %j is not', (url) => {
  expect(isUploadUrl(url, GRAPH)).toBe(false);
});

test('given an endpoint on this machine it may be on any port of this machine, in the clear too', () => {
  for (const endpoint of [SANDBOX, 'http://localhost:80', 'https://[::1]:8443']) {
    for (const host of ['127.0.0.1', '127.1.2.3', '127.0.100.1', 'localhost', '[::1]', '0x7f.1']) {
      for (const origin of [`http://${host}:4000`, `https://${host}`]) {
        expect(isUploadUrl(`${origin}/upload`, endpoint)).toBe(true);
      }
      expect(isUploadUrl(`ftp://${host}/upload`, endpoint)).toBe(false);
      expect(isUploadUrl(`http://user@${host}/upload`, endpoint)).toBe(false);
    }
    expect(isUploadUrl('https://outlook.office.com/upload', endpoint)).toBe(true);
    for (const url of [
      'http://outlook.office.com/upload',
      'http://notlocalhost/',
      'http://127.0.0.1.example.com/',
      'http://10.0.0.1/',
      'https://10.0.0.1/',
      'https://db/',
    ]) {
      expect(isUploadUrl(url, endpoint)).toBe(false);
    }
  }
});

test('given an endpoint on a port of its own uploads may be on that port of another host', () => {
  const endpoint = 'https://graph.example.com:8443';
  expect(isUploadUrl('https://uploads.example.com:8443/upload', endpoint)).toBe(true);
  expect(isUploadUrl('https://uploads.example.com/upload', endpoint)).toBe(true);
  expect(isUploadUrl('https://uploads.example.com:9443/upload', endpoint)).toBe(false);
  expect(isUploadUrl('http://uploads.example.com:8443/upload', endpoint)).toBe(false);
  // A port for plain HTTP says nothing about encrypted connections.
  expect(isUploadUrl('https://uploads.example.com:8080/', 'http://graph.example.com:8080')).toBe(false);
});

test('given a sandbox on another machine, uploads go there and nowhere else', () => {
  const endpoint = 'http://sandbox:3000';
  expect(isUploadUrl('http://sandbox:3000/upload', endpoint, true)).toBe(true);
  for (const url of ['https://outlook.office.com/upload', 'http://sandbox:3001/', 'https://sandbox:3000/']) {
    expect(isUploadUrl(url, endpoint, true)).toBe(false);
  }
});

test.each([
  'https://10.1.2.3',
  'https://graph-gateway',
  'https://graph.corp.internal:8443',
  'http://sandbox:3000',
])(
  'given an endpoint without a public name, %s, uploads may go there, and nowhere else inside',
  (endpoint) => {
    expect(isUploadUrl(`${endpoint}/upload`, endpoint)).toBe(true);
    expect(isUploadUrl('https://outlook.office.com/upload', endpoint)).toBe(true);
    for (const url of ['https://127.0.0.1/', 'http://localhost/', 'https://10.1.2.4/', 'https://database/']) {
      expect(isUploadUrl(url, endpoint)).toBe(false);
    }
  },
);
