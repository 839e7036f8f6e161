import { type HeaderLines, type Headers, MailParser } from 'mailparser';
import { TAKEN_OUT } from './taken-out';

declare module 'mailparser' {
  interface MailParser {
    /** Reads the headers of a part; its types do not tell of it. */
    processHeaders(lines: HeaderLines): Headers;
  }
}

/** mailparser without what is of no use here: text from HTML, links, checksums, images as data URIs. */
export class BodyParser extends MailParser {
  constructor() {
    super({
      skipHtmlToText: true,
      skipTextLinks: true,
      skipImageLinks: true,
      checksumAlgo: false,
      keepDeliveryStatus: true,
      // A message within the message is an attachment to be opened, not more body text.
      ignoreEmbedded: true,
    });
  }

  /** Of a part that is what counts: the headers of the message are read from their lines. */
  override processHeaders(lines: HeaderLines): Headers {
    return super.processHeaders(
      lines.filter(({ key }) => key.startsWith('content-') || key.startsWith(TAKEN_OUT)),
    );
  }

  /** mailparser calls this for text that stands beside HTML; its own version folds white space. */
  override textToHtml(text: string): string {
    const escaped = text.replace(
      /[&<>]/g,
      (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;',
    );
    return `<div style="white-space: pre-wrap">${escaped}</div>`;
  }
}
