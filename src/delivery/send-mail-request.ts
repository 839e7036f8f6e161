import type { RequestBody } from '../graph/request-body';
import type { GraphMessage } from '../message/graph-message';
import { base64Length, base64Pieces } from './base64';
import { sendMailJson } from './json-body';

/** The body of a request to Graph's sendMail. */
export interface SendMailRequest {
  contentType: string;
  body: RequestBody;
}

/** A message as JSON. */
export function jsonRequest(message: GraphMessage, saveToSentItems: boolean): SendMailRequest {
  return { contentType: 'application/json', body: sendMailJson(message, saveToSentItems) };
}

/** A message as MIME: all of it in base64, with nothing around it. */
export function mimeRequest(mime: Buffer): SendMailRequest {
  return {
    contentType: 'text/plain',
    body: { length: base64Length(mime.length), pieces: () => base64Pieces(mime) },
  };
}
