import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for this file's tests, which are to call this at the top of their file. */
export function temporaryFolder(): () => string {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'graph-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => folder;
}
