import type { SandboxMessageQuery } from './find/message-filter';

// The types of `expect()`, of each test runner that is installed: a project has one of them, and rarely more.

/** @ts-ignore: Jest is not installed. */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> {
    /** The sandbox has a message that matches. */
    toHaveReceived(query?: SandboxMessageQuery): R;
    /** Exactly so many messages of the sandbox match. */
    toHaveReceivedTimes(times: number, query?: SandboxMessageQuery): R;
  }
}

/** @ts-ignore: Vitest is not installed. */
declare module 'vitest' {
  interface Assertion<T> {
    /** The sandbox has a message that matches. */
    toHaveReceived(query?: SandboxMessageQuery): void;
    /** Exactly so many messages of the sandbox match. */
    toHaveReceivedTimes(times: number, query?: SandboxMessageQuery): void;
  }
}

declare global {
  namespace jest {
    interface Matchers<R, T> {
      /** The sandbox has a message that matches. */
      toHaveReceived(query?: SandboxMessageQuery): R;
      /** Exactly so many messages of the sandbox match. */
      toHaveReceivedTimes(times: number, query?: SandboxMessageQuery): R;
    }
  }
}
