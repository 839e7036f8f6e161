import { parentPort, workerData } from 'node:worker_threads';
import { type Complaint, complaint } from './judge/complaint';
import type { Verdict } from './judge/judge';
import { startPython } from './python-view';
import { openTrials, type Trial } from './trial';

/** What a worker is to do. */
export interface Work {
  seed: number;
  first: number;
  /** Behind the last. */
  end: number;
  /** One of so many is its own. */
  step: number;
}

/** What it tells. */
export type Report =
  | { says: 'begins'; index: number }
  | {
      says: 'judged';
      index: number;
      route: Verdict['route'];
      losses: Complaint[];
      disagreements: Complaint[];
      ms: number;
    };

const port = parentPort;
if (port) void work(workerData, (report) => port.postMessage(report));

function crashed(error: unknown): Pick<Trial, 'verdict' | 'ms'> {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    verdict: { route: 'refused', losses: [complaint('error', 'crash', what)], disagreements: [] },
    ms: 0,
  };
}

/** What needs no reader to be seen. */
const CERTAIN = ['error', 'draft', 'recipients', 'control', 'replacement', 'mime body'];

/** One reader has its own faults: what it alone misses is no loss. */
function judgedAlone({ route, losses, disagreements }: Verdict): Verdict {
  const isCertain = ({ aspect }: Complaint) => CERTAIN.includes(aspect);
  return {
    route,
    losses: losses.filter(isCertain),
    disagreements: [...disagreements, ...losses.filter((loss) => !isCertain(loss))],
  };
}

async function work({ seed, first, end, step }: Work, tell: (report: Report) => void): Promise<void> {
  const python = startPython();
  const trials = await openTrials(python);
  for (let index = first; index < end; index += step) {
    tell({ says: 'begins', index });
    const { verdict, ms } = await trials.ofIndex(seed, index).catch(crashed);
    tell({ says: 'judged', index, ...(python ? verdict : judgedAlone(verdict)), ms });
  }
  python?.close();
}
