import { GraphTransportError } from '../errors';

/** Every line that may be a delimiter is compared with the boundaries of all multiparts around it. */
export const MAX_DEPTH = 256;

/**
 * Body text of this many bytes fits no request, however it is encoded: quoted-printable makes at most three
 * bytes of one, and a request takes four million.
 */
export const MAX_BODY_BYTES = 16_000_000;

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
