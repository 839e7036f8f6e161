import type { RunningSandbox, SandboxMessage } from '../../src/sandbox';
import { type CliOutcome, type CliSurroundings, runCli } from './cli-io';

/** The command `send`, which sends to a sandbox, and what came of it there. */
export function sendingCli(sandbox: () => RunningSandbox): {
  send(args: string[], surroundings?: CliSurroundings): Promise<CliOutcome>;
  /** The only message that was sent. */
  sent(): SandboxMessage;
} {
  return {
    send: (args, surroundings = {}) =>
      runCli(['send', ...args], { ...surroundings, env: { ...sandbox().env, ...surroundings.env } }),
    sent() {
      const { messages } = sandbox();
      expect(messages).toHaveLength(1);
      const [message] = messages;
      if (!message) throw new Error('there is no message');
      return message;
    },
  };
}

export const addresses = (recipients: readonly { address: string }[]) =>
  recipients.map(({ address }) => address);
