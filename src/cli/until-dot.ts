/** A message that ends, as mail programs expect, at a line with only a dot. */
export async function* untilDot(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // A line break in front makes the first line like every other; it is removed again.
  let held = '\n';
  let isStart = true;
  const taken = (length: number) => {
    const text = held.slice(isStart ? 1 : 0, length);
    held = held.slice(length);
    isStart = false;
    return Buffer.from(text, 'latin1');
  };
  for await (const chunk of source) {
    held += chunk.toString('latin1');
    const dot = /\n\.\r?\n/.exec(held);
    if (dot) {
      yield taken(dot.index + 1);
      return;
    }
    // Holds back what may turn out to be the line with the dot.
    const length = /\n(?:\.\r?)?$/.exec(held)?.index ?? held.length;
    if (length > 0) yield taken(length);
  }
  const last = /\n\.\r?$/.exec(held);
  yield taken(last ? last.index + 1 : held.length);
}
