import { MailParser } from 'mailparser';

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

  /** Addresses are read from the header lines, and shown to nobody. */
  override getAddressesHTML(): string {
    return '';
  }

  override getAddressesText(): string {
    return '';
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
