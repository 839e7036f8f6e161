import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORK = fileURLToPath(new URL('work.mjs', import.meta.url));

/** The processes that send, by name. */
export class WorkerProcesses {
  #argument;
  #processes = new Map();
  /** What they wrote, for when something goes wrong: of a Redis that is gone they complain as they should. */
  output = '';

  /** @param argument what `work.mjs` is to work on */
  constructor(argument) {
    this.#argument = argument;
  }

  get names() {
    return [...this.#processes.keys()];
  }

  start(name) {
    const { options, ...rest } = this.#argument;
    const argument = JSON.stringify({ ...rest, options: { ...options, name } });
    const worker = spawn(process.execPath, [WORK, argument], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output = `${this.output}${text}`.slice(-5000);
      });
    }
    this.#processes.set(name, worker);
  }

  /** Ends one without a chance to put anything in order. */
  async kill(name) {
    await this.#end(name, 'SIGKILL');
  }

  /** Asks all of them to stop. False when one does not come to a good end. */
  async stop() {
    const codes = await Promise.all(this.names.map((name) => this.#end(name, 'SIGTERM')));
    return codes.every((code) => code === 0);
  }

  killAll() {
    for (const worker of this.#processes.values()) worker.kill('SIGKILL');
  }

  async #end(name, signal) {
    const worker = this.#processes.get(name);
    if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode;
    const ended = once(worker, 'exit');
    worker.kill(signal);
    const [code] = await ended;
    return code;
  }
}
