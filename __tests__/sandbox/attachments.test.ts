import { createSandbox } from '../../src/sandbox';
import { LUNCH, refusal, send } from './support';

const file = (changes: object = {}) => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'greeting.txt',
  contentType: 'text/plain',
  contentBytes: Buffer.from('Hello').toString('base64'),
  ...changes,
});
const withAttachments = (...attachments: object[]) => ({ ...LUNCH, attachments });

describe('a file attachment', () => {
  test('is kept with its bytes', async () => {
    const sandbox = createSandbox();
    await send(
      sandbox,
      withAttachments(file(), file({ name: 'empty', contentType: null, contentBytes: '', contentId: null })),
    );
    expect(sandbox.messages[0]?.attachments).toEqual([
      {
        name: 'greeting.txt',
        contentType: 'text/plain',
        content: Buffer.from('Hello'),
        size: 5,
        isInline: false,
      },
      {
        name: 'empty',
        contentType: 'application/octet-stream',
        content: Buffer.alloc(0),
        size: 0,
        isInline: false,
      },
    ]);
  });

  test.each(['logo', '<logo>'])('keeps its content id literally: %s', async (contentId) => {
    const sandbox = createSandbox();
    await send(sandbox, withAttachments(file({ isInline: true, contentId })));
    expect(sandbox.messages[0]?.attachments).toMatchObject([{ isInline: true, contentId }]);
  });

  test.each([
    ['no name', { name: undefined }],
    ['null for a name', { name: null }],
    ['an empty name', { name: '' }],
    ['no contentBytes', { contentBytes: undefined }],
    ['null for contentBytes', { contentBytes: null }],
  ])('is refused given %s', async (_what, changes) => {
    expect(await refusal(send(createSandbox(), withAttachments(file(changes))))).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRequest',
    });
  });

  test('must be smaller than the limit in raw bytes', async () => {
    const sandbox = createSandbox({ limits: { attachmentBytes: 100 } });
    const ofSize = (sizeBytes: number) => file({ contentBytes: Buffer.alloc(sizeBytes).toString('base64') });
    expect((await send(sandbox, withAttachments(ofSize(99), ofSize(99)))).status).toBe(202);
    expect(await refusal(send(sandbox, withAttachments(file(), ofSize(100))))).toEqual({
      status: 413,
      code: 'RequestEntityTooLarge',
      message: expect.stringContaining("'greeting.txt' has 100 bytes"),
    });
  });
});

describe('an item attachment', () => {
  const item = { '@odata.type': '#microsoft.graph.message', subject: 'Inner', attachments: [file()] };
  const attachment = { '@odata.type': '#microsoft.graph.itemAttachment', name: 'Forwarded', item };

  test('is kept as the JSON of its item', async () => {
    const sandbox = createSandbox();
    await send(sandbox, withAttachments(attachment));
    const [kept] = sandbox.messages[0]?.attachments ?? [];
    expect(kept).toMatchObject({ name: 'Forwarded', contentType: 'application/json', isInline: false });
    expect(JSON.parse(kept?.content.toString() ?? '')).toEqual(item);
    expect(kept?.size).toBe(JSON.stringify(item).length);
  });

  test.each([
    ['no item', { item: undefined }],
    ['null for an item', { item: null }],
    ['an empty name', { name: '' }],
  ])('is refused given %s', async (_what, changes) => {
    expect(
      await refusal(send(createSandbox(), withAttachments({ ...attachment, ...changes }))),
    ).toMatchObject({
      status: 400,
      code: 'ErrorInvalidRequest',
    });
  });

  test('must be smaller than the limit', async () => {
    const sandbox = createSandbox({ limits: { attachmentBytes: 50 } });
    expect((await send(sandbox, withAttachments(attachment))).status).toBe(413);
  });
});
