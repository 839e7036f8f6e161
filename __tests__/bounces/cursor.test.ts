import { Cursor } from '../../src/bounces/cursor';
import { fc } from '../support/fast-check';

const START = 1_800_000_000_000;

test('looks back ten minutes, and remembers what is done there', () => {
  const cursor = Cursor.at(new Date(START));
  cursor.finish('old', START + 1000);
  cursor.finish('new', START + 3_600_000);
  const again = Cursor.at(cursor.token);
  expect(again.from).toBe(START + 3_000_000);
  expect([again.isDone('new'), again.isDone('late')]).toEqual([true, false]);
});

test('never looks back behind the date that was asked for', () => {
  const cursor = Cursor.at(new Date(START));
  cursor.finish('one', START + 5000);
  expect(Cursor.at(cursor.token).from).toBe(START);
});

test('keeps its place within a report until that is done', () => {
  const cursor = Cursor.at(undefined);
  cursor.advance('one', 2);
  const again = Cursor.at(cursor.token);
  expect([again.countOf('one'), again.countOf('two'), again.isDone('one')]).toEqual([2, 0, false]);
  again.finish('one', START);
  expect([again.countOf('one'), again.isDone('one')]).toEqual([0, true]);
});

test('forgets no report of a second, however many there are', () => {
  const cursor = Cursor.at(new Date(START));
  for (let at = 0; at < 3000; at++) cursor.finish(`early ${at}`, START);
  for (let at = 0; at < 3000; at++) cursor.finish(`late ${at}`, START + 1000);
  const again = Cursor.at(cursor.token);
  expect(again.from).toBe(START + 1000);
  for (let at = 0; at < 3000; at++) expect(again.isDone(`late ${at}`)).toBe(true);
});

test('remembers a report that comes again with an earlier time', () => {
  const cursor = Cursor.at(new Date(START));
  cursor.finish('again', START + 1000);
  cursor.finish('again', START);
  cursor.finish('late', START + 601_000);
  expect(cursor.from).toBe(START + 1000);
  expect(Cursor.at(cursor.token).isDone('again')).toBe(true);
});

test('a token leads to the same place, after any reports', () => {
  const report = fc.tuple(fc.string(), fc.integer({ min: 0, max: 2000 }));
  fc.assert(
    fc.property(fc.array(report), (reports) => {
      const cursor = Cursor.at(new Date(START));
      for (const [id, seconds] of reports) cursor.finish(id, START + seconds * 1000);
      const again = Cursor.at(cursor.token);
      expect([again.from, again.token]).toEqual([cursor.from, cursor.token]);
      for (const [id, seconds] of reports) {
        // A report is either remembered, or older than where the next search begins.
        if (START + seconds * 1000 >= again.from) expect(again.isDone(id)).toBe(true);
      }
    }),
  );
});

test('no text but a token is taken for one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const token of [text, `bounces1.${text}`, `bounces1.${Buffer.from(text).toString('base64url')}`]) {
        expect(() => Cursor.at(token)).toThrow(expect.objectContaining({ code: 'ECONFIG' }));
      }
    }),
  );
});
