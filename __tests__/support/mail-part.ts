import type { MailPart } from '../../src/mime/mail-content';

/** A part of a mail: text, unless told otherwise. */
export function mailPart(over: Partial<MailPart> = {}): MailPart {
  return {
    type: 'text/plain',
    params: {},
    disposition: '',
    filename: undefined,
    encoding: '',
    contentId: undefined,
    hasLocation: false,
    use: 'body',
    faults: [],
    body: undefined,
    content: undefined,
    children: [],
    ...over,
  };
}
