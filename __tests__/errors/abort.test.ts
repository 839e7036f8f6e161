import { getEventListeners } from 'node:events';
import { onAbort } from '../../src/errors/abort';

test('a signal that many messages share has one listener, and all of them hear it', () => {
  const abort = new AbortController();
  const heard: number[] = [];
  for (let message = 0; message < 100; message++) onAbort(abort.signal, () => heard.push(message));
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  abort.abort();
  expect(heard).toEqual(Array.from({ length: 100 }, (_, message) => message));
});

test('a message that is done hears nothing, and the last one takes the listener with it', () => {
  const abort = new AbortController();
  const heard: string[] = [];
  const stopOne = onAbort(abort.signal, () => heard.push('one'));
  const stopOther = onAbort(abort.signal, () => heard.push('other'));
  stopOne();
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1);
  stopOther();
  expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  onAbort(abort.signal, () => heard.push('third'));
  abort.abort();
  expect(heard).toEqual(['third']);
});

test('a signal that has aborted is heard at once', () => {
  const heard: string[] = [];
  onAbort(AbortSignal.abort(), () => heard.push('now'))();
  expect(heard).toEqual(['now']);
});

test('one that is done while others are told is not told', () => {
  const abort = new AbortController();
  const heard: string[] = [];
  let stopSecond = () => {};
  onAbort(abort.signal, () => stopSecond());
  stopSecond = onAbort(abort.signal, () => heard.push('second'));
  abort.abort();
  expect(heard).toEqual([]);
});
