import { createSandbox } from '../../src/sandbox';
import { LUNCH, refusal, send } from './support';

const header = (name: string | null, value: string | null = 'x') => ({ name, value });
const withHeaders = (...internetMessageHeaders: object[]) => ({ ...LUNCH, internetMessageHeaders });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => header(`x-header-${index}`));

test('keeps five headers in order, their names and values as they came', async () => {
  const sandbox = createSandbox();
  const headers = [...numbered(3), header('X-Mailer', 'Åke & Söner'), header('X-Empty', '')];
  expect((await send(sandbox, withHeaders(...headers))).status).toBe(202);
  expect(sandbox.messages).toMatchObject([{ headers }]);
});

test.each([
  ['an empty list', 0],
  ['six', 6],
])('refuses %s of headers', async (_what, count) => {
  expect(await refusal(send(createSandbox(), withHeaders(...numbered(count))))).toEqual({
    status: 400,
    code: 'InvalidInternetMessageHeaderCollection',
    message: 'Maximum number of headers in one message should be less than or equal to 5.',
  });
});

test.each(['List-Unsubscribe', 'Reply-To', 'ax-a', '', null])(
  'refuses a header whose name does not begin with x-: %s',
  async (name) => {
    expect(await refusal(send(createSandbox(), withHeaders(header(name))))).toEqual({
      status: 400,
      code: 'InvalidInternetMessageHeader',
      message: `The internet message header name '${name ?? ''}' should start with 'x-' or 'X-'.`,
    });
  },
);

test.each(['x-a:', 'x-a b', 'x-a\r\nBcc', 'x-ä'])('refuses %j for the name of a header', async (name) => {
  expect(await refusal(send(createSandbox(), withHeaders(header(name))))).toMatchObject({
    status: 400,
    code: 'InvalidInternetMessageHeader',
  });
});

test('takes a header value with a tab, which a fold may have been', async () => {
  expect((await send(createSandbox(), withHeaders(header('x-a', 'a\tb')))).status).toBe(202);
});

test.each([
  ['a line break', 'a\r\nBcc: eve@fabrikam.example'],
  ['a bare LF', 'a\nb'],
  ['a bare CR', 'a\rb'],
  ['NUL', 'a\0b'],
  ['DEL', 'a\u007fb'],
  ['nothing', null],
])('refuses a header value with %s', async (_what, value) => {
  expect(await refusal(send(createSandbox(), withHeaders(header('x-a', value))))).toMatchObject({
    status: 400,
    code: 'InvalidInternetMessageHeader',
    message: expect.stringContaining("'x-a'"),
  });
});
