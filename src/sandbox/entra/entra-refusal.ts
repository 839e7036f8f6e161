import type { SandboxRuleName } from '../rules/index';

/** What Entra says where it gives no token: `error` is OAuth's word, `aadsts` Microsoft's number. */
export interface EntraError {
  readonly status: number;
  readonly error: string;
  readonly aadsts: number;
  readonly message: string;
}

/** A request that Entra refuses: thrown by the rule that it breaks, answered in one place. */
export class EntraRefusal extends Error implements EntraError {
  override readonly name = 'EntraRefusal';

  constructor(
    /** The rule that the request breaks. */
    readonly rule: SandboxRuleName,
    readonly status: number,
    readonly error: string,
    readonly aadsts: number,
    message: string,
  ) {
    super(message);
  }
}
