import type { DraftContent, DraftMessage } from '../../src/delivery/draft-content';
import { plainJson } from '../../src/delivery/request-bodies';
import { sendDraft } from '../../src/delivery/send-draft';
import type { GraphTransportError } from '../../src/errors/graph-transport-error';
import type { GraphAttachment } from '../../src/message/attachments';
import { inMemory } from '../../src/mime/spool';
import { type Fate, type Reply, type SeenRequest, scriptedRequests } from '../support/scripted-requests';

type Step = 'create' | 'search' | 'attach' | 'mark' | 'send' | 'delete';

/** What becomes of a request in place of what it asks for; undefined lets it be. */
type Override = { fate: Fate; carriedOut?: boolean } | undefined;

interface Stored {
  id: string;
  marks: string[];
  isSent: boolean;
}

const NOT_FOUND: Reply = {
  status: 404,
  body: { error: { code: 'ErrorItemNotFound', message: 'Not found.' } },
};
const REFUSED: Reply = { status: 400, body: { error: { code: 'ErrorInvalidRequest', message: 'No.' } } };
const FORBIDDEN: Reply = { status: 403, body: { error: { code: 'ErrorAccessDenied', message: 'No.' } } };
const CONFLICT: Reply = {
  status: 412,
  body: { error: { code: 'ErrorIrresolvableConflict', message: 'No.' } },
};
const LOST = { fate: 'lost', carriedOut: true } as const;
const NEVER = { fate: 'lost', carriedOut: false } as const;

/** A mailbox that keeps to the rules of Exchange, and whose requests meet what the script says. */
class Mailbox {
  readonly stored = new Map<string, Stored>();
  /** Every request, by its step and the draft that it names. */
  readonly steps: string[] = [];
  readonly counts = new Map<Step, number>();
  script: (step: Step, count: number, id: string) => Override = () => undefined;
  /** How many searches do not show a message yet. */
  hidden = 0;
  #ids = 0;

  reply(request: SeenRequest): Fate {
    const [, id = '', action = ''] = /\/messages\/([^/?]+)(\/\w+)?/.exec(request.path) ?? [];
    const step = stepOf(request, id, action);
    const count = (this.counts.get(step) ?? 0) + 1;
    this.counts.set(step, count);
    this.steps.push(id ? `${step} ${id}` : step);
    const override = this.script(step, count, id);
    if (!override) return this.#carryOut(step, id, request);
    if (override.carriedOut) this.#carryOut(step, id, request);
    return override.fate;
  }

  /** Puts a draft there as another process does. */
  put(id: string, marks: string[], isSent = false): void {
    this.stored.set(id, { id, marks, isSent });
  }

  get drafts(): string[] {
    return [...this.stored.values()].filter(({ isSent }) => !isSent).map(({ id }) => id);
  }

  get sent(): string[] {
    return [...this.stored.values()].filter(({ isSent }) => isSent).map(({ id }) => id);
  }

  #carryOut(step: Step, id: string, { path, body }: SeenRequest): Reply {
    if (step === 'create') {
      const made = `draft-${++this.#ids}`;
      const text = body.toString();
      this.put(made, text.startsWith('{') ? marksIn(JSON.parse(text)) : []);
      return {
        status: 201,
        body: {
          id: made,
          isDraft: true,
          internetMessageId: `<of-${made}@server>`,
          conversationId: `conversation of ${made}`,
        },
      };
    }
    if (step === 'search') {
      if (this.hidden-- > 0) return { status: 200, body: { value: [] } };
      const filter = new URL(path, 'https://graph.example').searchParams.get('$filter') ?? '';
      const [, value = ''] = /(?:ep\/value|internetMessageId) eq '(.*?)'/.exec(filter) ?? [];
      const found = [...this.stored.values()].filter(({ marks }) => marks.includes(value));
      return {
        status: 200,
        body: {
          value: found.map(({ id, isSent }) => ({
            id,
            isDraft: !isSent,
            conversationId: `conversation of ${id}`,
          })),
        },
      };
    }
    const draft = this.stored.get(id);
    if (!draft || draft.isSent) return NOT_FOUND;
    if (step === 'attach') return { status: 201 };
    if (step === 'mark') {
      draft.marks.push(...marksIn(JSON.parse(body.toString())));
      return { status: 200, body: {} };
    }
    this.stored.delete(id);
    if (step === 'delete') return { status: 204 };
    // A message gets another id when it leaves Drafts.
    this.put(`sent-${id}`, draft.marks, true);
    return { status: 202 };
  }
}

function stepOf({ method }: SeenRequest, id: string, action: string): Step {
  if (method === 'GET') return 'search';
  if (method === 'PATCH') return 'mark';
  if (method === 'DELETE') return 'delete';
  if (!id) return 'create';
  return action === '/send' ? 'send' : 'attach';
}

function marksIn({
  singleValueExtendedProperties = [],
}: {
  singleValueExtendedProperties?: { value: string }[];
}): string[] {
  return singleValueExtendedProperties.map(({ value }) => value);
}

const attachment: GraphAttachment = {
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'plan.bin',
  contentBytes: inMemory(Buffer.from('plan')),
};
const marked = (...marks: string[]) =>
  plainJson({ singleValueExtendedProperties: marks.map((value) => ({ id: 'x', value })) });

interface Sending {
  exactlyOnce?: boolean;
  /** Attachments that are added one by one. */
  added?: readonly GraphAttachment[];
  isMime?: boolean;
  searchLagMs?: number | 'default';
  attempts?: number;
  signal?: AbortSignal;
}

/** Sends a draft to the mailbox. */
async function send(
  mailbox: Mailbox,
  { exactlyOnce = false, added = [], isMime = false, searchLagMs = 0, attempts = 3, signal }: Sending = {},
) {
  const script = scriptedRequests((request) => mailbox.reply(request), {
    policy: { attempts, maxDelay: 180_000 },
    signal,
  });
  const isWhole = added.length === 0;
  const own = exactlyOnce ? [isWhole ? 'm' : 'm-unfinished'] : [];
  const content: DraftContent = isMime
    ? { contentType: 'text/plain', body: { length: 4, pieces: () => [Buffer.from('MIME')] }, isMime, added }
    : { contentType: 'application/json', body: marked('d', ...own), isMime, added, firstNames: [] };
  const progress: unknown[][] = [];
  const message: DraftMessage = {
    userId: 'app',
    content,
    marks: { draft: 'd', message: exactlyOnce ? 'm' : undefined },
    messageId: '<a@b>',
    searchLagMs: searchLagMs === 'default' ? undefined : searchLagMs,
    bytes: 5_000_000,
    onProgress: (...args) => progress.push(args),
  };
  const sent = sendDraft(script.requests, message);
  const error: GraphTransportError | undefined = await sent.then(
    () => undefined,
    (reason: GraphTransportError) => reason,
  );
  return { ...script, error, info: error ? undefined : await sent, progress, steps: mailbox.steps };
}

describe('at most once', () => {
  test('a draft is created, filled and sent, and is known by what the server said of it', async () => {
    const mailbox = new Mailbox();
    const { info, steps, progress, requests } = await send(mailbox, { added: [attachment, attachment] });
    expect(steps).toEqual(['create', 'attach draft-1', 'attach draft-1', 'send draft-1']);
    expect(info).toMatchObject({
      response: '202 Accepted',
      deduplicated: false,
      serverMessageId: '<of-draft-1@server>',
      sentItem: { id: undefined, conversationId: 'conversation of draft-1', webLink: undefined },
      leftDraftId: undefined,
      mayLeaveDraft: false,
    });
    expect(progress).toEqual([
      ['plan.bin', 4, 4],
      ['plan.bin', 4, 4],
    ]);
    expect(requests.attempts).toBe(1);
  });

  test('an attachment whose answer is lost spoils its draft, which is deleted, and made again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'attach' && count === 1 ? LOST : undefined);
    const { info, steps } = await send(mailbox, { added: [attachment] });
    expect(steps).toEqual([
      'create',
      'attach draft-1',
      'delete draft-1',
      'create',
      'attach draft-2',
      'send draft-2',
    ]);
    expect(info?.serverMessageId).toBe('<of-draft-2@server>');
  });

  test('a draft is made again once only', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'attach' ? LOST : undefined);
    const { error, steps } = await send(mailbox, { added: [attachment] });
    expect(error).toMatchObject({ retryable: true, ambiguous: false, hint: 'Nothing was sent.' });
    expect(steps.filter((step) => step === 'create')).toHaveLength(2);
    expect(mailbox.drafts).toEqual([]);
  });

  test('a spoiled draft that cannot be deleted is named, and not made again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) =>
      step === 'attach' ? LOST : step === 'delete' ? { fate: FORBIDDEN } : undefined;
    const { error } = await send(mailbox, { added: [attachment] });
    expect(error?.draftId).toBe('draft-1');
    expect(mailbox.drafts).toEqual(['draft-1']);
    expect(mailbox.counts.get('create')).toBe(1);
  });

  test('an attachment that is refused deletes the draft', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'attach' ? { fate: REFUSED } : undefined);
    const { error, steps } = await send(mailbox, { added: [attachment] });
    expect(error).toMatchObject({ code: 'EMESSAGE', retryable: false, graphCode: 'ErrorInvalidRequest' });
    expect(error?.message).toContain('Graph did not accept the attachment "plan.bin"');
    expect(steps.at(-1)).toBe('delete draft-1');
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft whose creation is not answered is found by its mark, and used', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'create' ? LOST : undefined);
    const { info, steps } = await send(mailbox);
    expect(steps).toEqual(['create', 'search', 'send draft-1']);
    // Nothing was told of it.
    expect(info).toMatchObject({ response: '202 Accepted', serverMessageId: undefined, sentItem: undefined });
  });

  test('a draft whose creation is not answered, and which is not found, is created again, as often as may be', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'create' ? NEVER : undefined);
    const { error, slept } = await send(mailbox);
    expect(mailbox.counts.get('create')).toBe(3);
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, ambiguous: false });
    expect(error?.hint).toContain("A draft of the message may be left in the mailbox's Drafts.");
    // Between the attempts, and then for drafts that the mailbox may show late.
    expect(slept).toEqual([500, 1000, 250, 500, 1000, 2000]);
  });

  test('a draft that the mailbox shows late is deleted all the same', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) =>
      step === 'create' ? (count === 1 ? LOST : { fate: REFUSED }) : undefined;
    mailbox.hidden = 3;
    const { error, steps } = await send(mailbox);
    expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', draftId: undefined });
    expect(steps).toEqual(['create', 'search', 'create', 'search', 'search', 'search', 'delete draft-1']);
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft that is forbidden is explained by its size', async () => {
    const mailbox = new Mailbox();
    mailbox.script = () => ({ fate: FORBIDDEN });
    const { error } = await send(mailbox);
    expect(error?.message).toContain('a message of 5000000 bytes needs');
    // Once there is one, a refusal is about something else.
    const other = new Mailbox();
    other.script = (step) => (step === 'send' ? { fate: FORBIDDEN } : undefined);
    expect((await send(other)).error?.message).not.toContain('bytes needs');
  });

  test('a message that was sent without an answer is found in Sent Items by the mark of its draft', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? LOST : undefined);
    mailbox.hidden = 2;
    const { info, slept, requests } = await send(mailbox);
    expect(info).toMatchObject({
      response: 'Sent, as the mailbox says',
      deduplicated: false,
      sentItem: { id: 'sent-draft-1', conversationId: 'conversation of sent-draft-1' },
      serverMessageId: '<of-draft-1@server>',
    });
    expect(slept).toEqual([250, 500, 1000]);
    expect(requests.attempts).toBe(1);
  });

  test('a message that may have been sent and is not shown is not deleted, and not sent again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? NEVER : undefined);
    const { error, steps, slept } = await send(mailbox);
    expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
    expect(error?.hint).toBe(
      'The message may have been sent, as draft draft-1. Check Sent Items before sending it again.',
    );
    expect(steps).toEqual(['create', 'send draft-1', ...Array(5).fill('search')]);
    expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test('a search that fails is no reason to doubt that the next one shows it', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) =>
      step === 'send' ? LOST : step === 'search' && count < 5 ? { fate: FORBIDDEN } : undefined;
    expect((await send(mailbox)).info).toMatchObject({ response: 'Sent, as the mailbox says' });
  });

  test('a /send that is throttled is repeated, and counted', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'send' && count < 3 ? { fate: { status: 429 } } : undefined);
    const { info, requests } = await send(mailbox);
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(requests.attempts).toBe(3);
  });

  test('a draft that leaves Drafts after a /send that was turned away may have been sent by it', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) =>
      step === 'send' && count === 1
        ? { fate: { status: 429 }, carriedOut: true }
        : step === 'search'
          ? { fate: FORBIDDEN }
          : undefined;
    const { error } = await send(mailbox);
    expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
  });

  test('a draft that Graph never finds was never sent, if there was no other answer', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' || step === 'delete' ? { fate: NOT_FOUND } : undefined);
    const { error } = await send(mailbox);
    expect(error).toMatchObject({ retryable: true, ambiguous: false, draftId: 'draft-1' });
    expect(error?.hint).toContain("A draft of the message may be left in the mailbox's Drafts: draft-1.");
    expect(mailbox.counts.get('send')).toBe(5);
    // Graph may not find what it has just created, so it is asked twice to delete it.
    expect(mailbox.counts.get('delete')).toBe(2);
  });

  test('a state that passes is waited out, when the draft is deleted too', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) =>
      step === 'send' ? { fate: REFUSED } : step === 'delete' && count < 4 ? { fate: CONFLICT } : undefined;
    const { error, slept } = await send(mailbox);
    expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', draftId: undefined });
    expect(mailbox.drafts).toEqual([]);
    expect(slept).toEqual([250, 500, 1000]);
  });

  test('a draft that stays in conflict is named', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) =>
      step === 'send' ? { fate: REFUSED } : step === 'delete' ? { fate: CONFLICT } : undefined;
    const { error } = await send(mailbox);
    expect(error).toMatchObject({ draftId: 'draft-1' });
    expect(mailbox.counts.get('delete')).toBe(5);
  });

  test('a message that is aborted before it is sent is not sent, and leaves nothing', async () => {
    const abort = new AbortController();
    const mailbox = new Mailbox();
    mailbox.script = (step) => {
      if (step === 'attach') queueMicrotask(() => abort.abort());
      return undefined;
    };
    const { error } = await send(mailbox, { added: [attachment], signal: abort.signal });
    expect(error).toMatchObject({ code: 'EABORT', ambiguous: false });
    expect(mailbox.counts.get('send')).toBeUndefined();
    expect([mailbox.drafts, mailbox.sent]).toEqual([[], []]);
  });
});

describe('exactly once', () => {
  const once: Sending = { exactlyOnce: true };

  test('a draft is created, looked for and sent', async () => {
    const mailbox = new Mailbox();
    const { info, steps, slept } = await send(mailbox, once);
    expect(steps).toEqual(['create', 'search', 'send draft-1']);
    expect(info).toMatchObject({ response: '202 Accepted', deduplicated: false });
    expect(slept).toEqual([]);
  });

  test('the search is made again after searchLag, a second unless the option says otherwise', async () => {
    const mailbox = new Mailbox();
    const { steps, slept } = await send(mailbox, { ...once, searchLagMs: 3000 });
    expect(steps).toEqual(['create', 'search', 'search', 'send draft-1']);
    expect(slept).toEqual([3000]);
    expect((await send(new Mailbox(), { ...once, searchLagMs: 'default' })).slept).toEqual([1000]);
  });

  test('a copy in Sent Items means that it was sent before: our draft is deleted', async () => {
    const mailbox = new Mailbox();
    mailbox.put('other', ['m'], true);
    const { info, steps, requests } = await send(mailbox, once);
    expect(info).toMatchObject({
      response: 'Sent before, as the mailbox says',
      deduplicated: true,
      serverMessageId: undefined,
      sentItem: { id: 'other', conversationId: 'conversation of other' },
    });
    expect(steps).toEqual(['create', 'search', 'delete draft-1']);
    expect(requests.attempts).toBe(0);
    expect(mailbox.drafts).toEqual([]);
  });

  test('of several drafts the one whose id sorts first is sent, and the others are deleted, the last one first', async () => {
    const mailbox = new Mailbox();
    for (const id of ['e', 'a', 'c']) mailbox.put(id, ['m']);
    const { info, steps } = await send(mailbox, once);
    expect(steps).toEqual(['create', 'search', 'delete e', 'delete draft-1', 'delete c', 'send a']);
    expect(info).toMatchObject({ deduplicated: false, serverMessageId: undefined });
    expect(mailbox.sent).toEqual(['sent-a']);
    expect(mailbox.drafts).toEqual([]);
  });

  test('a message with attachments looks for earlier ones before it uploads, and is marked once it is whole', async () => {
    const mailbox = new Mailbox();
    const { info, steps } = await send(mailbox, { ...once, added: [attachment] });
    // What another process left unfinished goes at the end.
    expect(steps).toEqual([
      'search',
      'create',
      'attach draft-1',
      'mark draft-1',
      'search',
      'send draft-1',
      'search',
    ]);
    expect(info).toMatchObject({ deduplicated: false });
    const again = await send(mailbox, { ...once, added: [attachment] });
    expect(again.info).toMatchObject({ deduplicated: true });
    expect(mailbox.counts.get('attach')).toBe(1);
  });

  test('what a killed process left unfinished is deleted after the message was sent', async () => {
    const mailbox = new Mailbox();
    mailbox.put('half', ['m-unfinished']);
    const { info } = await send(mailbox, { ...once, added: [attachment] });
    expect(info).toMatchObject({ deduplicated: false, leftDraftId: undefined });
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft that another process has ready is sent without an upload of our own, after searchLag', async () => {
    const mailbox = new Mailbox();
    mailbox.put('other', ['m']);
    const { info, steps, slept } = await send(mailbox, { ...once, added: [attachment], searchLagMs: 700 });
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(steps).toEqual(['search', 'search', 'send other', 'search']);
    expect(slept).toEqual([700]);
    const quick = new Mailbox();
    quick.put('other', ['m']);
    const without = await send(quick, { ...once, added: [attachment], searchLagMs: 0 });
    expect(without.steps).toEqual(['search', 'send other', 'search']);
  });

  test('MIME carries no mark, and gets it once it is a draft', async () => {
    const mailbox = new Mailbox();
    const { info, steps } = await send(mailbox, { ...once, isMime: true });
    expect(steps).toEqual(['create', 'mark draft-1', 'search', 'send draft-1']);
    expect(info).toMatchObject({ deduplicated: false });
  });

  test('a mark that meets a passing conflict is set again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'mark' && count < 3 ? { fate: CONFLICT } : undefined);
    const { slept } = await send(mailbox, { ...once, isMime: true });
    expect(slept).toEqual([250, 500]);
    expect(mailbox.sent).toHaveLength(1);
  });

  test('a search that does not show our draft is made again, and once more after as long as that took', async () => {
    const mailbox = new Mailbox();
    mailbox.hidden = 2;
    const { steps, slept } = await send(mailbox, once);
    expect(steps.filter((step) => step === 'search')).toHaveLength(6);
    // 250 and 500 until it is shown; as many looks for what was sent before; then what is left of 750.
    expect(slept).toEqual([250, 500, 250, 500, 0]);
    expect(mailbox.sent).toHaveLength(1);
  });

  test('a search that never shows our draft ends in an error, and deletes it', async () => {
    const mailbox = new Mailbox();
    mailbox.hidden = 99;
    const { error, steps, slept } = await send(mailbox, once);
    expect(error).toMatchObject({ code: 'ECONNECTION', retryable: true, ambiguous: false });
    expect(error?.message).toContain("The mailbox's search does not show the draft that was just created");
    expect(error?.hint).toBe('Nothing was sent. Try again later.');
    expect(steps).toEqual(['create', ...Array(6).fill('search'), 'delete draft-1']);
    expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
    expect(mailbox.drafts).toEqual([]);
  });

  test('a /send without an answer is looked for, and found', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? LOST : undefined);
    const { info, steps } = await send(mailbox, once);
    expect(info).toMatchObject({ response: 'Sent, as the mailbox says', deduplicated: false });
    expect(steps).toEqual(['create', 'search', 'send draft-1', 'search']);
  });

  test('a /send that was not carried out is repeated, since the draft is still there', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'send' && count < 3 ? NEVER : undefined);
    const { info, requests } = await send(mailbox, once);
    expect(info).toMatchObject({ response: '202 Accepted', deduplicated: false });
    expect(requests.attempts).toBe(3);
    expect(mailbox.sent).toHaveLength(1);
  });

  test('a /send that is never answered is given up after as many attempts as there may be, and stays in doubt', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? NEVER : undefined);
    const { error, requests } = await send(mailbox, once);
    expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
    expect(error?.hint).toContain('Send it again with the same Message-ID');
    expect(requests.attempts).toBe(3);
    expect(mailbox.drafts).toEqual(['draft-1']);
  });

  test('a /send that is refused deletes the draft, which proves that it was not sent', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? { fate: REFUSED } : undefined);
    const { error, steps } = await send(mailbox, once);
    expect(error).toMatchObject({ code: 'EMESSAGE', ambiguous: false, retryable: false });
    expect(steps).toEqual(['create', 'search', 'send draft-1', 'delete draft-1']);
  });

  test('a draft of another process that is refused gives way to our own', async () => {
    const mailbox = new Mailbox();
    mailbox.put('another', ['m']);
    mailbox.script = (step, _, id) => (step === 'send' && id === 'another' ? { fate: REFUSED } : undefined);
    const { info } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: false, serverMessageId: '<of-draft-2@server>' });
    expect(mailbox.sent).toEqual(['sent-draft-2']);
  });

  test('a draft that is gone when it is to be sent may have been sent: the mailbox is searched again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => {
      if (step !== 'send' || count > 1) return undefined;
      // Another process is faster.
      mailbox.stored.delete('draft-1');
      mailbox.put('sent-by-another', ['m'], true);
      return undefined;
    };
    const { info } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: true, sentItem: { id: 'sent-by-another' } });
  });

  test('a draft that someone has deleted before it was sent is made again', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => {
      if (step === 'send' && count === 1) mailbox.stored.delete('draft-1');
      return undefined;
    };
    const { info } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: false, serverMessageId: '<of-draft-2@server>' });
    expect(mailbox.sent).toEqual(['sent-draft-2']);
  });

  test('drafts that are taken away time and again end in an error that is ambiguous', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, _, id) => {
      if (step === 'send') mailbox.stored.delete(id);
      return undefined;
    };
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ code: 'ECONNECTION' });
    expect(error?.message).toContain('Other processes are sending the same message.');
    expect(mailbox.counts.get('create')).toBe(3);
    expect(mailbox.sent).toEqual([]);
  });

  test('a draft that is gone while it is filled was sent or deleted by another process', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => {
      if (step !== 'attach') return undefined;
      mailbox.stored.delete('draft-1');
      mailbox.put('sent-by-another', ['m'], true);
      return undefined;
    };
    const { info } = await send(mailbox, { ...once, added: [attachment] });
    expect(info).toMatchObject({ deduplicated: true, sentItem: { id: 'sent-by-another' } });
    expect(mailbox.sent).toEqual(['sent-by-another']);
  });

  test('a draft that cannot be deleted though the message was sent is told', async () => {
    const mailbox = new Mailbox();
    mailbox.put('other', ['m'], true);
    mailbox.script = (step) => (step === 'delete' ? { fate: FORBIDDEN } : undefined);
    const { info } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: true, leftDraftId: 'draft-1' });
  });

  test('a MIME draft whose creation is not answered cannot be told from another, and is not used', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'create' && count === 1 ? LOST : undefined);
    const { info, steps } = await send(mailbox, { ...once, isMime: true });
    expect(steps.slice(0, 3)).toEqual(['create', 'create', 'mark draft-2']);
    expect(info).toMatchObject({ deduplicated: false, serverMessageId: '<of-draft-2@server>' });
  });

  test('a message whose lost draft could not be looked for says that one may be left', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) =>
      step === 'create' && count === 1
        ? LOST
        : step === 'search' && count > 1
          ? { fate: FORBIDDEN }
          : undefined;
    const { info } = await send(mailbox, { ...once, isMime: true });
    expect(info).toMatchObject({ deduplicated: false, mayLeaveDraft: true });
  });
});
