// Named one by one: a namespace with more in it, such as `default`, is not what `expect.extend()` takes.
export { type SandboxMatcherResult, toHaveReceived, toHaveReceivedTimes } from './matchers.js';
