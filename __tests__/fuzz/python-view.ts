import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { View, Viewer } from './view';

export interface Python {
  view: Viewer;
  close(): void;
}

/** One long-lived process of Python that reads messages; undefined where there is no python3. */
export function startPython(): Python | undefined {
  if (spawnSync('python3', ['-c', 'import email']).status !== 0) return undefined;
  const child = spawn('python3', [join(__dirname, 'python_view.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((view: View | undefined) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer: View | { failed: string } = JSON.parse(line);
    waiting.shift()?.('failed' in answer ? undefined : answer);
  });
  child.on('exit', () => {
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  return {
    view: (mime) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${mime.toString('base64')}\n`);
      }),
    close: () => {
      child.stdin.end();
    },
  };
}
