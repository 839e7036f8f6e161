import { randomUUID } from 'node:crypto';
import { hasMessageId } from '../delivery/message-mark';
import { property } from '../graph/answer-error';
import { type LiveCheck, NotObserved } from './live-check';
import { type LiveAnswer, refusal } from './live-http';
import type { LiveService } from './live-service';
import { remove } from './with-draft';

/** Rules of tokens and of sendMail. */
export const SENDING_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a token of client credentials has its permissions in roles, and no scp',
    shows: ['token-roles'],
    expected: { roles: true, scp: false },
    observe: async ({ claims }) => ({
      roles: Array.isArray(property(claims, 'roles')),
      scp: property(claims, 'scp') !== undefined,
    }),
  },
  {
    rule: 'an app has no /me',
    shows: ['me-for-app'],
    expected: { status: 400, code: 'BadRequest' },
    observe: async (service) => refusal(await service.askGraph('GET', '/v1.0/me')),
  },
  {
    rule: 'a message without recipients is refused and leaves no trace, as verify() relies on',
    shows: ['no-recipients'],
    expected: { status: 400, code: 'ErrorInvalidRecipients', traces: 0 },
    observe: async (service) => {
      const mark = randomUUID();
      const message = { ...service.message(mark), toRecipients: [] };
      const answer = await send(service, message);
      // A message that is certainly kept shows when the search has caught up.
      const { copies } = await sendAndCount(service, mark, true);
      return { ...refusal(answer), traces: copies - 1 };
    },
  },
  {
    rule: 'an unknown property of a message is refused',
    shows: ['body-schema'],
    expected: { status: 400, code: 'RequestBodyRead' },
    observe: async (service) => {
      return refusal(
        await send(service, { ...service.message(randomUUID()), toRecipients: [], colour: 'red' }),
      );
    },
  },
  {
    rule: 'an unknown mailbox is refused',
    shows: ['unknown-address'],
    expected: { status: 404, code: 'ErrorInvalidUser' },
    observe: async (service) => {
      const [, domain] = service.userId.split('@');
      if (domain === undefined) throw new NotObserved('GRAPH_USER_ID is an object id');
      return probe(service, `nobody-${randomUUID()}@${domain}`);
    },
  },
  {
    rule: 'an alias of the mailbox is refused in the path',
    shows: ['unknown-address'],
    expected: { status: 404, code: 'ErrorInvalidUser' },
    observe: async (service) => {
      if (service.alias === undefined) throw new NotObserved('LIVE_ALIAS is not set');
      return probe(service, service.alias);
    },
  },
  {
    rule: 'a From that the mailbox may not send as is refused',
    shows: ['send-as'],
    expected: { status: 403, code: 'ErrorSendAsDenied' },
    observe: async (service) => {
      if (service.foreignFrom === undefined) throw new NotObserved('LIVE_FOREIGN_FROM is not set');
      const from = { emailAddress: { address: service.foreignFrom } };
      return refusal(await send(service, { ...service.message(randomUUID()), from }));
    },
  },
  {
    rule: 'a message as JSON is accepted with 202, an empty body and both request ids, and kept in Sent Items',
    shows: ['accepted', 'client-request-id'],
    expected: { status: 202, bytes: 0, requestId: true, echo: true, copies: 1 },
    observe: async (service) => {
      const clientRequestId = randomUUID();
      const { answer, copies } = await sendAndCount(service, randomUUID(), true, {
        'client-request-id': clientRequestId,
      });
      return {
        status: answer.status,
        bytes: answer.bytes,
        requestId: answer.headers.has('request-id'),
        echo: answer.headers.get('client-request-id') === clientRequestId,
        copies,
      };
    },
  },
  {
    rule: 'saveToSentItems: false keeps no copy',
    shows: ['save-to-sent-items'],
    expected: { status: 202, copies: 0 },
    observe: async (service) => {
      const mark = randomUUID();
      const { answer } = await sendAndCount(service, mark, false);
      const { copies } = await sendAndCount(service, mark, true);
      return { status: answer.status, copies: copies - 1 };
    },
  },
  {
    rule: 'a message as MIME is accepted with 202, and kept in Sent Items under its Message-ID',
    shows: ['accepted', 'message-id-kept', 'mime-kept-in-sent-items'],
    expected: { status: 202, copies: 1 },
    observe: async (service) => {
      const messageId = `<${randomUUID()}@live-check.invalid>`;
      const mime = mimeOf(service, messageId);
      const { status } = await service.ask('POST', '/sendMail', {
        body: Buffer.from(mime).toString('base64'),
        contentType: 'text/plain',
      });
      if (status !== 202) return { status, copies: 0 };
      const found = await service.filter(hasMessageId(messageId), 1, 'sentitems');
      await remove(service, found);
      return { status, copies: found.length };
    },
  },
  {
    rule: 'MIME that is not base64 is refused',
    shows: ['mime-base64'],
    expected: { status: 400, code: 'ErrorMimeContentInvalidBase64String' },
    observe: async (service) =>
      refusal(await service.ask('POST', '/sendMail', { body: 'Subject: x', contentType: 'text/plain' })),
  },
  {
    rule: 'too many requests at once are answered 429, with seconds in Retry-After',
    shows: ['mailbox-concurrency'],
    expected: { status: 429, retryAfter: 'seconds' },
    observe: async (service) => {
      const throttled = await firstThrottled(service);
      if (!throttled) throw new NotObserved('a dozen requests at once were not too many');
      const retryAfter = throttled.headers.get('retry-after');
      return {
        status: throttled.status,
        retryAfter: retryAfter === null ? 'none' : /^\d+$/.test(retryAfter) ? 'seconds' : 'something else',
      };
    },
  },
];

function send(
  service: LiveService,
  message: object,
  saveToSentItems = true,
  headers: Record<string, string> = {},
): Promise<LiveAnswer> {
  return service.ask('POST', '/sendMail', { body: { message, saveToSentItems }, headers });
}

/** Sends a message. If it is to be kept, finds, counts and removes its copies. */
async function sendAndCount(
  service: LiveService,
  mark: string,
  isKept: boolean,
  headers?: Record<string, string>,
): Promise<{ answer: LiveAnswer; copies: number }> {
  const answer = await send(service, service.message(mark), isKept, headers);
  if (!isKept || answer.status !== 202) return { answer, copies: 0 };
  const found = await service.find(mark, 1);
  await remove(service, found);
  return { answer, copies: found.length };
}

/** The first 429 among a dozen requests at once, repeated until enough connections are open. */
async function firstThrottled(service: LiveService): Promise<LiveAnswer | undefined> {
  for (let round = 1; round <= 4; round++) {
    const asked = Array.from({ length: 12 }, () => probeAnswer(service, service.userId));
    const throttled = (await Promise.all(asked)).find(({ status }) => status === 429);
    if (throttled) return throttled;
  }
  return undefined;
}

/** The request that verify() makes, for any mailbox. */
function probeAnswer(service: LiveService, userId: string): Promise<LiveAnswer> {
  const body = { message: { subject: 'x', toRecipients: [] }, saveToSentItems: false };
  return service.askGraph('POST', `/v1.0/users/${encodeURIComponent(userId)}/sendMail`, { body });
}

async function probe(service: LiveService, userId: string) {
  return refusal(await probeAnswer(service, userId));
}

/** A small message as MIME. */
export function mimeOf({ to }: LiveService, messageId: string): string {
  return [
    `To: ${to}`,
    `Message-ID: ${messageId}`,
    'Subject: Live check of nodemailer-graph-transport, MIME',
    'MIME-Version: 1.0',
    'Content-Type: text/plain',
    '',
    'A check, to be deleted.',
    '',
  ].join('\r\n');
}
