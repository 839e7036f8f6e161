import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { createSecureContext, type TlsOptions, tlsProblems } from '../../src/options/tls-options';
import { temporaryFolder } from '../support/temporary-folder';
import { TLS } from '../support/tls';

const folder = temporaryFolder();
const getCACertificates: unknown = Reflect.get(tls, 'getCACertificates');
let contexts: jest.SpyInstance;

beforeEach(() => {
  // Older Nodes do not list what they trust.
  Reflect.set(tls, 'getCACertificates', undefined);
  contexts = jest.spyOn(tls, 'createSecureContext').mockReturnValue({ context: undefined });
});
afterEach(() => {
  contexts.mockRestore();
  if (getCACertificates === undefined) Reflect.deleteProperty(tls, 'getCACertificates');
  else Reflect.set(tls, 'getCACertificates', getCACertificates);
});

/** What Node is given for these options. */
function given(options: TlsOptions, env: Record<string, string> = {}): unknown {
  createSecureContext(options, env);
  return contexts.mock.lastCall?.[0];
}

test('certificates are text or bytes, and each of several has to be one', () => {
  const bytes = Buffer.from(TLS.ca);
  for (const ca of [TLS.ca, bytes, [TLS.ca, bytes], undefined]) expect(tlsProblems({ ca })).toEqual([]);
  const garbled = TLS.ca.replace(/[A-Za-z]{20}/, 'AAAAAAAAAAAAAAAAAAAA');
  for (const ca of [[TLS.ca, 'x'], garbled, 5, { includes: () => true }, [TLS.ca, null]]) {
    expect(tlsProblems({ ca })).toEqual(['tls.ca must be one or more certificates in PEM']);
  }
});

test('the options of tls are these two', () => {
  expect(tlsProblems({ zzz: 1 })).toEqual([
    'Unknown option "tls.zzz". The options are tls.ca, tls.minVersion.',
  ]);
  expect(tlsProblems({ zzz: undefined })).toEqual([]);
});

test('an authority is trusted in addition to those that Node trusts', () => {
  expect(given({ ca: TLS.ca })).toEqual({ ca: [...tls.rootCertificates, TLS.ca] });
  expect(given({ ca: [TLS.ca, TLS.ca] })).toEqual({ ca: [...tls.rootCertificates, TLS.ca, TLS.ca] });
  expect(given({ minVersion: 'TLSv1.3' })).toEqual({ minVersion: 'TLSv1.3' });
  expect(given({})).toEqual({});
});

test('those of NODE_EXTRA_CA_CERTS stay trusted, if that file can be read', () => {
  const extra = join(folder(), 'extra.pem');
  writeFileSync(extra, 'extra');
  const trusted = [...tls.rootCertificates, Buffer.from('extra'), TLS.ca];
  expect(given({ ca: TLS.ca }, { NODE_EXTRA_CA_CERTS: extra })).toEqual({ ca: trusted });
  for (const path of ['', join(folder(), 'none.pem')]) {
    expect(given({ ca: TLS.ca }, { NODE_EXTRA_CA_CERTS: path })).toEqual({
      ca: [...tls.rootCertificates, TLS.ca],
    });
  }
});

test('a Node that lists what it trusts is asked', () => {
  const list = jest.fn(() => ['of the system']);
  Reflect.set(tls, 'getCACertificates', list);
  expect(given({ ca: TLS.ca }, { NODE_EXTRA_CA_CERTS: 'unused' })).toEqual({ ca: ['of the system', TLS.ca] });
  expect(list).toHaveBeenCalledWith('default');
});
