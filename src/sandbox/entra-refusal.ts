/** A request that Entra refuses; `error` is OAuth's word, `aadsts` Microsoft's number. */
export class EntraRefusal extends Error {
  override readonly name = 'EntraRefusal';

  constructor(
    readonly status: number,
    readonly error: string,
    readonly aadsts: number,
    message: string,
  ) {
    super(message);
  }
}
