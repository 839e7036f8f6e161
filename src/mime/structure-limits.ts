import { GraphTransportError } from '../errors/graph-transport-error';

/** Every line that may be a delimiter is compared with the boundaries of all multiparts around it. */
export const MAX_DEPTH = 256;

/** The most bytes of decoded body text: a request to Graph takes no more (twice as many in UTF-16). */
export const MAX_BODY_BYTES = 4_000_000;

/** The most bytes of one header: Exchange accepts no more (Exchange Online limits, message header size). */
export const MAX_HEADER_BYTES = 256 * 1024;

/** The least that a header line counts: very short lines take more time than their bytes suggest. */
export const MIN_LINE_COST = 64;

/** The error for a message over `MAX_HEADER_BYTES`. */
export function headerTooLarge(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `A header of the message is over ${MAX_HEADER_BYTES} bytes.`, {
    hint: 'Nothing was sent. Exchange accepts no larger headers: shorten or remove header fields.',
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

/** The error for a boundary that mailparser does not find. It would drop the parts without an error. */
export function oddBoundary(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', 'A multipart of the message has a boundary that is not ASCII.', {
    hint: 'Nothing was sent: it is not certain where its parts begin (RFC 2046 does not allow such a boundary).',
  });
}

/** The error for a message over `MAX_BODY_BYTES`. */
export function bodyTooLarge(): GraphTransportError {
  return new GraphTransportError('EMESSAGE', `The body of the message is over ${MAX_BODY_BYTES} bytes.`, {
    hint: 'Nothing was sent. Graph accepts a body of at most 4 MB: send long texts as attachments.',
  });
}

/** The error for a lone CR that, if it were a line ending, would change the parts of the message. */
export function loneCr(): GraphTransportError {
  return new GraphTransportError(
    'EMESSAGE',
    'A multipart of the message has a carriage return without a line feed in a boundary line, before a line that begins with "--", or in the header of a part.',
    { hint: 'Nothing was sent: programs disagree about where its parts begin. End its lines with CRLF.' },
  );
}
