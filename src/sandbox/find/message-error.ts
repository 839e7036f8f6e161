import type { SandboxMessage } from '../mail/message';

/** There is no message, or more than one, where a test expects one. Its text lists the messages that there are. */
export class SandboxMessageError extends Error {
  /** Tells it from other errors, also across copies of this package. */
  override readonly name = 'SandboxMessageError';
  /**
   * `ETIMEDOUT`: `waitForMessage()` waited in vain. `ECLOSED`: the sandbox was closed. `ENOMESSAGE`: `only()` found
   * none. `EMANYMESSAGES`: `only()` found several.
   */
  readonly code: 'ETIMEDOUT' | 'ECLOSED' | 'ENOMESSAGE' | 'EMANYMESSAGES';
  /** The messages that the sandbox has, oldest first. It is not enumerable, which keeps printed errors short. */
  declare readonly messages: readonly SandboxMessage[];

  /** @internal */
  constructor(code: SandboxMessageError['code'], text: string, messages: readonly SandboxMessage[]) {
    super(text);
    this.code = code;
    Object.defineProperty(this, 'messages', { value: [...messages] });
  }
}
