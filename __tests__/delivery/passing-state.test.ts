import { isGone, isPassing, neverPassed, untilPassed } from '../../src/delivery/passing-state';
import { GraphTransportError } from '../../src/errors/graph-transport-error';
import { scriptedRequests } from '../support/scripted-requests';

const answered = (responseCode: number | undefined, graphCode?: string) =>
  new GraphTransportError('EMESSAGE', 'Graph did not accept it.', { responseCode, graphCode });

test.each([
  [412, undefined],
  [412, 'ErrorIrresolvableConflict'],
  [412, 'SomethingNew'],
  [409, 'ErrorIrresolvableConflict'],
  [404, undefined],
  [404, 'ErrorItemNotFound'],
  [404, 'UnknownError'],
  [404, 'ErrorNonExistentMailbox'],
  [400, 'ErrorNonExistentMailbox'],
  [400, 'nonExistent Mailbox'],
])('%s %s passes, before and after there is a draft', (status, code) => {
  expect(isPassing(answered(status, code))).toBe(true);
  expect(isPassing(answered(status, code), 'mailbox')).toBe(true);
});

test.each([
  'ErrorInvalidUser',
  'ResourceNotFound',
  'Request_ResourceNotFound',
  'MailboxNotEnabledForRESTAPI',
  'MailboxNotSupportedForRESTAPI',
  'ErrorMailboxNotHostedInExchangeOnline',
  'OrganizationFromTenantGuidNotFound',
  'extensionError',
])('404 %s passes where there is a draft, and is a wrong mailbox where there is none', (code) => {
  expect(isPassing(answered(404, code))).toBe(true);
  expect(isPassing(answered(404, code), 'mailbox')).toBe(false);
});

test.each([
  [400, 'ErrorInvalidRequest'],
  [403, 'ErrorAccessDenied'],
  [401, undefined],
  [408, undefined],
  [408, 'ErrorNonExistentMailbox'],
  [429, undefined],
  [500, 'ErrorIrresolvableConflict'],
  [503, 'ErrorNonExistentMailbox'],
  [507, 'ErrorNonExistentMailbox'],
  [undefined, 'ErrorNonExistentMailbox'],
])('%s %s is no such state', (status, code) => {
  expect(isPassing(answered(status, code))).toBe(false);
});

test.each([
  [404, undefined, true],
  [404, 'ErrorItemNotFound', true],
  [400, 'ErrorCannotDeleteObject', true],
  [409, 'cannotDeleteObject', true],
  [404, 'ErrorNonExistentMailbox', false],
  [412, 'ErrorIrresolvableConflict', false],
  [500, 'ErrorCannotDeleteObject', false],
  [501, 'ErrorCannotDeleteObject', false],
  [410, undefined, false],
])('that a message is gone by %s %s is %s', (status, code, gone) => {
  expect(isGone(answered(status, code))).toBe(gone);
});

test('an error of somebody else is neither', () => {
  const error = Object.assign(new Error('no'), { responseCode: 404 });
  expect([isPassing(error), isGone(error)]).toEqual([false, false]);
});

describe('a step of a draft', () => {
  /** Does a step that fails so, one time after the other, and tells how often it was tried and how long each wait was. */
  async function doStep(errors: Error[], more?: Parameters<typeof untilPassed>[2]) {
    const { requests, slept, retries } = scriptedRequests(() => 'lost');
    let tries = 0;
    const result: unknown = await untilPassed(
      requests,
      async () => {
        const error = errors[Math.min(tries++, errors.length - 1)];
        if (error) throw error;
        return 'done';
      },
      more,
    ).catch((error: unknown) => error);
    return { result, tries, slept, retries };
  }
  const conflict = answered(412, 'ErrorIrresolvableConflict');
  const notFound = answered(404, 'ErrorItemNotFound');

  test('is repeated until the state has passed, after longer and longer pauses, each of them logged', async () => {
    let tries = 0;
    const { requests, slept, retries } = scriptedRequests(() => 'lost');
    const step = async () => {
      if (++tries < 5) throw conflict;
      return 'done';
    };
    expect(await untilPassed(requests, step)).toBe('done');
    expect(slept).toEqual([250, 500, 1000, 2000]);
    expect(retries).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }, { attempt: 4 }]);
  });

  test('is given up after five tries, and can be sent again later', async () => {
    const { result, tries } = await doStep([conflict]);
    expect(tries).toBe(5);
    expect(result).toMatchObject({ code: 'ECONNECTION', retryable: true, ambiguous: false, cause: conflict });
    expect(result).toMatchObject({
      hint: 'Exchange often answers like this for a moment after a draft is created, but it did so 5 times. Nothing was sent. Send it again later; if that does not help, check that no other program uses the Drafts folder of this mailbox.',
    });
  });

  test('that finds no mailbox advises to check which one it is', async () => {
    const { result } = await doStep([notFound], { named: 'mailbox' });
    expect(result).toMatchObject({
      hint: expect.stringContaining('check that userId names an Exchange Online mailbox.'),
    });
    const wrong = answered(404, 'ErrorInvalidUser');
    expect(await doStep([wrong], { named: 'mailbox' })).toMatchObject({ result: wrong, tries: 1 });
  });

  test('is not repeated after another error', async () => {
    const refused = answered(400, 'ErrorInvalidRequest');
    expect(await doStep([refused])).toMatchObject({ result: refused, tries: 1, slept: [] });
    const bug = new TypeError('x is undefined');
    expect(await doStep([bug])).toMatchObject({ result: bug, tries: 1 });
  });

  test('may be tried less often where its message is missing, but not where it is in conflict', async () => {
    expect(await doStep([notFound], { attempts: 2 })).toMatchObject({ tries: 2, slept: [250] });
    expect(await doStep([conflict], { attempts: 2 })).toMatchObject({ tries: 5 });
    expect(await doStep([conflict, notFound], { attempts: 2 })).toMatchObject({ tries: 2 });
  });

  test('that did not pass has no link to advice about another matter', () => {
    const linked = new GraphTransportError('EENVELOPE', 'No.', {
      responseCode: 404,
      link: 'https://learn.example/',
    });
    expect(neverPassed(linked, 2).link).toBeUndefined();
  });
});
