import { chooseRoute, type RouteFacts, type RouteOptions } from '../../src/delivery/choose-route';
import type { Loss } from '../../src/mime/mail-content';

const signed: Loss = { because: 'signed', what: 'the signature' };
const header: Loss = { because: 'header', what: 'the header List-Id' };
const limits = { requestBytes: 100, attachmentBytes: 1000 };
/** A body that no request holds, so that a draft is out of the question. */
const noDraft = { draftBytes: () => 101, largestAttachment: 0 };

const choose = (
  losses: Loss[],
  jsonBytes: number,
  mimeBytes: number,
  options: Partial<RouteOptions> = {},
  draft: Pick<RouteFacts, 'draftBytes' | 'largestAttachment'> = noDraft,
) =>
  chooseRoute({ losses, jsonBytes: () => jsonBytes, mimeBytes: () => mimeBytes, ...draft }, limits, {
    format: 'auto',
    lossy: false,
    delivery: 'at-most-once',
    ...options,
  });

test.each<[string, Loss[], number, number, Partial<RouteOptions>, object]>([
  ['JSON for what it carries whole', [], 100, 100, {}, { route: 'json', because: 'whole', dropped: [] }],
  ['JSON when asked for it', [], 100, 1, { format: 'json' }, { route: 'json', because: 'format' }],
  [
    'MIME when asked for it',
    [],
    1,
    100,
    { format: 'mime' },
    { route: 'mime', because: 'format', dropped: [] },
  ],
  [
    'MIME for what JSON would lose',
    [signed, header],
    1,
    100,
    {},
    { route: 'mime', because: 'signed', dropped: [] },
  ],
  ['MIME for what is too large as JSON only', [], 101, 100, {}, { route: 'mime', because: 'size' }],
  ['MIME even if losses are allowed', [signed], 1, 100, { lossy: true }, { route: 'mime', dropped: [] }],
  [
    'JSON with losses that are allowed, when MIME is too large',
    [signed, header],
    100,
    101,
    { lossy: true },
    { route: 'json', because: 'signed', dropped: ['the signature', 'the header List-Id'] },
  ],
  [
    'JSON with losses that are allowed, when asked for it',
    [header],
    100,
    1,
    { format: 'json', lossy: true },
    { route: 'json', because: 'header', dropped: ['the header List-Id'] },
  ],
])('takes %s', (_what, losses, jsonBytes, mimeBytes, options, decision) => {
  expect(choose(losses, jsonBytes, mimeBytes, options)).toMatchObject(decision);
});

test.each<[string, Loss[], number, number, Partial<RouteOptions>, string, RegExp]>([
  [
    'has too large a body',
    [],
    101,
    134,
    {},
    'size',
    /body and headers alone .* 101 bytes, and Graph takes 100/,
  ],
  ['is too large as MIME, if that is forced', [], 1, 101, { format: 'mime' }, 'size', /as MIME .* 101 bytes/],
  [
    'has too large a body for JSON, if that is forced',
    [],
    101,
    1,
    { format: 'json' },
    'size',
    /body and headers/,
  ],
  [
    'JSON would not carry whole and MIME not at all',
    [signed],
    1,
    101,
    {},
    'signed',
    /no place for the signature, and as MIME .* 101 bytes/,
  ],
  [
    'the forced JSON would not carry whole',
    [header],
    1,
    1,
    { format: 'json' },
    'header',
    /no place for the header List-Id$/,
  ],
  [
    'fits nowhere, whatever may be lost',
    [signed],
    101,
    101,
    { lossy: true },
    'size',
    /body and headers alone/,
  ],
])('refuses what %s', (_what, losses, jsonBytes, mimeBytes, options, because, why) => {
  expect(choose(losses, jsonBytes, mimeBytes, options)).toEqual({
    route: 'none',
    because,
    why: expect.stringMatching(why),
  });
});

const draft = { draftBytes: () => 100, largestAttachment: 1000 };

test.each<[string, Loss[], number, number, Partial<RouteOptions>, object]>([
  ['what is one byte over one request', [], 101, 100, {}, { route: 'draft', because: 'size', dropped: [] }],
  ['the same, if JSON is forced', [], 101, 100, { format: 'json' }, { route: 'draft', because: 'size' }],
  [
    'what is too large for MIME and may lose something',
    [signed],
    101,
    101,
    { lossy: true },
    { route: 'draft', because: 'signed', dropped: ['the signature'] },
  ],
])('takes a draft for %s', (_what, losses, jsonBytes, mimeBytes, options, decision) => {
  expect(choose(losses, jsonBytes, mimeBytes, options, draft)).toMatchObject(decision);
});

test('takes no draft for what fits one request, nor for what must be MIME', () => {
  expect(choose([], 100, 1, {}, draft)).toMatchObject({ route: 'json' });
  expect(choose([signed], 101, 100, {}, draft)).toMatchObject({ route: 'mime' });
  expect(choose([], 101, 101, { format: 'mime' }, draft)).toMatchObject({ route: 'none' });
  expect(choose([signed], 101, 101, {}, draft)).toMatchObject({ route: 'none', because: 'signed' });
});

test('refuses an attachment that is larger than Graph takes, with both sizes', () => {
  expect(choose([], 101, 101, {}, { ...draft, largestAttachment: 1001 })).toEqual({
    route: 'none',
    because: 'size',
    why: 'it has an attachment of 1001 bytes, and Graph takes 1000',
  });
});

test('works out the size as MIME only where it matters', () => {
  const mimeBytes = jest.fn(() => 1);
  const facts = { losses: [], jsonBytes: () => 1, mimeBytes, ...draft };
  chooseRoute(facts, limits, { format: 'auto', lossy: false, delivery: 'at-most-once' });
  expect(mimeBytes).not.toHaveBeenCalled();
});

test('sends nothing but drafts when it is to send exactly once, and what JSON cannot carry as a draft of MIME', () => {
  const once = { delivery: 'exactly-once' } as const;
  expect(choose([], 100, 100, once, draft)).toEqual({ route: 'draft', because: 'delivery', dropped: [] });
  expect(choose([], 101, 100, once, draft)).toMatchObject({ route: 'draft', because: 'size' });
  expect(choose([signed], 100, 100, once, draft)).toMatchObject({ route: 'mime', because: 'signed' });
});

const listId: Loss = {
  ...header,
  header: { key: 'list-id', name: 'List-Id', value: '<a.example>', fault: undefined, addresses: [] },
};
const broken: Loss = { because: 'header', what: 'the header Subject' };
const roomy = { draftBytes: () => 100, largestAttachment: 0 };

test.each<[string, Loss[], number, Partial<RouteOptions>, object]>([
  [
    'a draft with named properties for what is too large for MIME',
    [listId, listId, broken],
    101,
    {},
    {
      route: 'draft',
      because: 'size',
      named: ['List-Id'],
      dropped: ['the header List-Id', 'the header Subject'],
    },
  ],
  ['MIME as long as that fits', [listId], 100, {}, { route: 'mime', because: 'header' }],
  ['nothing when more than headers would be lost', [signed, listId], 101, {}, { route: 'none' }],
  ['nothing when JSON is asked for', [listId], 101, { format: 'json' }, { route: 'none' }],
  [
    'a draft with named properties when losses are allowed',
    [signed, listId],
    101,
    { lossy: true },
    { route: 'draft', because: 'signed', named: ['List-Id'], dropped: ['the signature'] },
  ],
])('chooses %s', (_what, losses, mimeBytes, options, expected) => {
  expect(choose(losses, 101, mimeBytes, options, roomy)).toMatchObject(expected);
});

test('blames the body and not the attachments, though the largest of them is just as large as Graph takes', () => {
  expect(choose([], 101, 101, {}, { ...noDraft, largestAttachment: 1000 })).toEqual({
    route: 'none',
    because: 'size',
    why: 'its body and headers alone make a request of 101 bytes, and Graph takes 100',
  });
});

test('names everything that JSON has no place for', () => {
  expect(choose([signed, header], 1, 1, { format: 'json' })).toMatchObject({
    route: 'none',
    why: "Graph's JSON has no place for the signature, the header List-Id",
  });
});

test('takes a draft for more headers than Graph takes, and for what is too large for MIME besides', () => {
  const surplus: Loss = { because: 'too-many-headers', what: 'the header X-Sixth' };
  expect(choose([surplus], 101, 101, {}, draft)).toMatchObject({ route: 'draft', because: 'size' });
});
