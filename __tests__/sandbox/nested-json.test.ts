import { createSandbox, type Sandbox } from '../../src/sandbox';
import { parseNestedJson } from '../../src/sandbox/nested-json';
import { ask, askForToken, LUNCH, makeDraft, post, refusal, send } from './support';

const DEPTH = 500_000;
const arrays = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
/** An attachment in a message in an attachment in a message: nothing that the types do not allow. */
const attachments = (depth: number) => {
  const start =
    '{"@odata.type":"#microsoft.graph.itemAttachment","name":"x","item":{"@odata.type":"#microsoft.graph.message","attachments":[';
  return `{"message":{"attachments":[${start.repeat(depth)}${']}}'.repeat(depth)}]}}`;
};

let sandbox: Sandbox;
let draft: string;

beforeAll(async () => {
  sandbox = createSandbox({ limits: { requestBytes: 50_000_000 } });
  draft = await makeDraft(sandbox);
});

const BODIES = {
  'arrays alone': arrays(DEPTH),
  'objects alone': objects(DEPTH),
  'arrays without an end': '['.repeat(DEPTH),
  'arrays in a property': `{"message":${arrays(DEPTH)}}`,
  'arrays in an annotation': JSON.stringify({ message: LUNCH, '@x': 0 }).replace(
    '"@x":0',
    `"@x":${arrays(DEPTH)}`,
  ),
  'objects in an untyped place': `{"message":{"extensions":[${objects(DEPTH)}]}}`,
  'attachments in attachments': attachments(20_000),
};

const REQUESTS: Record<string, (body: string) => Promise<Response>> = {
  sendMail: (body) => post(sandbox, body),
  'a new draft': (body) => ask(sandbox, 'POST', 'messages', body),
  'a change of a draft': (body) => ask(sandbox, 'PATCH', `messages/${draft}`, body),
  'a new attachment': (body) => ask(sandbox, 'POST', `messages/${draft}/attachments`, body),
  'an upload session': (body) =>
    ask(sandbox, 'POST', `messages/${draft}/attachments/createUploadSession`, body),
};

describe.each(Object.entries(REQUESTS))('%s', (_name, ask) => {
  test.each(Object.entries(BODIES))('is refused with 400 given %s', async (_what, body) => {
    expect(await refusal(ask(body))).toMatchObject({
      status: 400,
      code: expect.stringMatching(/^(?:UnableToDeserializePostBody|RequestBodyRead)$/),
    });
  });
});

test('claims that are nested deeply are no claims', async () => {
  const answer = await askForToken(sandbox, { claims: arrays(10_000) });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: 'invalid_request', error_codes: [90023] });
});

test('a token whose parts are nested deeply is no token', async () => {
  const part = Buffer.from(arrays(DEPTH)).toString('base64url');
  for (const token of [`${part}.${part}.x`, `e30.${part}.x`, `${part}.e30.x`]) {
    const answer = await send(sandbox, LUNCH, { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(401);
  }
});

test.each([
  [100, true],
  [101, false],
  [DEPTH, false],
])('%i levels of arrays or objects are taken: %s', (depth, isTaken) => {
  for (const text of [arrays(depth), objects(depth), arrays(depth, '1,"[[[["')]) {
    const read = () => parseNestedJson(text);
    if (isTaken) expect(JSON.stringify(read())).toBe(text);
    else expect(read).toThrow(RangeError);
  }
});
