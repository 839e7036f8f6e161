/** A place in the line. */
export interface Place<Item> {
  readonly item: Item;
  before: Place<Item> | undefined;
  behind: Place<Item> | undefined;
}

/**
 * A line that anyone can leave from any place. With an array or a set, leaving takes time in proportion to the
 * length of the line: half a minute if 40,000 messages leave at once.
 */
export class WaitingLine<Item> {
  #first: Place<Item> | undefined;
  #last: Place<Item> | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Joins the line. The returned place is what `leave` takes. */
  join(item: Item): Place<Item> {
    const place: Place<Item> = { item, before: this.#last, behind: undefined };
    if (this.#last) this.#last.behind = place;
    else this.#first = place;
    this.#last = place;
    return place;
  }

  /** Leaves the line. A second call has no effect. */
  leave(place: Place<Item>): void {
    const { before, behind } = place;
    if (before) before.behind = behind;
    else this.#first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
  }

  /** Removes and returns the first in line. */
  shift(): Item | undefined {
    const first = this.#first;
    if (first) this.leave(first);
    return first?.item;
  }
}
