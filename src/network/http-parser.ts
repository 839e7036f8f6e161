// It relies on undici making its parser before it looks at the socket, and on V8 reading its budget when a WebAssembly
// module is made. If one of them changes, V8 optimises the parser as early as ever; http-parser.test.ts tells.
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { httpConnector } from './undici';

/** V8's own `--wasm-tiering-budget`, by its major version: those of Node 20, 22 and 24. */
const USUAL_BUDGETS: Readonly<Record<string, number>> = { 11: 1_800_000, 12: 13_000_000, 13: 13_000_000 };

/** Used up after about a hundred answers. */
const PARSER_BUDGET = 200_000_000;

let isMade = false;

/**
 * Makes undici's parser of HTTP now, for the connections to come, and lets V8 optimise it only after about a hundred
 * answers. It is one huge function, which V8 would optimise after one answer (Node 20) or three (Node 22). That takes
 * another thread a tenth of a second, and the process cannot end before it is done: a third of all that a process
 * spends that sends a single message.
 *
 * V8 has no setting for one module. So its flag is changed while this one is made, and set back within the same turn.
 * Node warns that V8 may not expect its flags to change. This one is a number that V8 reads as it makes a module, and
 * the option `tuneV8` is there for those who want none changed.
 */
export function makeParser(): void {
  if (isMade) return;
  isMade = true;
  const usual = usualBudget();
  // A worker may have been given flags of its own, and does not see those of the process.
  if (usual === undefined || !isMainThread || hasSuchFlags()) return;
  try {
    const connect = httpConnector();
    setBudget(PARSER_BUDGET);
    try {
      // The socket has failed already, so that nothing but the parser is made.
      connect({}, { errored: new Error('no connection') }).catch(() => undefined);
    } finally {
      setBudget(usual);
    }
  } catch {
    // undici makes it for the first connection.
  }
}

/**
 * V8's own value, where it is known and may be changed. V8's flags are read-only unless Node is the program: in Electron
 * and NW.js, which have V8 from Chromium, to change them would end the process.
 */
function usualBudget(): number | undefined {
  const [, major = ''] = /^(\d+)\..*-node\.\d+$/.exec(process.versions.v8) ?? [];
  return 'electron' in process.versions ? undefined : USUAL_BUDGETS[major];
}

function setBudget(bytes: number): void {
  setFlagsFromString(`--wasm-tiering-budget=${bytes}`);
}

/** Whether Node was started with flags for WebAssembly, which must stay, or with the one that makes flags read-only. */
function hasSuchFlags(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((text) =>
    /(?:^|[\s"])--\S*(?:wasm|freeze[-_]flags)/.test(text),
  );
}
