const CR = 0x0d;

/** Text together with its lines of quoted-printable: reading it need not decode what was just encoded. */
export class QuotedPrintableContent {
  readonly encoding = 'quoted-printable';

  private constructor(
    readonly content: Buffer,
    /** The lines, as Nodemailer writes them. Their ends are those of the text. */
    readonly text: string,
  ) {}

  /**
   * The content with its lines; or the lines alone, if a reader of them could find something else.
   *
   * @param text the lines of the content
   */
  static of(content: Buffer, text: string): QuotedPrintableContent | string {
    return mayMislead(text, content) ? text : new QuotedPrintableContent(content, text);
  }

  /** The number of bytes that the lines have. */
  get length(): number {
    return this.text.length;
  }

  lines(): Iterable<Buffer> {
    return [Buffer.from(this.text, 'latin1')];
  }

  /** The lines, each ended by CRLF. */
  inCrlf(): Buffer {
    const { text } = this;
    let lines = '';
    let from = 0;
    for (let lf = text.indexOf('\n'); lf !== -1; lf = text.indexOf('\n', lf + 1)) {
      if (text.charCodeAt(lf - 1) === CR) continue;
      lines += `${text.slice(from, lf)}\r`;
      from = lf;
    }
    return Buffer.from(lines + text.slice(from), 'latin1');
  }
}

/** Whether a line may be taken for a delimiter of parts, or a lone CR for a line ending. */
function mayMislead(text: string, content: Buffer): boolean {
  if (text.startsWith('--') || text.includes('\n--')) return true;
  return content.includes(CR) && /\r(?!\n)/.test(text);
}
