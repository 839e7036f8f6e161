import {
  attachment,
  CONFLICT,
  FORBIDDEN,
  LOST,
  Mailbox,
  NEVER,
  NOT_FOUND,
  REFUSED,
  type Sending,
  sendDraftTo as send,
} from '../support/scripted-mailbox';
import type { Fate } from '../support/scripted-requests';

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
  expect(steps).toEqual(['create', 'search', 'delete e', 'delete draft-1', 'delete c', 'read a', 'send a']);
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
  expect(steps).toEqual(['search', 'search', 'read other', 'send other', 'search']);
  expect(slept).toEqual([700]);
  const quick = new Mailbox();
  quick.put('other', ['m']);
  const without = await send(quick, { ...once, added: [attachment], searchLagMs: 0 });
  expect(without.steps).toEqual(['search', 'read other', 'send other', 'search']);
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

describe('an error is ambiguous if another process may send what is left', () => {
  test('of a draft with the mark of the message, whose creation was not answered', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'create' ? NEVER : undefined);
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ ambiguous: true });
    expect(error?.hint).toContain('The message may have been sent.');
  });

  test.each([
    ['of MIME, which has no mark yet', { isMime: true }],
    ['of a message that lacks its attachments', { added: [attachment] }],
  ])('but not if the draft is one %s', async (_, more) => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'create' ? NEVER : undefined);
    expect((await send(mailbox, { ...once, ...more })).error).toMatchObject({ ambiguous: false });
  });

  test.each([
    ['a small message', {}, true],
    ['MIME that is marked', { isMime: true }, true],
    ['a message at most once', { exactlyOnce: false }, false],
  ])('of a draft that cannot be deleted: %s', async (_, more, ambiguous) => {
    const mailbox = new Mailbox();
    mailbox.script = (step) =>
      step === 'send' ? { fate: REFUSED } : step === 'delete' ? { fate: FORBIDDEN } : undefined;
    expect((await send(mailbox, { ...once, ...more })).error).toMatchObject({
      ambiguous,
      draftId: 'draft-1',
    });
  });

  test('but not of one that is not complete', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) =>
      step === 'attach' ? { fate: REFUSED } : step === 'delete' ? { fate: FORBIDDEN } : undefined;
    const { error } = await send(mailbox, { ...once, added: [attachment] });
    expect(error).toMatchObject({ ambiguous: false, draftId: 'draft-1' });
  });
});

test('a draft that left Drafts though its /send was refused may have been sent by another process', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send'
      ? { fate: REFUSED, carriedOut: true }
      : step === 'search' && count > 1
        ? { fate: { status: 200, body: { value: [] } } }
        : undefined;
  const { error } = await send(mailbox, once);
  expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
});

test('a draft that is gone before we have tried to send it may have been sent by another process', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) => {
    if (step === 'attach') mailbox.stored.delete('draft-1');
    return step === 'search' && count > 1 ? { fate: FORBIDDEN } : undefined;
  };
  const { error } = await send(mailbox, { ...once, added: [attachment] });
  expect(error).toMatchObject({ responseCode: 403, ambiguous: true, draftId: 'draft-1' });
});

test('a draft that may have been sent is not deleted, though the search no longer shows it', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) =>
    step === 'send'
      ? NEVER
      : step === 'search' && count > 1
        ? { fate: { status: 200, body: { value: [] } } }
        : undefined;
  const { error, steps } = await send(mailbox, once);
  expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
  expect(steps.filter((step) => step.startsWith('delete'))).toEqual([]);
});

test('a draft in doubt that could be deleted was not sent: another process has sent the message', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step) => {
    if (step !== 'send') return undefined;
    mailbox.put('sent-by-another', ['m'], true);
    return NEVER;
  };
  const { info, steps } = await send(mailbox, once);
  expect(info).toMatchObject({ deduplicated: true, response: 'Sent before, as the mailbox says' });
  expect(steps.at(-1)).toBe('delete draft-1');
});

test('a draft that someone had deleted is no reason to doubt, once the mailbox had time to show that', async () => {
  const mailbox = new Mailbox();
  mailbox.script = (step, count) => {
    if (step === 'send' && count === 1) mailbox.stored.delete('draft-1');
    return step === 'send' && count > 2 ? { fate: REFUSED } : undefined;
  };
  const { error } = await send(mailbox, once);
  expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', ambiguous: false, draftId: undefined });
});

describe('once the message was sent', () => {
  test('a search for what is left that fails changes nothing', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => (step === 'search' && count > 2 ? { fate: FORBIDDEN } : undefined);
    const { info, steps } = await send(mailbox, { ...once, added: [attachment] });
    expect(info).toMatchObject({ response: '202 Accepted', leftDraftId: undefined });
    expect(steps.filter((step) => step.startsWith('delete'))).toEqual([]);
  });

  test('what is left is deleted even if the send is aborted by then', async () => {
    const abort = new AbortController();
    const mailbox = new Mailbox();
    mailbox.put('half', ['m-unfinished']);
    mailbox.script = (step, count) => {
      if (step === 'search' && count === 3) abort.abort();
      return undefined;
    };
    const { info } = await send(mailbox, { ...once, added: [attachment], signal: abort.signal });
    expect(info).toMatchObject({ response: '202 Accepted' });
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft that was lost and found does not count as left, though the search was cut after it', async () => {
    const mailbox = new Mailbox();
    const page = {
      value: [{ id: 'draft-1', isDraft: true }],
      '@odata.nextLink': 'https://x.example/v1.0/more',
    };
    mailbox.script = (step, count) => {
      if (step === 'create' && count === 1) return LOST;
      if (step !== 'search') return undefined;
      if (count === 1) return { fate: { status: 200, body: { value: [] } } };
      return { fate: count === 2 ? { status: 200, body: page } : FORBIDDEN };
    };
    const { info } = await send(mailbox, { exactlyOnce: false });
    expect(info).toMatchObject({ response: '202 Accepted', mayLeaveDraft: false, leftDraftId: undefined });
    expect(mailbox.drafts).toEqual([]);
  });
});

test('of two MIME drafts the error names the one that was never answered, not the one that was deleted', async () => {
  const mailbox = new Mailbox();
  const both = { value: ['draft-1', 'draft-2'].map((id) => ({ id, isDraft: true })) };
  mailbox.script = (step, count) => {
    if (step === 'create' && count === 1) return LOST;
    if (step === 'send') return { fate: REFUSED };
    return step === 'search' ? { fate: { status: 200, body: both } } : undefined;
  };
  const { error, slept } = await send(mailbox, { isMime: true });
  expect(error).toMatchObject({ ambiguous: false, draftId: 'draft-1' });
  expect(error?.hint).toContain("A draft of the message may be left in the mailbox's Drafts: draft-1.");
  expect(mailbox.drafts).toEqual(['draft-1']);
  expect(slept).toEqual([500, 250, 500, 1000, 2000]);
});

test('a draft that could not be deleted is told, and nothing else that was', async () => {
  const mailbox = new Mailbox();
  mailbox.put('a', ['m'], true);
  mailbox.put('b', ['m']);
  mailbox.script = (step, _, id) => (step === 'delete' && id === 'draft-1' ? { fate: FORBIDDEN } : undefined);
  const { info } = await send(mailbox, once);
  expect(info).toMatchObject({ deduplicated: true, leftDraftId: 'draft-1' });
  expect(mailbox.drafts).toEqual(['draft-1']);
});

describe('what other processes do in the meantime', () => {
  const shows = (...ids: string[]) => ({
    fate: { status: 200, body: { value: ids.map((id) => ({ id, isDraft: true })) } },
  });

  test('a draft that is shown no more may have been sent: ours is not sent until that is known', async () => {
    const mailbox = new Mailbox();
    mailbox.put('a', ['m']);
    mailbox.script = (step, count) => {
      if (step !== 'search' || count !== 2) return undefined;
      mailbox.stored.delete('a');
      mailbox.put('sent-a', ['m'], true);
      return shows('draft-1');
    };
    const { info } = await send(mailbox, { ...once, searchLagMs: 500 });
    expect(info).toMatchObject({ deduplicated: true, sentItem: { id: 'sent-a' } });
    expect(mailbox.sent).toEqual(['sent-a']);
    expect(mailbox.counts.get('send')).toBeUndefined();
  });

  test('a draft that is gone when it is to be deleted may have been sent: no other is sent before that is known', async () => {
    const mailbox = new Mailbox();
    for (const id of ['a', 'e']) mailbox.put(id, ['m']);
    mailbox.script = (step, _, id) => {
      if (step !== 'delete' || id !== 'e') return undefined;
      mailbox.stored.delete('e');
      mailbox.put('sent-e', ['m'], true);
      return undefined;
    };
    const { info, steps } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: true, sentItem: { id: 'sent-e' } });
    expect(steps.slice(0, 4)).toEqual(['create', 'search', 'delete e', 'search']);
    expect(mailbox.sent).toEqual(['sent-e']);
  });

  test('a draft that the search shows for ever, and that is gone for ever, ends in an error', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'search' ? shows('draft-1', 'e') : undefined);
    const { error, steps } = await send(mailbox, once);
    expect(error).toMatchObject({
      code: 'ECONNECTION',
      ambiguous: true,
      cause: {
        ambiguous: true,
        hint: 'Use one job for each message. Send it again later with the same Message-ID: the transport then checks whether it was sent.',
      },
    });
    expect(error?.message).toContain('Other processes are sending the same message.');
    // Four times to be sure, and once to know for the error.
    expect(steps.filter((step) => step === 'delete e')).toHaveLength(5);
    expect(mailbox.counts.get('send')).toBeUndefined();
  });

  test('a draft that is never found to be sent, but can be deleted, was not sent', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? { fate: NOT_FOUND } : undefined);
    const { error, steps } = await send(mailbox, once);
    expect(error).toMatchObject({ responseCode: 404, retryable: true, ambiguous: false, draftId: undefined });
    // It is looked for three times, and tried twice each time.
    expect(mailbox.counts.get('send')).toBe(8);
    expect(steps.at(-1)).toBe('delete draft-1');
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft that is never found, to be sent or to be deleted, may have been sent', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' || step === 'delete' ? { fate: NOT_FOUND } : undefined);
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ ambiguous: true });
    expect(error?.message).toContain('Other processes are sending the same message.');
  });

  test('a draft that appears while ours is in doubt, and is no longer shown, is not sent', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => {
      if (step === 'send') return NEVER;
      return step === 'search' && count > 1 ? shows('zz') : undefined;
    };
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ ambiguous: true, draftId: 'draft-1' });
    expect(mailbox.counts.get('send')).toBe(1);
  });

  test('a draft that appears after ours was refused and has left Drafts is not sent', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => {
      if (step === 'send') return { fate: REFUSED, carriedOut: true };
      return step === 'search' && count > 1 ? shows('zz') : undefined;
    };
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', ambiguous: true });
    expect(mailbox.counts.get('send')).toBe(1);
  });

  test('a draft that was refused and has left Drafts was sent, if Sent Items shows it', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'send' ? { fate: REFUSED, carriedOut: true } : undefined);
    expect((await send(mailbox, once)).info).toMatchObject({ sentItem: { id: 'sent-draft-1' } });
  });

  test('a draft that was never shown, and is gone by then, may have been sent', async () => {
    const mailbox = new Mailbox();
    mailbox.hidden = 6;
    mailbox.script = (step) => {
      if (step !== 'delete') return undefined;
      mailbox.stored.delete('draft-1');
      mailbox.put('sent-draft-1', ['m'], true);
      return undefined;
    };
    expect((await send(mailbox, once)).info).toMatchObject({
      deduplicated: true,
      sentItem: { id: 'sent-draft-1' },
    });
  });

  test('a draft of another process that is refused, and cannot be deleted, is an error that names it', async () => {
    const mailbox = new Mailbox();
    mailbox.put('another', ['m']);
    mailbox.script = (step, _, id) =>
      id === 'another' && step !== 'read' ? { fate: step === 'send' ? REFUSED : FORBIDDEN } : undefined;
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ graphCode: 'ErrorInvalidRequest', ambiguous: true, draftId: 'another' });
    expect(mailbox.counts.get('create')).toBe(1);
  });

  test('a draft of another process that only cannot be sent at the moment does not give way to ours', async () => {
    const mailbox = new Mailbox();
    mailbox.put('another', ['m']);
    mailbox.script = (step) => (step === 'send' ? { fate: { status: 429 } } : undefined);
    const { error } = await send(mailbox, once);
    expect(error).toMatchObject({ responseCode: 429, retryable: true, ambiguous: false });
    expect(mailbox.counts.get('create')).toBe(1);
    expect(mailbox.drafts).toEqual([]);
  });

  test('a draft of another process that cannot be deleted is an error, and nothing is sent', async () => {
    const mailbox = new Mailbox();
    mailbox.put('zz', ['m']);
    mailbox.script = (step, _, id) => (step === 'delete' && id === 'zz' ? { fate: FORBIDDEN } : undefined);
    const { error } = await send(mailbox, once);
    expect(error?.message).toMatch(/^Graph did not accept the request to delete the draft: 403/);
    expect(mailbox.counts.get('send')).toBeUndefined();
    expect(mailbox.sent).toEqual([]);
  });
});

describe('a draft that is gone while it is filled', () => {
  test('and was deleted by someone is made again, once the mailbox had time to show a copy', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step, count) => {
      if (step === 'attach' && count === 1) mailbox.stored.delete('draft-1');
      return undefined;
    };
    const { info, steps } = await send(mailbox, { ...once, added: [attachment] });
    expect(info).toMatchObject({ deduplicated: false, serverMessageId: '<of-draft-2@server>' });
    expect(steps.slice(0, 14)).toEqual([
      'search',
      'create',
      ...Array(5).fill('attach draft-1'),
      'delete draft-1',
      ...Array(5).fill('search'),
      'search',
    ]);
    expect(mailbox.sent).toEqual(['sent-draft-2']);
  });

  test('as it seems, but can be deleted, is an error', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => (step === 'attach' ? { fate: NOT_FOUND } : undefined);
    const { error } = await send(mailbox, { ...once, added: [attachment] });
    expect(error).toMatchObject({ responseCode: 404, retryable: true, ambiguous: false });
    expect(mailbox.counts.get('create')).toBe(1);
    expect(mailbox.drafts).toEqual([]);
  });

  test('after an attachment without an answer is an error, too', async () => {
    const mailbox = new Mailbox();
    mailbox.script = (step) => {
      if (step !== 'attach') return undefined;
      mailbox.stored.delete('draft-1');
      return NEVER;
    };
    const { error } = await send(mailbox, { ...once, added: [attachment] });
    expect(error?.message).toContain('Graph did not say whether it has the attachment "plan.bin"');
    expect(mailbox.counts.get('create')).toBe(1);
  });
});

describe("another process's draft that is to be sent later", () => {
  const SEND_AT = new Date('2030-05-01T08:00:00Z');
  const schedule = (flags: string, time = SEND_AT) => ({
    status: 200,
    body: {
      id: 'a',
      singleValueExtendedProperties: [
        { id: 'SystemTime 0x3fef', value: time.toISOString() },
        { id: 'Integer 0xe07', value: flags },
      ],
    },
  });
  const moved = { status: 201, body: { id: 'moved', isDraft: false, conversationId: 'c' } };
  const accepted = { status: 202, headers: { date: 'Tue, 30 Apr 2030 08:00:00 GMT' } };

  /** A mailbox with such a draft, which is moved to Outbox as an attachment is added: by a POST below it. */
  function mailboxWith(fates: { read?: Fate; send?: () => Fate }) {
    const mailbox = new Mailbox();
    mailbox.put('a', ['m']);
    mailbox.script = (step, _count, id) => {
      if (step === 'read') return { fate: fates.read ?? schedule('8') };
      if (step === 'attach') return { fate: moved };
      return step === 'send' && id === 'moved' ? { fate: fates.send?.() ?? accepted } : undefined;
    };
    return mailbox;
  }

  test('is moved to Outbox and held there until its time', async () => {
    const { info, steps } = await send(mailboxWith({}), once);
    expect(steps).toEqual(['create', 'search', 'delete draft-1', 'read a', 'attach a', 'send moved']);
    expect(info).toMatchObject({ response: '202 Accepted', heldUntil: SEND_AT });
  });

  test('is not sent again if that process has had it sent', async () => {
    const { info, steps } = await send(mailboxWith({ read: schedule('4') }), once);
    expect(steps.at(-1)).toBe('attach a');
    expect(info).toMatchObject({ response: 'Scheduled before, as the mailbox says', deduplicated: true });
  });

  test('goes as any other if it has no time after all', async () => {
    const { info, steps } = await send(mailboxWith({ read: { status: 200, body: { id: 'a' } } }), once);
    expect(steps.at(-1)).toBe('send a');
    expect(info).toMatchObject({ response: '202 Accepted', heldUntil: undefined });
  });

  test('is looked for in Sent Items if it is gone when its time is asked for', async () => {
    const mailbox = mailboxWith({ read: NOT_FOUND });
    const gone = mailbox.script;
    mailbox.script = (step, ...rest) => {
      if (step === 'read' && mailbox.stored.delete('a')) mailbox.put('copy', ['m'], true);
      return gone(step, ...rest);
    };
    const { info, steps } = await send(mailbox, once);
    expect(info).toMatchObject({ deduplicated: true, sentItem: { id: 'copy' } });
    expect(steps).not.toContain('send a');
  });

  test('is left alone if its time cannot be read', async () => {
    const { error, steps } = await send(mailboxWith({ read: REFUSED }), once);
    expect(error).toMatchObject({ responseCode: 400 });
    expect(steps).not.toContain('attach a');
  });

  test('is known to have been sent by its copy, which the search shows late', async () => {
    const mailbox = mailboxWith({
      send: () => {
        mailbox.hidden = 2;
        mailbox.stored.clear();
        mailbox.put('copy', ['m'], true);
        return 'lost';
      },
    });
    const { info } = await send(mailbox, once);
    expect(info).toMatchObject({ response: 'Sent, as the mailbox says', sentItem: { id: 'copy' } });
  });
});
