import type { Sandbox } from '../../src/sandbox';

/** A credential with one token of a sandbox that listens nowhere, for tests that are not about tokens. */
export async function sandboxCredential({
  options,
  handle,
}: Sandbox): Promise<{ getToken(): Promise<{ token: string; expiresOnTimestamp: number }> }> {
  const { authorityHost, tenantId, clientId, clientSecret, graphEndpoint } = options;
  const answer = await handle(
    new Request(`${authorityHost}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${graphEndpoint}/.default`,
      }),
    }),
  );
  const { access_token: token } = await answer.json();
  return { getToken: async () => ({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
}
