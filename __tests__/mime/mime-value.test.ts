import { readMimeValue } from '../../src/mime/mime-value';

const read = (raw: string) => readMimeValue(Buffer.from(raw).toString('latin1'));

test.each<[string, string, Record<string, string>]>([
  ['Text/HTML; Charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['text/plain', 'text/plain', {}],
  ['text/plain;', 'text/plain', {}],
  ['text/plain;;charset=utf-8; ;', 'text/plain', { charset: 'utf-8' }],
  [' \t text/plain \r\n ; charset = utf-8 ', 'text/plain', { charset: 'utf-8' }],
  [
    'attachment; filename=annual  report.pdf; size=3',
    'attachment',
    { filename: 'annual  report.pdf', size: '3' },
  ],
  ['attachment; filename="a \\"b\\" \\\\ c;d.pdf"', 'attachment', { filename: 'a "b" \\ c;d.pdf' }],
  ['attachment; filename=""', 'attachment', { filename: '' }],
  ['attachment; filename=', 'attachment', { filename: '' }],
  ['multipart/mixed; boundary=b=c=d', 'multipart/mixed', { boundary: 'b=c=d' }],
  ['attachment; filename=[a].pdf', 'attachment', { filename: '[a].pdf' }],
  ['attachment; filename="=?utf-8?Q?J=C3=B6rg=2Epdf?="', 'attachment', { filename: 'Jörg.pdf' }],
  ['attachment; filename="Jörg.pdf"', 'attachment', { filename: 'Jörg.pdf' }],
  ["attachment; filename*=utf-8''J%C3%B6rg%20a.pdf", 'attachment', { filename: 'Jörg a.pdf' }],
  ["attachment; filename*=utf-8'de'J%c3%b6rg.pdf", 'attachment', { filename: 'Jörg.pdf' }],
  ["attachment; filename*=iso-8859-1''J%F6rg.pdf", 'attachment', { filename: 'Jörg.pdf' }],
  ["attachment; filename*=''a%20b", 'attachment', { filename: 'a b' }],
  [
    'attachment; filename*0=annual; filename*1="-report"; filename*2=.pdf',
    'attachment',
    { filename: 'annual-report.pdf' },
  ],
  ['attachment; filename*2=c; filename*0=a; filename*1=b', 'attachment', { filename: 'abc' }],
  [
    "attachment; filename*0*=utf-8''J%C3; filename*1*=%B6rg; filename*2=%20.pdf",
    'attachment',
    { filename: 'Jörg%20.pdf' },
  ],
  ['', '', {}],
  ['x; __proto__=a', 'x', Object.fromEntries([['__proto__', 'a']])],
])('reads %s in the only way there is', (raw, value, params) => {
  const found = read(raw);
  expect(found).toMatchObject({ value, fault: undefined, charsetFault: undefined });
  expect(Object.entries(found.params)).toEqual(Object.entries(params));
});

test.each<[string, string, Record<string, string>, string]>([
  ['text/plain (page); charset=utf-8', 'text/plain', { charset: 'utf-8' }, 'a comment'],
  ['(a (b) \\) c) text/plain', 'text/plain', {}, 'a comment'],
  ['text/plain; (c) charset (d) = (e) utf-8 (f)', 'text/plain', { charset: 'utf-8' }, 'a comment'],
  ['text/plain; charset=utf-8 (a (b)', 'text/plain', { charset: 'utf-8' }, 'a comment without an end'],
  ['text/plain charset=utf-8; name=a', 'text/plain charset=utf-8', { name: 'a' }, ''],
  ['text/plain "x"; name=a', 'text/plain', { name: 'a' }, 'text that is no parameter'],
  ['text/plain; name; charset=utf-8', 'text/plain', { charset: 'utf-8' }, 'text that is no parameter'],
  ['text/plain; =x; charset=utf-8', 'text/plain', { charset: 'utf-8' }, 'text that is no parameter'],
  [
    'text/plain; name="a" b; charset=utf-8',
    'text/plain',
    { name: 'a', charset: 'utf-8' },
    'text that is no parameter',
  ],
  ['text/plain; name="a', 'text/plain', { name: '' }, 'text that is no parameter'],
  ['text/plain; NAME=a; name=b', 'text/plain', { name: 'a' }, 'two parameters name'],
  ['text/plain; name*x=a', 'text/plain', {}, 'the parameter name*x'],
  ['text/plain; name*01=a', 'text/plain', {}, 'the parameter name*01'],
  ['text/plain; name*0=a; name*2=c', 'text/plain', { name: 'ac' }, 'the pieces of the parameter name'],
  ['text/plain; name*1=b', 'text/plain', { name: 'b' }, 'the pieces of the parameter name'],
  ['text/plain; name*0=a; name*0*=b', 'text/plain', { name: 'ab' }, 'the pieces of the parameter name'],
])('reads %s, and says what others may read otherwise', (raw, value, params, fault) => {
  const found = read(raw);
  expect(found).toMatchObject({ value, fault: fault || undefined });
  expect({ ...found.params }).toEqual(params);
});

const ODD = 'an encoded parameter that is malformed';

test.each([
  ['x; name="=?utf-8?Q?a=ZZ?="', undefined, 'an encoded word that cannot be decoded'],
  ["x; name*=utf-8''J%F6rg", 'Jörg', 'bytes that are not in their charset'],
  ["x; name*=x-unheard-of''a", 'a', 'bytes that are not in their charset'],
  ['x; name*=a%20b', 'a b', ODD],
  ["x; name*=utf-8''100%", '100%', ODD],
  ["x; name*=utf-8''J%C3%B6rg ö", undefined, ODD],
  ['x; name*0*=utf-8\'\'a; name*1="ö"', 'aö', ODD],
  ["x; name*0*=utf-8''a; name*1*=%4", 'a%4', ODD],
])('says which name is not certain in its letters: %s', (raw, name, charsetFault) => {
  const found = read(raw);
  expect(found.charsetFault).toBe(charsetFault);
  if (name !== undefined) expect(found.params.name).toBe(name);
});
