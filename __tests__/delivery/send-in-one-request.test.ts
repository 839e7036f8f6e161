import { jsonRequest } from '../../src/delivery/request-bodies';
import { sendInOneRequest } from '../../src/delivery/send-by-route';
import { type Fate, scriptedRequests } from '../support/scripted-requests';

const request = jsonRequest({ subject: 'Hello' }, true);

function send(fate: Fate, savesCopy = true) {
  const script = scriptedRequests(() => fate);
  return { ...script, sent: sendInOneRequest(script.requests, 'app@b.example', request, savesCopy) };
}
const saying = (code: string): Fate => ({ status: 403, body: { error: { code, message: 'Full.' } } });

test('posts the message once to sendMail, and tells what Graph answered', async () => {
  const headers = { 'request-id': 'id-1', date: 'Mon, 23 Nov 2026 10:00:00 GMT' };
  const { sent, seen, requests } = send({ status: 202, headers });
  expect(await sent).toEqual({
    response: '202 Accepted',
    requestId: 'id-1',
    clientRequestId: seen[0]?.headers['client-request-id'],
    answeredAt: Date.UTC(2026, 10, 23, 10),
    deduplicated: false,
    sentItem: undefined,
  });
  expect(seen).toMatchObject([{ method: 'POST', path: '/v1.0/users/app%40b.example/sendMail' }]);
  expect(seen[0]?.headers['content-type']).toBe('application/json');
  expect(JSON.parse(String(seen[0]?.body))).toEqual({ message: { subject: 'Hello' }, saveToSentItems: true });
  expect(requests.attempts).toBe(1);
});

test('is ambiguous if the answer is lost, and not repeated', async () => {
  const { sent, seen } = send('lost');
  await expect(sent).rejects.toMatchObject({ ambiguous: true });
  expect(seen).toHaveLength(1);
});

test('says what was not accepted', async () => {
  await expect(send({ status: 400 }).sent).rejects.toThrow(/^Graph did not accept the message: 400/);
});

const ADVICE = ' With saveToSentItems: false, no copy takes up space.';

test.each(['ErrorQuotaExceeded', 'quotaExceeded', 'Quota Limit Reached', 'quotaLimitReached'])(
  'a mailbox without room for the copy, %s, can send without one',
  async (code) => {
    await expect(send(saying(code)).sent).rejects.toMatchObject({
      hint: expect.stringContaining(ADVICE.trim()),
    });
    // What keeps no copy has no better way.
    await expect(send(saying(code), false).sent).rejects.toMatchObject({
      hint: expect.not.stringContaining(ADVICE),
    });
  },
);

test('the advice follows the one that there is', async () => {
  await expect(send(saying('ErrorQuotaExceeded')).sent).rejects.toMatchObject({
    hint: expect.stringMatching(
      /^The sending mailbox is full: .*\. With saveToSentItems: false, no copy takes up space\.$/,
    ),
  });
});

test.each(['ErrorSubmissionQuotaExceeded', 'ErrorQuotaExceededX', 'ErrorAccessDenied'])(
  'a refusal for another reason, %s, gets no such advice',
  async (code) => {
    await expect(send(saying(code)).sent).rejects.toMatchObject({
      hint: expect.not.stringContaining(ADVICE),
    });
  },
);

test('an error in our own code stays what it is', async () => {
  const body = {
    length: 2,
    *pieces() {
      yield Buffer.from('{}');
      throw new TypeError('x is undefined');
    },
  };
  const { requests } = scriptedRequests(() => ({ status: 202 }));
  const sent = sendInOneRequest(requests, 'app', { contentType: 'application/json', body }, true);
  await expect(sent).rejects.toThrow('x is undefined');
});
