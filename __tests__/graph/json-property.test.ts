import { parseJson, property } from '../../src/graph/answer-error';

test('parses JSON, and takes what is none for nothing', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson('{"a":')).toBeUndefined();
  expect(parseJson('')).toBeUndefined();
});

test('finds a property whatever its case, on both sides', () => {
  expect(property({ other: 1, innererror: 2 }, 'innerError')).toBe(2);
  expect(property({ other: 1, InnerError: 2 }, 'innererror')).toBe(2);
});

test.each([[undefined], [null], ['text'], [17], [{}], [{ inner: 1 }], [[]]])('finds none in %j', (value) => {
  expect(property(value, 'innerError')).toBeUndefined();
});
