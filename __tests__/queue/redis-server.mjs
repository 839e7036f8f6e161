import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Redis of the test's own, on a port that was free, with an append-only file in `folder`. */
export class RedisServer {
  #folder;
  #process;
  port;

  constructor(folder) {
    this.#folder = folder;
  }

  /** Starts it, with what it held when it ended. */
  async start() {
    this.port ??= await freePort();
    const address = ['--bind', '127.0.0.1', '--port', `${this.port}`];
    const files = ['--dir', this.#folder, '--appendonly', 'yes', '--save', ''];
    this.#process = spawn('redis-server', [...address, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
    const told = [];
    for await (const line of createInterface({ input: this.#process.stdout })) {
      told.push(line);
      if (line.includes('Ready to accept connections')) {
        this.#process.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server did not start:\n${told.join('\n')}`);
  }

  /** Everything that was ever written to it. */
  async written() {
    const files = join(this.#folder, 'appendonlydir');
    const names = await readdir(files);
    const contents = await Promise.all(names.map((name) => readFile(join(files, name), 'latin1')));
    return contents.join('');
  }

  /** Ends it without a chance to put anything in order. */
  async kill() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
