import { MailParser } from 'mailparser';

/** A part as mailparser has found it. */
export interface ParsedPart {
  headers: ReadonlyMap<string, unknown>;
  children: readonly ParsedPart[];
  /** Text of a part that is none of the attachments. */
  textContent?: string;
}

declare module 'mailparser' {
  interface MailParser {
    // Its types do not tell of these.
    /** The parts of the message. */
    tree: ParsedPart | false;
    /** The part that is being read. */
    curnode: unknown;
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

  /**
   * Lets go of a message that has been read. In a busy process V8 comes to make some of the lists of such
   * messages where only major collections look; until the next one they would keep whatever hangs on them,
   * which is all of the message and takes a tenth of the time it takes to send a small one.
   */
  release(): void {
    this.removeAllListeners().on('error', ignore);
    this.tree = false;
    this.curnode = false;
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

/** Of what has been read, there is nothing more to be told. */
function ignore(): void {}
