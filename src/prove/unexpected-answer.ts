/** Thrown where a service answers in a way that lets a check not go on. */
export class UnexpectedAnswer extends Error {
  constructor(
    what: string,
    readonly status: number,
    readonly graphCode: string | undefined,
  ) {
    super(`${what} was answered with ${status}${graphCode === undefined ? '' : ` ${graphCode}`}`);
  }
}
