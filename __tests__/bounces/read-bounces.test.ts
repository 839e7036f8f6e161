import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBounces } from '../../src/bounces/read-bounces';
import { readReport } from '../../src/mime/read-report';

const folder = join(__dirname, '../../fixtures/reports');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => name.replace(/\.eml$/, ''));

test.each(names)('reads %s as the JSON next to it says', async (name) => {
  const report = readBounces(await readReport(readFileSync(join(folder, `${name}.eml`))));
  const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  if (expected === null) expect(report).toBeUndefined();
  else expect(report).toMatchObject(expected);
});
