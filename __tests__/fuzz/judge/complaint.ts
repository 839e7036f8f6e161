/** What a reader misses in what arrived, or finds there and should not. */
export interface Complaint {
  /** What it is about: readers that complain of the same agree. */
  aspect: string;
  /** The kind of fault, under which mutants are counted. */
  kind: string;
  what: string;
}

export function complaint(aspect: string, kind: string, what: string): Complaint {
  return { aspect, kind, what };
}
