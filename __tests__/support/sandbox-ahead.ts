import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../../src/sandbox';

export const HOUR = 3_600_000;

export const inMs = (ms: number) => new Date(Date.now() + ms);

/** A sandbox for each test of a file, whose clock can go ahead of this machine's. */
export function sandboxAhead() {
  let sandbox: RunningSandbox | undefined;
  let aheadMs = 0;
  afterEach(() => sandbox?.close());
  return {
    async open(options: StartSandboxOptions = {}): Promise<RunningSandbox> {
      aheadMs = 0;
      sandbox = await startSandbox({ now: () => Date.now() + aheadMs, ...options });
      return sandbox;
    },
    goAhead(ms: number): void {
      aheadMs = ms;
    },
  };
}
