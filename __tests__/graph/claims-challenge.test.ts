import { claimsOf } from '../../src/graph/claims-challenge';

const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1700000000' } } });
const encoded = Buffer.from(claims).toString('base64');

test('reads the claims that the next token must have', () => {
  const challenge = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`;
  expect(claimsOf(challenge)).toBe(claims);
});

test.each([
  ['no challenge', undefined],
  ['a plain challenge', 'Bearer error="invalid_token"'],
  ['claims that are no JSON', `Bearer claims="${Buffer.from('no').toString('base64')}"`],
])('finds none in %s', (_, challenge) => {
  expect(claimsOf(challenge)).toBeUndefined();
});
