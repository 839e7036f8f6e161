import { createSandbox } from '../../src/sandbox';
import { seeded } from '../support/random-faults.cjs';
import { ask, askForSession, attach, IMMUTABLE, LUNCH, makeDraft, post, send, tokenFor } from './support';

/** Whatever a client is shown over a bit of everything, ids and secrets included. */
async function play(random: (() => number) | undefined): Promise<string[]> {
  const sandbox = createSandbox({
    random,
    now: () => Date.UTC(2026, 0, 1),
    limits: { sessionMinimumBytes: 10 },
  });
  const authorization = `Bearer ${await tokenFor(sandbox)}`;
  const shown = [authorization];
  const note = async (answer: Response) => {
    shown.push(JSON.stringify([...answer.headers]), await answer.text());
  };
  const mime = Buffer.from('To: a@fabrikam.example\r\n\r\nHello').toString('base64');
  const options = { authorization };
  await note(await send(sandbox, LUNCH, options));
  await note(await post(sandbox, mime, { ...options, contentType: 'text/plain' }));
  const id = await makeDraft(sandbox, LUNCH, { ...options, headers: IMMUTABLE });
  await note(await ask(sandbox, 'GET', `messages/${id}`, undefined, options));
  await note(await ask(sandbox, 'GET', 'mailFolders/drafts', undefined, options));
  await note(await attach(sandbox, id));
  await note(await askForSession(sandbox, id));
  await note(await ask(sandbox, 'POST', `messages/${id}/send`, undefined, options));
  shown.push(JSON.stringify(sandbox.messages), JSON.stringify(sandbox.requests));
  return shown;
}

describe('the ids of a sandbox', () => {
  test('are the same again given the same random numbers', async () => {
    expect(await play(seeded(1))).toEqual(await play(seeded(1)));
  });

  test('are others given other ones, or none', async () => {
    const plays = await Promise.all([play(seeded(1)), play(seeded(2)), play(undefined), play(undefined)]);
    expect(new Set(plays.map(String)).size).toBe(4);
  });

  test('have the form of ids', async () => {
    const sandbox = createSandbox({ random: seeded(3) });
    const ids = [];
    for (let number = 0; number < 50; number += 1) {
      const answer = await ask(sandbox, 'POST', 'messages', LUNCH);
      expect(answer.headers.get('request-id')).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
      ids.push(answer.headers.get('request-id'), (await answer.json()).id);
    }
    expect(new Set(ids).size).toBe(100);
  });

  test.each([1, -0.1, Number.NaN])('cannot be made of %d', async (number) => {
    expect(() => createSandbox({ random: () => number })).toThrow(
      `Expected \`random\` to return a number from 0 up to 1, got ${number}`,
    );
  });
});
