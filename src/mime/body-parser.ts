// It relies on `tree` and `curnode`, fields of MailParser that its types leave out. If mailparser renames `tree`, every
// message goes as MIME, since no second reader confirms its parts; if it renames `curnode`, memory is freed later.
// body-parser.test.ts checks both names.
import { MailParser } from './mail-packages';

/** A part as mailparser sees it. */
export interface ParsedPart {
  headers: ReadonlyMap<string, unknown>;
  children: readonly ParsedPart[];
}

declare module 'mailparser' {
  interface MailParser {
    // Its types leave these out.
    /** The parts of the message. */
    tree: ParsedPart | false;
    /** The part that is being read. */
    curnode: unknown;
  }
}

/** mailparser as a second reader of where parts begin and end. It gets no contents. */
export class BodyParser extends MailParser {
  constructor() {
    // A message inside the message is an attachment.
    super({ checksumAlgo: false, ignoreEmbedded: true });
  }

  /**
   * Releases a message that has been read. In a busy process, V8 puts some lists of such messages where only
   * major garbage collections look. Until the next one, they would keep everything they refer to alive, which
   * is the whole message, and that costs a tenth of the time of sending a small one.
   */
  release(): void {
    this.removeAllListeners().on('error', ignore);
    this.tree = false;
    this.curnode = false;
  }
}

/** Nothing more is reported about a message that has been read. */
function ignore(): void {}
