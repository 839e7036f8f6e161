import { createSandbox } from '../../src/sandbox';
import { ask, attach, LUNCH, makeDraft, openSession, putRange, refusal, TEXT_FILE } from './support';

const LOGO = { ...TEXT_FILE, name: 'logo.png', contentType: 'image/png', isInline: true, contentId: 'logo' };

describe('the attachments of a message', () => {
  test('are listed with their ids and without their bytes', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    const { id: logo } = await (await attach(sandbox, id, LOGO)).json();
    const list = async () => (await ask(sandbox, 'GET', `messages/${id}/attachments`)).json();
    const listed = await list();
    expect(listed).toEqual({
      value: [
        {
          id: expect.stringMatching(/^AAMk/),
          name: 'greeting.txt',
          contentType: 'text/plain',
          size: 5,
          isInline: false,
          contentId: null,
        },
        { id: logo, name: 'logo.png', contentType: 'image/png', size: 5, isInline: true, contentId: 'logo' },
      ],
    });
    expect(await list()).toEqual(listed);
  });

  test('show what is selected of them', async () => {
    const sandbox = createSandbox();
    const id = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    const answer = await ask(sandbox, 'GET', `messages/${id}/attachments?$select=name,size`);
    expect(await answer.json()).toEqual({
      value: [{ id: expect.any(String), name: 'greeting.txt', size: 5 }],
    });
    const unknown = ask(sandbox, 'GET', `messages/${id}/attachments?$select=length`);
    expect(await refusal(unknown)).toMatchObject({ status: 400, code: 'BadRequest' });
  });

  test('are those that came by an upload session too, by the id of its Location', async () => {
    const sandbox = createSandbox({ limits: { sessionMinimumBytes: 5 } });
    const id = await makeDraft(sandbox);
    const url = await openSession(sandbox, id, { size: 5 });
    const list = async () => (await (await ask(sandbox, 'GET', `messages/${id}/attachments`)).json()).value;
    expect(await list()).toEqual([]);
    const { headers } = await putRange(sandbox, url, '01234', 'bytes 0-4/5');
    const [uploaded] = await list();
    expect(uploaded).toMatchObject({ name: 'ten.bin', size: 5 });
    expect(headers.get('location')).toContain(`Attachments('${uploaded.id}')`);
  });

  test('are still listed when it was sent', async () => {
    const sandbox = createSandbox();
    const draft = await makeDraft(sandbox, { ...LUNCH, attachments: [TEXT_FILE] });
    await ask(sandbox, 'POST', `messages/${draft}/send`);
    const id = sandbox.messages[0]?.id;
    const answer = await ask(sandbox, 'GET', `messages/${id}/attachments`);
    expect((await answer.json()).value).toMatchObject([{ name: 'greeting.txt' }]);
  });

  test.each([
    ['Mail.Read', 404, 'ErrorItemNotFound'],
    ['Mail.Send', 403, 'ErrorAccessDenied'],
  ])('are listed to an app with %s by %i where there is no message', async (role, status, code) => {
    const sandbox = createSandbox({ roles: [role] });
    expect(await refusal(ask(sandbox, 'GET', 'messages/1/attachments'))).toMatchObject({ status, code });
  });
});
