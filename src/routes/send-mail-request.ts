import type { GraphMessage } from '../message/graph-message';
import { jsonBody } from './json-body';

/** The body of a request to Graph's sendMail. */
export interface SendMailRequest {
  contentType: string;
  body: Buffer;
}

/** A message as JSON. */
export function jsonRequest(message: GraphMessage, saveToSentItems: boolean): SendMailRequest {
  return {
    contentType: 'application/json',
    body: jsonBody({ message, saveToSentItems }),
  };
}

/** A message as MIME: the whole of it in base64, with nothing around it. */
export function mimeRequest(mime: Buffer): SendMailRequest {
  return { contentType: 'text/plain', body: Buffer.from(mime.toString('base64'), 'latin1') };
}

/** Length of `bytes` bytes in base64. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
