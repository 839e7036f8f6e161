import * as endpoints from '../../src/graph/endpoints';
import { fc } from '../support/fast-check';

const { isId } = endpoints;
const text = fc.string({ unit: 'grapheme', minLength: 1 });

test('each path leads to its resource in the documentation', () => {
  expect(endpoints.sendMailPath('a@b.example')).toBe('/v1.0/users/a%40b.example/sendMail');
  expect(endpoints.messagesPath('a')).toBe('/v1.0/users/a/messages');
  expect(endpoints.messagePath('a', 'b/c=')).toBe('/v1.0/users/a/messages/b%2Fc%3D');
  expect(endpoints.mimePath('a', 'b')).toBe('/v1.0/users/a/messages/b/$value');
  expect(endpoints.folderPath('a', 'sentitems')).toBe('/v1.0/users/a/mailFolders/sentitems');
  expect(endpoints.tracesPath()).toBe('/v1.0/admin/exchange/tracing/messageTraces');
  expect(endpoints.traceDetailsPath('1', "o'neill@b.example")).toBe(
    "/v1.0/admin/exchange/tracing/messageTraces/1/getDetailsByRecipient(recipientAddress='o''neill%40b.example')",
  );
  expect(endpoints.ME_PATH).toBe('/v1.0/me');
});

test('no mailbox and no message, however it is called, leads to another resource', () => {
  fc.assert(
    fc.property(text, text, (userId, id) => {
      fc.pre(isId(userId) && isId(id));
      const { pathname, search } = new URL(`https://graph.example${endpoints.messagePath(userId, id)}`);
      expect(search).toBe('');
      expect(pathname.split('/').map(decodeURIComponent)).toEqual([
        '',
        'v1.0',
        'users',
        userId,
        'messages',
        id,
      ]);
    }),
  );
});

test.each([
  ['an id of Graph', 'AAMkAGI2TG93AAA=', true],
  ['of three dots', '...', true],
  ['with a dot in it', 'a.', true],
  ['with a line break', 'a\nb', true],
  ['of 2000 characters', 'a'.repeat(2000), true],
  ['of 2001 characters', 'a'.repeat(2001), false],
  ['that is empty', '', false],
  ['of one dot', '.', false],
  ['of two dots', '..', false],
  ['with half a character', 'a\ud800', false],
  ['that begins with half a character', '\udc00a', false],
  ['that is a number', 17, false],
  ['that is missing', undefined, false],
])('an id %s can be used in a path: %s', (_, id, isUsable) => {
  expect(isId(id)).toBe(isUsable);
});
