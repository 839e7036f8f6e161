/** A message as a parser that is not ours sees it. */
export interface View {
  /** Who sees it so. */
  by: string;
  fields: ViewField[];
  /** What an address field names, by the field's name in lower case; entries may lack a name or an address. */
  mailboxes: Record<string, ViewMailbox[] | undefined>;
  /** Parts without parts, in order. */
  leaves: ViewLeaf[];
  /** Types of all parts, as `type/subtype`. */
  types: string[];
  /** Lines in the header of a part that are no field, where the reader does not take them for text. */
  strayLines: string[];
}

export interface ViewField {
  /** As written. */
  name: string;
  /** Unfolded, with encoded words decoded; null when some bytes of a word mean nothing in its charset. */
  value: string | null;
}

export interface ViewMailbox {
  name: string;
  address: string;
}

export interface ViewLeaf {
  /** As it is declared, in lower case; text/plain where no type and subtype is. */
  type: string;
  /** Whether the type is declared. */
  isTyped: boolean;
  /** Content-Transfer-Encoding without comments, in lower case. */
  encoding: string;
  /** Whether the reader knows that encoding. */
  isDecoded: boolean;
  disposition: string;
  filename: string | null;
  contentId: string | null;
  location: string | null;
  /** Decoded, in base64; null where the parser keeps no bytes. */
  bytes: string | null;
  /** Text of its bytes; null when some of them mean nothing in its charset. */
  text: string | null;
  isFlowed: boolean;
  /** Whether it is the plain form of HTML that is there too: one of the two is enough. */
  isSpare: boolean;
  /** Whether it is the text that the other parts of a multipart/related belong to. */
  isRoot: boolean;
}

/** Reads a message; undefined when the parser gives it up. */
export type Viewer = (mime: Buffer) => Promise<View | undefined>;
