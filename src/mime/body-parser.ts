import { MailParser } from 'mailparser';

/** A part as mailparser has found it. */
export interface ParsedPart {
  headers: ReadonlyMap<string, unknown>;
  children: readonly ParsedPart[];
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

/** mailparser as the second reader of where parts begin and end: it gets no contents. */
export class BodyParser extends MailParser {
  constructor() {
    // A message within the message is an attachment to be opened.
    super({ checksumAlgo: false, ignoreEmbedded: true });
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
}

/** Of what has been read, there is nothing more to be told. */
function ignore(): void {}
