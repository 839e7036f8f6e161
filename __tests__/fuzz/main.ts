// Sends damaged mail and has readers that are not ours judge what arrives. Run by
// `npm run test:fuzz [-- count [seed [index]]]`; with an index, one mutant is shown and reduced.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Figures } from './figures';
import { startPython } from './python-view';
import { escaped, showMutant } from './show-mutant';
import type { Report, Work } from './worker';

/** About a minute on two cores. */
const DEFAULT_COUNT = '8000';
const WORKERS = 2;
/** A worker that is silent for so long hangs in one message. */
const SILENCE_MS = 60_000;

const [, , count = DEFAULT_COUNT, seed = '1', index] = process.argv;

void (index === undefined ? run(Number(count), Number(seed)) : showMutant(Number(seed), Number(index)));

async function run(total: number, runSeed: number): Promise<void> {
  const python = startPython();
  if (!python)
    console.log('python3 is missing: postal-mime alone judges, and what it misses does not count.');
  python?.close();
  const figures = new Figures();
  await Promise.all(
    Array.from({ length: WORKERS }, (_, n) =>
      runWorker({ seed: runSeed, first: n, end: total, step: WORKERS }, figures),
    ),
  );
  for (const [kind, { indexes, what }] of figures.kinds()) {
    console.log(`${indexes.length} × ${kind}: ${escaped(what)}`);
    console.log(
      `    npm run test:fuzz -- 1 ${runSeed} ${indexes[0]}    also ${indexes.slice(1, 6).join(', ')}`,
    );
  }
  for (const line of figures.lines()) console.log(line);
  process.exitCode = figures.failed > 0 ? 1 : 0;
}

/** Runs a share of the mutants; one that hangs is counted, and the next ones get a new worker. */
function runWorker(work: Work, figures: Figures): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(join(__dirname, 'worker.ts'), {
      workerData: work,
      execArgv: ['--require', join(__dirname, '../support/typescript.cjs')],
    });
    let current = work.first;
    const goOnAfter = (kind: string, what: string) => {
      void worker.terminate();
      const losses = [{ aspect: 'error', kind, what }];
      figures.add({ says: 'judged', index: current, route: 'hanging', losses, disagreements: [], ms: 0 });
      resolve(runWorker({ ...work, first: current + work.step }, figures));
    };
    const watchdog = () => goOnAfter('hanging', `nothing for ${SILENCE_MS} ms`);
    let timer = setTimeout(watchdog, SILENCE_MS);
    worker.on('message', (report: Report) => {
      clearTimeout(timer);
      timer = setTimeout(watchdog, SILENCE_MS);
      if (report.says === 'begins') {
        current = report.index;
      } else {
        current = report.index + work.step;
        figures.add(report);
      }
    });
    worker.once('error', (error) => {
      clearTimeout(timer);
      goOnAfter('crash', error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
    worker.once('exit', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve();
    });
  });
}
