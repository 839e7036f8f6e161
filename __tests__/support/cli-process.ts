import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(__dirname, '../..');

/** The built command, if it is that which is to be tried, else the sources. */
const { BUILT_COMMAND } = process.env;

/** The words that start the command line. */
export function commandLine(): string[] {
  if (BUILT_COMMAND) return [process.execPath, join(root, BUILT_COMMAND)];
  const source = ['--require', join(root, '__tests__/support/typescript.cjs'), join(root, 'src/cli/main.ts')];
  return [process.execPath, ...source];
}

/** The command line in a process of its own, as a shell starts it. */
export function startCli(args: string[], options: SpawnOptions = {}): ChildProcess {
  const [program = '', ...words] = commandLine();
  return start(program, [...words, ...args], options);
}

/** Any program, with pipes. */
export function start(program: string, args: string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(program, args, { stdio: 'pipe', ...options });
}

/** What a process has printed, and how it ended. */
export async function outcomeOf(child: ChildProcess) {
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ]);
  return { stdout, stderr, exitCode, signal };
}

/** Resolves once a process has printed this, with all that it has printed to stdout and stderr until then. */
export function printed(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const read = (data: Buffer) => {
      all += data;
      if (what.test(all)) resolve(all);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', () => reject(new Error(`It ended, and had printed: ${all}`)));
  });
}
