import { readPage, textOf } from '../../src/graph/list-page';

const page = (answer: unknown) => readPage(JSON.stringify(answer), (item) => textOf(item, 'id'));

test('a page has its items in order, and is the last one if it names no other', () => {
  expect(page({ value: [{ id: 'b' }, { id: 'a' }] })).toEqual({ items: ['b', 'a'], next: undefined });
  expect(page({ value: [], '@odata.nextLink': null })).toEqual({ items: [], next: undefined });
});

test('the next page is asked of our own endpoint, whatever host its link names', () => {
  const link = 'https://elsewhere.example/v1.0/users/a/messages?$skip=10';
  expect(page({ value: [], '@odata.nextLink': link }).next).toBe('/v1.0/users/a/messages?$skip=10');
});

test('an empty text says as little as none', () => {
  expect(page({ value: [{ id: '' }, {}, { id: 7 }] }).items).toEqual([undefined, undefined, undefined]);
});

test.each([
  ['no JSON', '<html>'],
  ['no list', '{"value":{}}'],
  ['a link that is no URL', '{"value":[],"@odata.nextLink":"next"}'],
  ['a link that is no text', '{"value":[],"@odata.nextLink":7}'],
])('%s is an answer that may have been carried out', (_what, body) => {
  expect(() => readPage(body, String)).toThrow(
    expect.objectContaining({ code: 'ECONNECTION', ambiguous: true }),
  );
});
