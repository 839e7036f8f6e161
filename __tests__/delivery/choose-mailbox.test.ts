import { headerOf, mailboxFor, questionOf } from '../../src/delivery/deliver';
import { SendTimeout } from '../../src/errors/abort';

const header = (text: string) => headerOf(Buffer.from(`${text}\r\n\r\nFrom: not@this.example\r\n`));
const envelope = { from: 'x@contoso.example', to: ['bob@example.com'] } as const;

describe('a function that chooses the mailbox is asked', () => {
  test('by the From of the message, which is read no further than its header', () => {
    expect(
      questionOf(
        header('Subject: Hi\r\nFrom: Ann <ann@contoso.example>'),
        { envelope: { ...envelope, to: ['bob@example.com'] } },
        undefined,
      ),
    ).toEqual({
      from: { name: 'Ann', address: 'ann@contoso.example' },
      envelope,
    });
  });

  test('by the From of the transport, if the message has none', () => {
    const ofTransport = { name: 'Shop', address: 'shop@contoso.example' };
    const to = { envelope: { ...envelope, to: [] } };
    expect(questionOf(header('Subject: Hi'), to, ofTransport).from).toEqual(ofTransport);
    expect(questionOf(header('From: ann@contoso.example'), to, ofTransport).from).toMatchObject({
      address: 'ann@contoso.example',
    });
    expect(questionOf(header('Subject: Hi'), to, undefined).from).toBeUndefined();
  });
});

describe('the mailbox that it chooses', () => {
  const question = { from: undefined, envelope: { ...envelope, to: [] } };
  const running = new AbortController().signal;
  const choose = (userId: Parameters<typeof mailboxFor>[0], signal = running) =>
    mailboxFor(userId, question, signal);

  test('may be told at once or later, with spaces around it', async () => {
    expect(await choose(() => ' sales@contoso.example ')).toBe('sales@contoso.example');
    expect(await choose(async () => 'sales@contoso.example')).toBe('sales@contoso.example');
  });

  test.each(['', 'me'])('cannot be %j', async (name) => {
    await expect(choose(() => name)).rejects.toMatchObject({
      code: 'ECONFIG',
      message: expect.stringMatching(/^The userId function found no mailbox: userId .*\.$/),
    });
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no rows');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no rows'))],
  ])('is an error in the options if the function %s', async (_, userId) => {
    await expect(choose(userId)).rejects.toMatchObject({
      code: 'ECONFIG',
      message: expect.stringContaining('The userId function failed: Error: no rows.'),
      cause: { message: 'no rows' },
    });
  });

  test('is no longer waited for once the send has ended', async () => {
    const abort = new AbortController();
    const never = choose(() => new Promise<string>(() => undefined), abort.signal);
    abort.abort(new SendTimeout(5));
    await expect(never).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });
});
