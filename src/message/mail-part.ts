/** A part of a message as its header declares it, and the parts within it. */
export interface MailPart {
  /** `type/subtype` in lower case. */
  type: string;
  /** Parameters of the type by lower-case name. */
  params: Readonly<Record<string, string | undefined>>;
  /** In lower case; empty when the part declares none. */
  disposition: string;
  filename: string | undefined;
  children: MailPart[];
}

/** Whether mailparser takes a part for body text. */
export function isBodyText({ type, disposition }: MailPart): boolean {
  return /^text\/(?:plain|html)$/.test(type) && (disposition === '' || disposition === 'inline');
}

/** A part and all that are in it, with the multiparts around each, innermost first. */
export function* walk(
  part: MailPart,
  around: readonly MailPart[] = [],
): Generator<[MailPart, readonly MailPart[]]> {
  yield [part, around];
  for (const child of part.children) yield* walk(child, [part, ...around]);
}
