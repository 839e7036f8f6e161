import libmime from 'libmime';
import type { HeaderLines } from 'mailparser';
import { GraphTransportError } from '../errors';
import { ADDRESS_HEADERS, parseAddresses } from './address';
import type { MailHeader } from './mail-content';

/**
 * The headers of a message, decoded.
 *
 * @throws GraphTransportError `EMESSAGE` given a header that another reader could take for two
 */
export function toHeaders(lines: HeaderLines): MailHeader[] {
  return lines.map(({ key, line }) => {
    // Some readers take a lone CR for the end of a line: what looks like one header to us could be a Bcc to
    // them, and name a recipient who is not in the envelope.
    if (/\r(?!\n)/.test(line)) {
      throw new GraphTransportError(
        'EMESSAGE',
        `The header "${key}" has a carriage return without a line feed.`,
        {
          hint: 'Nothing was sent.',
        },
      );
    }
    const colon = line.indexOf(':');
    // Lines come as one character a byte; headers with raw UTF-8 in them are common enough.
    const raw = Buffer.from(line.slice(colon + 1), 'latin1')
      .toString()
      .replace(/\r?\n(?=[ \t])/g, '')
      .trim();
    const value = raw.includes('=?') ? libmime.decodeWords(raw) : raw;
    // Addresses are told apart before encoded words become commas and brackets.
    const addresses = ADDRESS_HEADERS.some((name) => name === key) ? parseAddresses(raw) : [];
    return { key, name: line.slice(0, colon).trim(), value, addresses };
  });
}
