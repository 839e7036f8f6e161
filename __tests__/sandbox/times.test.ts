import { createSandbox, type SandboxOptions } from '../../src/sandbox';
import { ask, attach, LUNCH } from './support';

/** The times that a draft and its attachment show, made at 0.999 s past the hour. */
async function times(options: SandboxOptions) {
  const sandbox = createSandbox({ ...options, now: () => Date.UTC(2026, 0, 1, 0, 0, 0, 999) });
  const { id, createdDateTime } = await (await ask(sandbox, 'POST', 'messages', LUNCH)).json();
  const { lastModifiedDateTime } = await (await attach(sandbox, id)).json();
  return [createdDateTime, lastModifiedDateTime];
}

describe('the times of messages and attachments', () => {
  test('are whole seconds, and never later than they were', async () => {
    expect(await times({})).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
  });

  test('have milliseconds on demand', async () => {
    const exact = '2026-01-01T00:00:00.999Z';
    expect(await times({ timePrecision: 'milliseconds' })).toEqual([exact, exact]);
  });
});
