import { BEARER, challenged, entraRefusal } from './recorded-answers';
import { seen } from './seen';
import { errorOf, sendBy, services } from './sending';

const { recorded, sandbox } = services();

seen(21, () => {
  test('an error without innerError is read', async () => {
    const service = await recorded({
      'send-mail': {
        always: {
          status: 400,
          body: { error: { code: 'ErrorInvalidRecipients', message: 'At least one.' } },
        },
      },
    });
    expect(errorOf(await sendBy(service.options))).toMatchObject({
      code: 'EENVELOPE',
      graphCode: 'ErrorInvalidRecipients',
      requestId: expect.any(String),
    });
  });

  const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';
  const OTHER = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
  const demand = (claims: string) =>
    `error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
  const POP = BEARER.replace('Bearer', 'PoP');

  test.each([
    ['alone', `${BEARER}, ${demand(CLAIMS)}`],
    ['after a PoP', `${POP}, ${BEARER}, ${demand(CLAIMS)}`],
    ['before a PoP', `${BEARER}, ${demand(CLAIMS)}, ${POP}`],
    ['after a PoP with claims of its own', `${POP}, ${demand(OTHER)}, ${BEARER}, ${demand(CLAIMS)}`],
    ['in a header line of its own', [POP, `${BEARER}, ${demand(CLAIMS)}`]],
  ])('the claims of the Bearer challenge are asked for: %s', async (_where, header) => {
    const service = await recorded({ 'send-mail': [challenged(header)] });
    expect((await sendBy(service.options)).info).toMatchObject({ route: 'json' });
    const tokens = service.requests.filter(({ name }) => name === 'token');
    expect(tokens).toHaveLength(2);
    const asked = new URLSearchParams(tokens[1]?.body).get('claims');
    expect(JSON.parse(asked ?? '{}')).toMatchObject(JSON.parse(CLAIMS));
    expect(service.count('send-mail')).toBe(2);
  });

  test('a challenge without claims brings a new token', async () => {
    const service = await recorded({ 'send-mail': [challenged(`${POP}, ${BEARER}`)] });
    expect((await sendBy(service.options)).info).toMatchObject({ route: 'json' });
    expect(service.count('token')).toBe(2);
  });

  const challengeOf = (url: string) => BEARER.replace('https://login.microsoftonline.com', url);

  test('the sandbox challenges as the service does', async () => {
    const service = await sandbox();
    const { url } = service;
    const send = (headers: Record<string, string>) =>
      fetch(`${url}/v1.0/users/${service.options.userId}/sendMail`, { method: 'POST', headers, body: '{}' });
    const unknown = await send({ authorization: 'Bearer eyJ0.eyJ0.x' });
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get('www-authenticate')).toBe(challengeOf(url));
    service.failNext('send-mail', { kind: 'challenge', claims: CLAIMS });
    const challenge = await send({ authorization: 'Bearer eyJ0.eyJ0.x' });
    expect(challenge.headers.get('www-authenticate')).toBe(`${challengeOf(url)}, ${demand(CLAIMS)}`);
    expect((await sendBy(service.options)).info).toMatchObject({ route: 'json' });
  });

  test('the sandbox gives the request id for the client request id that was not sent', async () => {
    const { url } = await sandbox();
    const { headers } = await fetch(`${url}/v1.0/users/x/sendMail`, { method: 'POST', body: '{}' });
    expect(headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('client-request-id')).toBe(headers.get('request-id'));
  });
});

seen(24, () => {
  const SECRET = entraRefusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');

  test('the advice comes before the ids of a refusal, which are told once', async () => {
    const service = await recorded({ token: { always: SECRET } });
    const error = errorOf(await sendBy(service.options));
    expect(error).toMatchObject({ code: 'EAUTH', graphCode: 'AADSTS7000215', retryable: false });
    const { message, hint = '-' } = error;
    expect(message).toContain(hint);
    expect(message.match(/0c1d7f4e-/g) ?? []).toHaveLength(1);
    expect(message.match(/2e3f7f4e-/g) ?? []).toHaveLength(1);
    expect(message.indexOf(hint)).toBeLessThan(message.search(/0c1d7f4e-/));
    expect(message).not.toContain('canary');
  });

  test('the sandbox answers as Entra does', async () => {
    const service = await sandbox();
    const { tenantId, clientId, clientSecret } = service.options;
    const ask = async (secret: string) => {
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        scope: 'https://graph.microsoft.com/.default',
      };
      const answer = await fetch(`${service.url}/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    };
    const token = await ask(clientSecret);
    expect(token.status).toBe(200);
    expect(Object.keys(token.body).sort()).toEqual([
      'access_token',
      'expires_in',
      'ext_expires_in',
      'token_type',
    ]);
    expect(token.headers.get('cache-control')).toBe('no-store, no-cache');
    const refused = await ask('wrong');
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ error: 'invalid_client', error_codes: [7000215] });
    expect(refused.body.trace_id).not.toBe(refused.body.correlation_id);
    const keys = Object.keys(SECRET.body ?? {}).sort();
    expect(Object.keys(refused.body).sort()).toEqual(keys);
  });
});
