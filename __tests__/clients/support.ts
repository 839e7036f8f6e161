import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphTransport, graphTransport } from '../../src/index';
import { type RunningSandbox, type SandboxMessage, startSandbox } from '../../src/sandbox';

export interface ClientScene {
  /** A new transport to the sandbox, closed after the test. */
  transport(): GraphTransport;
  /** The only message that was sent. */
  sent(): SandboxMessage;
  /** A folder for this file's tests. */
  folder: string;
}

/** A sandbox for the tests of one client, which are to call this at the top of their file. */
export function sandboxForClient(): ClientScene {
  let sandbox: RunningSandbox;
  const opened: GraphTransport[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterEach(() => {
    for (const transport of opened.splice(0)) transport.close();
    sandbox.clear();
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    transport: () => {
      const transport = graphTransport(sandbox.options);
      opened.push(transport);
      return transport;
    },
    sent: () => {
      const [message, ...others] = sandbox.messages;
      if (!message || others.length > 0) throw new Error(`${sandbox.messages.length} messages were sent`);
      return message;
    },
  };
}
