/** A priority queue: returns the smallest item first. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #isLess: (one: Item, other: Item) => boolean;

  constructor(isLess: (one: Item, other: Item) => boolean) {
    this.#isLess = isLess;
  }

  /** The smallest item, without removing it. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    for (let above = (at - 1) >> 1; at > 0; above = (at - 1) >> 1) {
      const parent = items[above];
      if (parent === undefined || !this.#isLess(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  /** Removes and returns the smallest item. */
  pop(): Item | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last !== undefined && items.length > 0) this.#sink(last);
    return first;
  }

  /** Replaces the first item and moves the new one down to its place. */
  #sink(item: Item): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      const left = items[2 * at + 1];
      const right = items[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && this.#isLess(right, left);
      const child = isRight ? right : left;
      if (!this.#isLess(child, item)) break;
      items[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    items[at] = item;
  }
}
