import type { Loss } from '../../src/message/json-losses';
import { chooseRoute, type RouteOptions } from '../../src/routes/choose-route';

const signed: Loss = { because: 'signed', what: 'the signature' };
const header: Loss = { because: 'header', what: 'the header List-Id' };
const limits = { requestBytes: 100 };

const choose = (losses: Loss[], jsonBytes: number, mimeBytes: number, options: Partial<RouteOptions> = {}) =>
  chooseRoute({ losses, jsonBytes: () => jsonBytes, mimeBytes: () => mimeBytes }, limits, {
    format: 'auto',
    lossy: false,
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
  ['is too large', [], 101, 134, {}, 'size', /as JSON it makes a request of 101 bytes, and Graph takes 100/],
  ['is too large as MIME, if that is forced', [], 1, 101, { format: 'mime' }, 'size', /as MIME .* 101 bytes/],
  ['is too large as JSON, if that is forced', [], 101, 1, { format: 'json' }, 'size', /as JSON .* 101 bytes/],
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
    'signed',
    /as MIME .* 101 bytes/,
  ],
])('refuses what %s', (_what, losses, jsonBytes, mimeBytes, options, because, why) => {
  expect(choose(losses, jsonBytes, mimeBytes, options)).toEqual({
    route: 'none',
    because,
    why: expect.stringMatching(why),
  });
});

test('works out the size as MIME only where it matters', () => {
  const mimeBytes = jest.fn(() => 1);
  chooseRoute({ losses: [], jsonBytes: () => 1, mimeBytes }, limits, { format: 'auto', lossy: false });
  expect(mimeBytes).not.toHaveBeenCalled();
});
