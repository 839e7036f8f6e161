/** mailparser reads every message as a stream. */
export function parseAtOnce(): undefined {
  return undefined;
}
