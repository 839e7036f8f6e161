import { randomUUID } from 'node:crypto';
import { property } from '../graph/answer-error';
import type { SandboxRuleName } from '../sandbox/rules/index';
import { type LiveCheck, NotObserved } from './live-check';
import { refusal } from './live-http';
import type { LiveService } from './live-service';

const NO_RECIPIENTS = { status: 400, code: 'ErrorInvalidRecipients' };
const BAD_REQUEST = { status: 400, code: 'BadRequest' };

/** How requests may be spelled, and what answers a request without a valid token. */
export const REQUEST_CHECKS: readonly LiveCheck[] = [
  {
    rule: 'a request without a token is refused with a challenge, and its client-request-id is its request-id',
    shows: ['token-missing', 'bearer-challenge', 'own-request-id'],
    expected: { status: 401, code: 'InvalidAuthenticationToken', challenge: 'as recorded', ownId: true },
    observe: async (service) => {
      const url = `${service.graphEndpoint}/v1.0/users/${encodeURIComponent(service.userId)}/messages`;
      const answer = await service.askUpload('GET', url);
      const challenge = answer.headers.get('www-authenticate') ?? '';
      const isKnown =
        /Bearer realm="", authorization_uri="[^"]+\/common\/oauth2\/authorize", client_id="00000003-0000-0000-c000-000000000000"/;
      return {
        ...refusal(answer),
        challenge: isKnown.test(challenge) ? 'as recorded' : 'another one',
        ownId: answer.headers.get('client-request-id') === answer.headers.get('request-id'),
      };
    },
  },
  {
    rule: "a token request without a secret is refused, with two ids, one of which is the client's",
    shows: ['entra-secret-missing', 'token-answer'],
    expected: { status: 401, aadsts: 7000218, correlation: 'own', trace: 'another' },
    observe: async ({ askUpload, authorityHost, tenantId, clientId, graphEndpoint }) => {
      const id = randomUUID();
      const { status, body } = await askUpload('POST', `${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: clientId,
          scope: `${graphEndpoint}/.default`,
        }).toString(),
        contentType: 'application/x-www-form-urlencoded',
        headers: { 'client-request-id': id },
      });
      const codes = property(body, 'error_codes');
      const trace = property(body, 'trace_id');
      return {
        status,
        aadsts: Array.isArray(codes) ? Number(codes[0]) : undefined,
        correlation: property(body, 'correlation_id') === id ? 'own' : 'another',
        trace: trace === undefined ? 'none' : trace === id ? 'own' : 'another',
      };
    },
  },
  {
    rule: 'the directory shows a user only to apps with a permission for users',
    shows: ['directory-permission'],
    expected: { status: 403, code: 'Authorization_RequestDenied' },
    observe: async (service) => {
      const answer = await service.askGraph('GET', `/v1.0/users/${encodeURIComponent(service.userId)}`);
      if (answer.status === 200) throw new NotObserved('the app has a permission for users');
      return refusal(answer);
    },
  },
  {
    rule: 'a path with an unknown segment is refused',
    shows: ['unknown-segment'],
    expected: BAD_REQUEST,
    observe: async (service) =>
      refusal(await service.askGraph('POST', '/v1.0/sendMail', { body: withoutRecipients() })),
  },
  {
    rule: 'an action may be written with its namespace',
    shows: ['action-namespace'],
    expected: NO_RECIPIENTS,
    observe: async (service) =>
      refusal(await service.ask('POST', '/microsoft.graph.sendMail', { body: withoutRecipients() })),
  },
  {
    rule: 'a user may be written in parentheses',
    shows: ['key-in-parentheses'],
    expected: NO_RECIPIENTS,
    observe: async (service) => {
      const user = encodeURIComponent(service.userId.replaceAll("'", "''"));
      const path = `/v1.0/users('${user}')/sendMail`;
      return refusal(await service.askGraph('POST', path, { body: withoutRecipients() }));
    },
  },
  {
    rule: 'the properties of a message may be written in any case',
    shows: ['names-in-any-case'],
    expected: NO_RECIPIENTS,
    observe: (service) => refusedMail(service, { Message: { Subject: 'x', ToRecipients: [] } }),
  },
  {
    rule: 'one property in two spellings is refused',
    shows: ['property-twice'],
    expected: { status: 400, code: 'RequestBodyRead' },
    observe: (service) => refusedMail(service, { message: { subject: 'x', Subject: 'y', toRecipients: [] } }),
  },
  refusedList('filter-invalid', 'a $filter that cannot be read', { $filter: 'subject eq' }),
  refusedList(
    'filter-endswith',
    'endsWith in a $filter',
    { $filter: "endsWith(subject,'x')" },
    'ErrorInvalidUrlQueryFilter',
  ),
  refusedList('order-invalid', 'an $orderby that cannot be read', { $orderby: 'subject sideways' }),
  refusedList(
    'order-in-filter',
    'an $orderby by a property that is not in the $filter',
    { $filter: 'isDraft eq true', $orderby: 'subject' },
    'InefficientFilter',
  ),
  refusedList('query-unknown', 'an unknown query option', { $colour: 'red' }),
  refusedList('query-number', 'a $top that is not a number', { $top: 'many' }),
  refusedList('select-unknown', 'an unknown property in $orderby', { $orderby: 'colour' }),
];

/** A message that passes every earlier check and is then refused, so that no mail is sent. */
function withoutRecipients(): object {
  return { message: { subject: 'x', toRecipients: [] }, saveToSentItems: false };
}

async function refusedMail(service: LiveService, body: object) {
  return refusal(await service.ask('POST', '/sendMail', { body }));
}

function refusedList(
  shown: SandboxRuleName,
  what: string,
  query: Record<string, string>,
  code = 'BadRequest',
): LiveCheck {
  return {
    rule: `${what} is refused`,
    shows: [shown],
    expected: { status: 400, code },
    observe: async (service) => refusal(await service.ask('GET', `/messages?${new URLSearchParams(query)}`)),
  };
}
