import type { DraftMessage } from '../../src/delivery/draft-content';
import {
  ambiguousFailure,
  certainFailure,
  type DraftsAfterFailure,
  failureBeforeDraft,
  isForWantOfPermission,
} from '../../src/delivery/draft-failure';
import { plainJson } from '../../src/delivery/request-bodies';
import { SendTimeout } from '../../src/errors/abort';
import { GraphTransportError, type Outcome } from '../../src/errors/graph-transport-error';

const NONE: DraftsAfterFailure = {
  maybeSent: undefined,
  left: [],
  perhapsOurs: [],
  isAnyLost: false,
  isExactlyOnce: false,
  isScheduled: false,
};
const refused = new GraphTransportError('EMESSAGE', 'Graph did not accept it.', { hint: 'Change it.' });
const failed = (outcome: Outcome, more: { hint?: string; responseCode?: number; cause?: unknown } = {}) =>
  new GraphTransportError('ECONNECTION', 'It failed.', { outcome, ...more });

describe('a message that may have been sent', () => {
  test('says so, and what to do before sending it again', () => {
    const error = ambiguousFailure(refused, NONE);
    expect(error).toMatchObject({ code: 'EMESSAGE', ambiguous: true, draftId: undefined, cause: refused });
    expect(error.hint).toBe('The message may have been sent. Check Sent Items before sending it again.');
  });

  test('names the draft that it was sent as, rather than one that is only left', () => {
    const error = ambiguousFailure(refused, { ...NONE, maybeSent: 'a', left: ['b'], perhapsOurs: ['c'] });
    expect(error.draftId).toBe('a');
    expect(error.hint).toBe(
      "The message may have been sent, as draft a. Check Sent Items before sending it again. The draft could not be deleted and stays in the mailbox's Drafts: b. A draft of the message may be left in the mailbox's Drafts: c.",
    );
  });

  test('names a draft that is left if none may have been sent, ours before others', () => {
    expect(ambiguousFailure(refused, { ...NONE, left: ['b'], perhapsOurs: ['c'] }).draftId).toBe('b');
    expect(ambiguousFailure(refused, { ...NONE, perhapsOurs: ['c'] }).draftId).toBe('c');
  });

  test('with exactly-once delivery is best sent again', () => {
    expect(ambiguousFailure(refused, { ...NONE, isExactlyOnce: true }).hint).toBe(
      'The message may have been sent. Send it again with the same Message-ID: the transport checks what happened, and does not send it twice.',
    );
  });

  test('after an error in our own code fails with what that says', () => {
    const cause = new TypeError('x is undefined');
    const error = ambiguousFailure(cause, NONE);
    expect(error).toMatchObject({ code: 'EMESSAGE', ambiguous: true, cause: { cause } });
    expect(error.message).toContain('The message cannot be sent: TypeError: x is undefined.');
  });
});

describe('a message that was certainly not sent', () => {
  test('fails with the error of the step, untouched, if nothing is left', () => {
    expect(certainFailure(refused, undefined, NONE)).toBe(refused);
    const bug = new TypeError('x is undefined');
    expect(certainFailure(bug, undefined, NONE)).toBe(bug);
  });

  test('names all drafts that are left, before the advice of the step', () => {
    const error = certainFailure(refused, undefined, { ...NONE, left: ['a', 'b'], perhapsOurs: ['c', 'd'] });
    expect(error).toMatchObject({
      code: 'EMESSAGE',
      ambiguous: false,
      draftId: 'a',
      cause: refused,
      hint: "The draft could not be deleted and stays in the mailbox's Drafts: a, b. A draft of the message may be left in the mailbox's Drafts: c or d. Change it.",
    });
  });

  test('says that a draft may be left that was never found', () => {
    expect(certainFailure(failed('not-accepted'), undefined, { ...NONE, isAnyLost: true })).toMatchObject({
      draftId: undefined,
      hint: "A draft of the message may be left in the mailbox's Drafts.",
    });
    expect(certainFailure(refused, undefined, { ...NONE, perhapsOurs: ['c'] })).toMatchObject({
      draftId: 'c',
    });
  });

  test('can be sent again though the step of a draft may have been carried out', () => {
    const lost = failed('unknown', { hint: 'Is there a firewall?' });
    expect(certainFailure(lost, undefined, NONE)).toMatchObject({
      retryable: true,
      ambiguous: false,
      hint: 'Is there a firewall? Nothing was sent.',
    });
  });

  test('does not advise to look into Sent Items, as the status would', () => {
    const answered = failed('unknown', { hint: 'Check Sent Items.', responseCode: 504 });
    expect(certainFailure(answered, undefined, NONE)).toMatchObject({
      ambiguous: false,
      hint: 'Nothing was sent.',
    });
  });

  test('and was ended says no more than that it was ended', () => {
    const abort = new AbortController();
    abort.abort(new SendTimeout(5));
    const { reason: cause } = abort.signal;
    expect(certainFailure(failed('unknown', { cause }), abort.signal, NONE)).toMatchObject({
      code: 'ETIMEDOUT',
      ambiguous: false,
      message: expect.stringContaining('took longer than its timeout, 5 ms'),
    });
    // Another failure is still itself, be the message ended by now or not.
    expect(certainFailure(failed('unknown'), abort.signal, NONE)).toMatchObject({
      message: expect.stringMatching(/^It failed/),
    });
    const running = new AbortController().signal;
    expect(certainFailure(failed('unknown', { cause: running.reason }), running, NONE)).toMatchObject({
      message: expect.stringMatching(/^It failed/),
    });
  });
});

describe('a draft that is forbidden', () => {
  const forbidden = (graphCode?: string, responseCode = 403, code: 'EAUTH' | 'EMESSAGE' = 'EAUTH') =>
    new GraphTransportError(code, 'Forbidden.', { responseCode, graphCode, response: `403 ${graphCode}` });

  test.each([
    [forbidden('ErrorAccessDenied'), true],
    [forbidden(), true],
    [forbidden('ErrorAccountDisabled'), false],
    [forbidden('errorAccountSuspend'), false],
    [forbidden('insufficient_claims'), false],
    [forbidden('ErrorAccessDenied', 401), false],
    [forbidden('ErrorSendAsDenied', 403, 'EMESSAGE'), false],
    [Object.assign(new Error('no'), { responseCode: 403, code: 'EAUTH' }), false],
  ])('may be so for want of a permission: %s, %s', (error, isSo) => {
    expect(isForWantOfPermission(error)).toBe(isSo);
  });

  const message = (mark?: string): DraftMessage => ({
    userId: 'app',
    content: { contentType: 'application/json', body: plainJson({}), isMime: false, added: [] },
    marks: { draft: 'd', message: mark },
    messageId: '<a@b>',
    searchLagMs: undefined,
    bytes: 5_000_000,
    onProgress: () => undefined,
  });

  test('is explained by the size of the message', () => {
    const error = forbidden('ErrorAccessDenied');
    expect(failureBeforeDraft(error, message())).toMatchObject({
      message: expect.stringContaining(
        'Graph did not let the app create a draft, which a message of 5000000 bytes needs: 403 ErrorAccessDenied.',
      ),
      hint: 'Messages over 4000000 bytes need the application permission Mail.ReadWrite in addition to Mail.Send: add it to the app registration under API permissions and grant admin consent, or give the app "Application Mail.ReadWrite" in Exchange. Nothing was sent.',
      cause: error,
    });
  });

  test('is explained by exactly-once delivery', () => {
    expect(failureBeforeDraft(forbidden('ErrorAccessDenied'), message('m'))).toMatchObject({
      message: expect.stringContaining("which delivery: 'exactly-once' needs: 403 ErrorAccessDenied."),
      hint: expect.stringMatching(/^Exactly-once delivery needs the application permission Mail\.ReadWrite/),
    });
  });

  test('is explained by the time that the message has', () => {
    const scheduled = { ...message('m'), marks: { draft: 'd', message: 'm', schedule: [] } };
    expect(failureBeforeDraft(forbidden('ErrorAccessDenied'), scheduled)).toMatchObject({
      message: expect.stringContaining('which a scheduled message needs: 403 ErrorAccessDenied.'),
      hint: expect.stringMatching(/^Scheduled messages need the application permission Mail\.ReadWrite/),
    });
  });

  test('for another reason keeps its own error', () => {
    const error = forbidden('ErrorAccountDisabled');
    expect(failureBeforeDraft(error, message())).toBe(error);
    expect(failureBeforeDraft(refused, message())).toBe(refused);
  });
});

describe('a scheduled message', () => {
  const scheduled = { ...NONE, isScheduled: true };

  test('that may be held says how to be sure that it is not', () => {
    expect(ambiguousFailure(refused, { ...scheduled, maybeSent: 'a' }).hint).toBe(
      'Exchange may be holding the message until its time, as draft a. Before sending it again, call transport.cancel(messageId): the draft is then deleted, and does not go out.',
    );
  });

  test('that several processes may send can be sent again, or cancelled', () => {
    const { hint } = ambiguousFailure(refused, { ...scheduled, isExactlyOnce: true });
    expect(hint).toMatch(/^Exchange may be holding the message until its time\. Send it again with the same/);
    expect(hint).toContain('If it should not go out, call transport.cancel(messageId).');
    expect(ambiguousFailure(refused, { ...NONE, isExactlyOnce: true }).hint).not.toContain('cancel');
  });
});
