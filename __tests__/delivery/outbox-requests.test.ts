import { moveToOutbox, readSchedule, toSchedule } from '../../src/delivery/outbox-requests';
import { type Fate, scriptedRequests } from '../support/scripted-requests';

const property = (id: string, value: string) => ({ id, value });
const shown = (...singleValueExtendedProperties: object[]) => toSchedule({ singleValueExtendedProperties });
const gone = { status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'No.' } } };

test.each(['SystemTime 0x3fef', 'SystemTime 0x3FEF', 'SystemTime 0x00003fef'])(
  'the time is read under the name %s',
  (id) => {
    expect(shown(property(id, '2030-05-01T08:00:00Z')).sendAt).toEqual(new Date('2030-05-01T08:00:00Z'));
  },
);

test.each(['A SystemTime 0x3fef', 'SystemTime 0x3fef0', 'SystemTime 0x13fef', 'Integer 0xe07'])(
  '%s is another property',
  (id) => {
    expect(shown(property(id, '2030-05-01T08:00:00Z')).sendAt).toBeUndefined();
  },
);

test.each([
  ['Integer 0xe07', '4', true],
  ['Integer 0xE07', '12', true],
  ['Integer 0x0E07', '5', true],
  ['Integer 0xe07', '8', false],
  ['Integer 0xe07', '3', false],
  ['An Integer 0xe07', '4', false],
  ['Integer 0xe070', '4', false],
])('%s of %s tells whether Exchange was told to send: %s', (id, value, isSubmitted) => {
  expect(shown(property('SystemTime 0x3fef', 'x'), property(id, value)).isSubmitted).toBe(isSubmitted);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['no properties', {}],
  ['properties that are no list', { singleValueExtendedProperties: { id: 'Integer 0xe07', value: '4' } }],
  ['properties that are nothing', { singleValueExtendedProperties: [null, {}] }],
])('%s shows no time, and no flag', (_, message) => {
  expect(toSchedule(message)).toEqual({ sendAt: undefined, isSubmitted: false });
});

test('the time and the flag of a draft are asked for by their ids', async () => {
  const fates: Fate[] = ['lost', gone, { status: 200, body: { id: 'draft' } }];
  const { requests, seen } = scriptedRequests(() => fates.shift() ?? gone);
  expect(await readSchedule(requests, 'app', 'draft')).toEqual({ sendAt: undefined, isSubmitted: false });
  expect(seen).toHaveLength(3);
  const query = new URL(seen[0]?.path ?? '', 'https://graph.example').searchParams;
  expect(query.get('$expand')).toMatch(/id eq 'SystemTime 0x3FEF' or id eq 'Integer 0x0E07'/);
});

test('a draft that may be gone is looked for only so many times', async () => {
  const { requests, seen } = scriptedRequests(() => gone);
  await expect(readSchedule(requests, 'app', 'draft', 2)).rejects.toMatchObject({
    responseCode: 404,
    message: expect.stringContaining('the request for the time of the draft'),
  });
  expect(seen).toHaveLength(2);
});

test('what is no message is no answer about a draft', async () => {
  const { requests } = scriptedRequests(() => ({ status: 200, body: { value: [] } }));
  await expect(readSchedule(requests, 'app', 'draft')).rejects.toMatchObject({ code: 'ECONNECTION' });
});

test('a draft is moved once, whatever becomes of the answer', async () => {
  const { requests, seen } = scriptedRequests(() => 'lost');
  await expect(moveToOutbox(requests, 'app', 'draft')).rejects.toMatchObject({ ambiguous: true });
  expect(seen).toHaveLength(1);
});

test('what was refused is said', async () => {
  const { requests } = scriptedRequests(() => ({
    status: 400,
    body: { error: { code: 'ErrorX', message: 'No.' } },
  }));
  await expect(moveToOutbox(requests, 'app', 'draft')).rejects.toThrow('move the draft to Outbox');
});

test.each([200, 201])('the answer %s to the move tells the new id', async (status) => {
  const { requests, seen } = scriptedRequests(() => ({ status, body: { id: 'in-outbox', isDraft: true } }));
  expect(await moveToOutbox(requests, 'app', 'draft')).toMatchObject({ id: 'in-outbox' });
  expect(seen[0]).toMatchObject({ method: 'POST', path: expect.stringMatching(/\/messages\/draft\/move$/) });
  expect(JSON.parse(String(seen[0]?.body))).toEqual({ destinationId: 'outbox' });
});
