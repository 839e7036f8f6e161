import { claimsOf } from '../../src/graph/answer-error';

const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1700000000' } } });
const encoded = Buffer.from(claims).toString('base64');

test('reads the claims that the next token must have', () => {
  const challenge = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`;
  expect(claimsOf(challenge)).toBe(claims);
});

const bearer = `Bearer realm="", error="insufficient_claims", claims="${encoded}"`;
const other = Buffer.from('{"access_token":{}}').toString('base64');

test.each([
  ['after another challenge', `PoP realm="", error="x", ${bearer}`],
  ['before another challenge', `${bearer}, PoP realm="", error="x"`],
  ['after claims for another scheme', `PoP claims="${other}", ${bearer}`],
  ['before claims for another scheme', `${bearer}, PoP claims="${other}"`],
  ['in a header of their own', ['PoP realm=x', bearer]],
  [
    'after a text that looks like them',
    `Bearer error_description="no claims=\\"${other}\\"", ${bearer.slice(7)}`,
  ],
  ['without quotes', `bearer error=insufficient_claims, claims=${encoded}`],
])('reads the claims of the Bearer challenge %s', (_, challenge) => {
  expect(claimsOf(challenge)).toBe(claims);
});

test.each([
  ['no challenge', undefined],
  ['a plain challenge', 'Bearer error="invalid_token"'],
  ['claims for another scheme', `PoP claims="${encoded}"`],
  ['another parameter that looks like claims', `Bearer nonce="${encoded}"`],
  ['claims that are a number', `Bearer claims="${Buffer.from('17').toString('base64')}"`],
  ['claims that are null', `Bearer claims="${Buffer.from('null').toString('base64')}"`],
  ['claims that are no JSON', `Bearer claims="${Buffer.from('no').toString('base64')}"`],
])('finds none in %s', (_, challenge) => {
  expect(claimsOf(challenge)).toBeUndefined();
});
