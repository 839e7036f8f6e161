import { createSandbox } from '../../src/sandbox';
import { LUNCH, refusal, send } from './support';

const GUID = '{00020386-0000-0000-C000-000000000046}';
const single = (id: string | undefined, value: unknown = '1') => ({
  ...LUNCH,
  singleValueExtendedProperties: [{ id, value }],
});
const multi = (id: string, value: unknown = ['1']) => ({
  ...LUNCH,
  multiValueExtendedProperties: [{ id, value }],
});

describe('the id of an extended property', () => {
  test.each([
    'String 0x1042',
    'Integer 0x36',
    `String ${GUID} Name list-id`,
    `String ${GUID} Name a name with spaces`,
    `Integer ${GUID.toLowerCase()} Id 0x8502`,
    'SystemTime 0x0039',
    'Boolean 0x0',
  ])('may be %s', async (id) => {
    const sandbox = createSandbox();
    const value = id.startsWith('Boolean') ? 'true' : '1';
    expect((await send(sandbox, single(id, value))).status).toBe(202);
    expect(sandbox.messages).toMatchObject([{ extendedProperties: [{ id, value }] }]);
  });

  test.each([
    undefined,
    '',
    '0x1042',
    'String',
    'String 1042',
    'String 0x1042 ',
    'String 0x10420',
    'string 0x1042',
    'Text 0x1042',
    'constructor 0x1042',
    'Object 0x1042',
    'StringArray 0x1042',
    'String 00020386-0000-0000-C000-000000000046 Name x',
    `String ${GUID} Name `,
    `String ${GUID} Name`,
    `String ${GUID} x`,
    `Integer ${GUID} Id 8502`,
    'String {0002} Name x',
  ])('is refused: %j', async (id) => {
    expect(await refusal(send(createSandbox(), single(id)))).toEqual({
      status: 400,
      code: 'ErrorInvalidExtendedProperty',
      message: expect.stringContaining(`'${id ?? ''}'`),
    });
  });

  test('is that of a list for a property of many values, and only there', async () => {
    expect((await send(createSandbox(), multi(`StringArray ${GUID} Name x`))).status).toBe(202);
    for (const id of ['String 0x1042', 'StringOther 0x1042']) {
      expect(await refusal(send(createSandbox(), multi(id)))).toMatchObject({
        code: 'ErrorInvalidExtendedProperty',
      });
    }
  });
});

describe('the value of an extended property', () => {
  test.each([
    ['Integer 0x36', '0'],
    ['Integer 0x36', '-12'],
    ['String 0x1042', ''],
    ['String 0x1042', '<a@b>, ünïcode'],
    ['Boolean 0x36', 'False'],
  ])('of %s may be %j', async (id, value) => {
    expect((await send(createSandbox(), single(id, value))).status).toBe(202);
  });

  test.each([
    ['Integer 0x36', 'high'],
    ['Integer 0x36', '1.5'],
    ['Integer 0x36', ''],
    ['Integer 0x36', ' 1'],
    ['Long 0x36', 'x'],
    ['Short 0x36', 'x'],
    ['Boolean 0x36', '1'],
    ['Boolean 0x36', 'untrue'],
    ['Boolean 0x36', 'trueish'],
    ['String 0x1042', null],
  ])('of %s is refused: %j', async (id, value) => {
    expect(await refusal(send(createSandbox(), single(id, value)))).toEqual({
      status: 400,
      code: 'ErrorInvalidExtendedPropertyValue',
      message: expect.stringContaining(id),
    });
  });

  test('is a text, also for a number', async () => {
    expect(await refusal(send(createSandbox(), single('Integer 0x36', 1)))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
    });
  });

  test('is checked in a property of many values', async () => {
    expect(await refusal(send(createSandbox(), multi('IntegerArray 0x36', ['1', 'x'])))).toMatchObject({
      code: 'ErrorInvalidExtendedPropertyValue',
    });
  });
});
