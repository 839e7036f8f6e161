// The only place that loads mailparser and libmime. Together with what they need they are a hundred files, and while they
// are loaded they compile a pattern of all top-level domains and build tables of Chinese characters. That was a quarter
// of the time of a process that sends one message, although reading a message takes none of it.
//
// So they get stand-ins, which load the rest when it is needed. The stand-ins fit the versions below, whose code is
// known. Others are loaded whole. mail-packages.test.ts tells when one of these versions is no longer installed.
import { type Load, latePackage, loadWith, type StandIn } from '../late-packages';

/** The versions that the stand-ins were made for. Theirs are the exact versions of what they need. */
export const KNOWN_VERSIONS = { mailparser: '3.14.2', libmime: '5.6.4' };

const { version: mailparserVersion }: { version: string } = require('mailparser/package.json');
const { version: libmimeVersion }: { version: string } = require('libmime/package.json');

let isLoaded = false;

const STAND_INS: ReadonlyMap<string, StandIn> = new Map<string, StandIn>([
  ['html-to-text', (load) => latePackage(load)],
  ['encoding-japanese', (load) => latePackage(load, { __esModule: undefined })],
  ['./mimetypes.js', (load) => latePackage(load, { __esModule: true })],
  ['he', (load) => latePackage(load, { __esModule: undefined })],
  ['linkify-it', (load) => () => lateLinkify(load)],
  ['iconv-lite', (load) => lateIconv(load, () => !isLoaded)],
]);

const isKnown = mailparserVersion === KNOWN_VERSIONS.mailparser && libmimeVersion === KNOWN_VERSIONS.libmime;

type Mailparser = typeof import('mailparser');
type Libmime = typeof import('libmime');

const standInFor = (id: string) => (isKnown ? STAND_INS.get(id) : undefined);

const packages = loadWith(standInFor, () => {
  const mailparser: Mailparser = require('mailparser');
  const libmime: Libmime = require('libmime');
  return { mailparser, libmime };
});
isLoaded = true;

const { mailparser } = packages;
export const MailParser: Mailparser['MailParser'] = mailparser.MailParser;
export const parseAddressHeader: Mailparser['parseAddressHeader'] = mailparser.parseAddressHeader;
export const simpleParser: Mailparser['simpleParser'] = mailparser.simpleParser;
export const libmime: Libmime = packages.libmime;

/** A finder of links: mailparser sets it up as it is loaded, and every step of that returns the finder. */
export function lateLinkify(load: Load): object {
  const steps: [name: string, args: unknown[]][] = [];
  let made: object | undefined;
  const make = () => {
    const finder = load<() => Record<string, (...args: unknown[]) => unknown>>()();
    for (const [name, args] of steps) finder[name]?.(...args);
    return finder;
  };
  const standIn: object = new Proxy(
    {},
    {
      get(_, name) {
        if (!made && typeof name === 'string' && ['tlds', 'add', 'set'].includes(name)) {
          return (...args: unknown[]) => {
            steps.push([name, args]);
            return standIn;
          };
        }
        made ??= make();
        const value: unknown = Reflect.get(made, name);
        return typeof value === 'function' ? value.bind(made) : value;
      },
    },
  );
  return standIn;
}

interface Codec {
  decoder: object;
}

/**
 * iconv-lite, of which libmime asks for some codecs as it is loaded, to compare others with them. Until then they are
 * stand-ins, and afterwards what is the same codec, or has the same decoder, gets the same stand-in.
 *
 * @param isLoading whether libmime is still being loaded
 */
export function lateIconv(load: Load, isLoading: () => boolean): object {
  const asked = new Map<string, Codec>();
  const known = new Map<Codec, Codec>();
  const compared = (codec: Codec): Codec => {
    const iconv = load<{ getCodec(name: string): Codec }>();
    const list = [...asked].map(([name, standIn]) => ({ real: iconv.getCodec(name), standIn }));
    const same = list.find(({ real }) => real === codec);
    if (same) return same.standIn;
    const alike = list.find(({ real }) => real.decoder === codec.decoder);
    return alike ? { decoder: alike.standIn.decoder } : codec;
  };
  return latePackage(load, {
    __esModule: undefined,
    getCodec(name: string): Codec {
      if (isLoading()) {
        const standIn = asked.get(name) ?? { decoder: {} };
        asked.set(name, standIn);
        return standIn;
      }
      const codec = load<{ getCodec(name: string): Codec }>().getCodec(name);
      const found = known.get(codec) ?? compared(codec);
      known.set(codec, found);
      return found;
    },
  });
}
