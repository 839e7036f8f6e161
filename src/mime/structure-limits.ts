import { GraphTransportError } from '../errors/graph-transport-error';

/** Every line that may be a delimiter is compared with the boundaries of all multiparts around it. */
export const MAX_DEPTH = 256;

/** Most bytes of body text, decoded: a request to Graph takes no more (twice as many in UTF-16). */
export const MAX_BODY_BYTES = 4_000_000;

/** Most bytes of one header: Exchange takes no more (Exchange Online limits, message header size). */
export const MAX_HEADER_BYTES = 256 * 1024;

/** What a line of a header counts at least: very short ones take more time than their bytes. */
export const MIN_LINE_COST = 64;

/** The error for a message over `MAX_HEADER_BYTES`. */
export function headerTooLarge(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `A header of the message is over ${MAX_HEADER_BYTES} bytes.`, {
    hint: 'Nothing was sent. Exchange takes no larger ones: shorten or remove header fields.',
  });
}

/** The error for a message over `MAX_DEPTH`. */
export function nestedTooDeep(): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    `The parts of the message are nested deeper than ${MAX_DEPTH}.`,
    {
      hint: 'Nothing was sent.',
    },
  );
}

/** The error for a boundary that mailparser does not find, so that it would leave out the parts without a word. */
export function oddBoundary(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', 'A multipart of the message has a boundary that is not ASCII.', {
    hint: 'Nothing was sent: nobody can be sure where its parts begin (RFC 2046 allows no such boundary).',
  });
}

/** The error for a message over `MAX_BODY_BYTES`. */
export function bodyTooLarge(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The body of the message is over ${MAX_BODY_BYTES} bytes.`, {
    hint: 'Nothing was sent. Graph takes a body of 4 MB at the most: send long texts as attachments.',
  });
}

/** The error for a lone CR where, as a line end, it would make other parts of the message. */
export function loneCr(): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    'A multipart of the message has a carriage return without a line feed in a boundary line, before a line that begins with "--", or in the header of a part.',
    { hint: 'Nothing was sent: programs differ on where its parts begin. End its lines with CRLF.' },
  );
}
