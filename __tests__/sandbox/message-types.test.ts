import { readFileSync } from 'node:fs';
import { createSandbox } from '../../src/sandbox';
import { DERIVED_TYPES, ENTITY_TYPES, ENUM_TYPES } from '../../src/sandbox/schema/entity-types';
import { LUNCH, post, refusal, send } from './support';

const file = (contentBytes: unknown = 'SGk=') => ({
  '@odata.type': '#microsoft.graph.fileAttachment',
  name: 'a.txt',
  contentBytes,
});
const item = (message: object) => ({
  '@odata.type': '#microsoft.graph.itemAttachment',
  name: 'forwarded',
  item: { '@odata.type': '#microsoft.graph.message', ...message },
});
const RECIPIENT = { emailAddress: { address: 'a@fabrikam.example' } };

describe('a property that no type has', () => {
  test.each([
    ['message', { Subjects: 'x' }, 'Subjects'],
    ['message', { to: [] }, 'to'],
    ['message', { constructor: 'x' }, 'constructor'],
    ['itemBody', { body: { contentType: 'text', content: 'x', charset: 'utf-8' } }, 'charset'],
    ['recipient', { toRecipients: [{ address: 'a@fabrikam.example' }] }, 'address'],
    ['emailAddress', { ccRecipients: [{ emailAddress: { email: 'a@fabrikam.example' } }] }, 'email'],
    ['recipient', { from: { name: 'x' } }, 'name'],
    ['fileAttachment', { attachments: [{ ...file(), encoding: 'base64' }] }, 'encoding'],
    ['itemAttachment', { attachments: [{ ...item({}), contentBytes: 'SGk=' }] }, 'contentBytes'],
    ['message', { attachments: [item({ nope: 1 })] }, 'nope'],
    ['internetMessageHeader', { internetMessageHeaders: [{ name: 'x-a', value: 'b', raw: 'c' }] }, 'raw'],
    [
      'singleValueLegacyExtendedProperty',
      { singleValueExtendedProperties: [{ id: 'String 0x1042', value: 'x', type: 'String' }] },
      'type',
    ],
    [
      'multiValueLegacyExtendedProperty',
      { multiValueExtendedProperties: [{ id: 'StringArray 0x1042', values: [] }] },
      'values',
    ],
    ['followupFlag', { flag: { flagStatus: 'flagged', due: 'x' } }, 'due'],
    ['dateTimeTimeZone', { flag: { dueDateTime: { dateTime: '2026-01-01T00:00:00', zone: 'UTC' } } }, 'zone'],
  ])('is refused on %s: %j', async (type, change, property) => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, ...change }))).toEqual({
      status: 400,
      code: 'RequestBodyRead',
      message:
        `The property '${property}' does not exist on type 'microsoft.graph.${type}'. Make sure to only use ` +
        'property names that are defined by the type or mark the type as open type.',
    });
  });

  test('is refused beside the message', async () => {
    const body = JSON.stringify({ message: LUNCH, subject: 'x' });
    expect(await refusal(post(createSandbox(), body))).toMatchObject({
      status: 400,
      message: expect.stringMatching(/'subject' does not exist on type 'microsoft.graph.sendMail'/),
    });
  });

  test('is no annotation', async () => {
    const change = {
      '@odata.etag': 'W/"x"',
      'subject@odata.type': '#String',
      '@odata.type': 'microsoft.graph.message',
    };
    expect((await send(createSandbox(), { ...LUNCH, ...change })).status).toBe(202);
  });
});

describe('a value of the wrong kind', () => {
  test.each([
    [
      'a number for a text',
      { subject: 1 },
      "'subject' of type 'microsoft.graph.message' takes Edm.String, not 1.",
    ],
    ['a text for a Boolean', { isRead: 'true' }, "'isRead' of type"],
    ['a text for an object', { body: 'Hello' }, "'body' of type"],
    ['a list for an object', { body: [] }, "'body' of type"],
    ['an object for a list', { toRecipients: RECIPIENT }, "'toRecipients' of type"],
    ['a text in a list of objects', { toRecipients: ['a@fabrikam.example'] }, "'toRecipients' of type"],
    ['an unknown importance', { importance: 'urgent' }, 'takes low, normal, high, not "urgent".'],
    ['a list for an importance', { importance: ['low'] }, "'importance' of type"],
    ['an unknown body type', { body: { contentType: 'text/html' } }, "'contentType' of type"],
    ['an unknown flag status', { flag: { flagStatus: 'red' } }, "'flagStatus' of type"],
    ['an unknown inference', { inferenceClassification: 'x' }, "'inferenceClassification' of type"],
    ['a date without a zone', { sentDateTime: '2026-01-01T00:00:00' }, "'sentDateTime' of type"],
    ['text before a date', { sentDateTime: 'on 2026-01-01T00:00:00Z' }, "'sentDateTime' of type"],
    ['text after a date', { sentDateTime: '2026-01-01T00:00:00Z?' }, "'sentDateTime' of type"],
    ['a list for a date', { sentDateTime: ['2026-01-01T00:00:00Z'] }, "'sentDateTime' of type"],
    ['a number for bytes', { attachments: [file(5)] }, "'contentBytes' of type"],
    ['base64 with a line break', { attachments: [file('SGk=\r\n')] }, "'contentBytes' of type"],
    ['base64 of the URL alphabet', { attachments: [file('_-8=')] }, "'contentBytes' of type"],
    ['base64 without padding', { attachments: [file('SGk')] }, "'contentBytes' of type"],
    ['bytes as numbers', { attachments: [file([72, 105])] }, "'contentBytes' of type"],
    ['half a size', { attachments: [{ ...file(), size: 0.5 }] }, "'size' of type"],
    ['a size of more than 32 bits', { attachments: [{ ...file(), size: 2 ** 31 }] }, "'size' of type"],
    [
      'null for a list',
      { ccRecipients: null },
      "'ccRecipients' of type 'microsoft.graph.message' does not take null.",
    ],
    ['null in a list', { toRecipients: [null] }, "'toRecipients' of type"],
    ['null for isInline', { attachments: [{ ...file(), isInline: null }] }, "'isInline' of type"],
    ['null for an id', { singleValueExtendedProperties: [{ id: null, value: 'x' }] }, "'id' of type"],
    ['null for a date', { flag: { dueDateTime: { dateTime: null } } }, "'dateTime' of type"],
  ])('is refused: %s', async (_what, change, message) => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, ...change }))).toEqual({
      status: 400,
      code: 'RequestBodyRead',
      message: expect.stringContaining(message),
    });
  });

  test('is refused for the message itself', async () => {
    expect(await refusal(post(createSandbox(), '{"message":null}'))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
    });
  });

  test('is quoted no further than needed', async () => {
    const { message } = await refusal(
      send(createSandbox(), { ...LUNCH, attachments: [file('-'.repeat(5000))] }),
    );
    expect(message.length).toBeLessThan(300);
  });
});

describe('a value that a place takes', () => {
  test.each([
    { body: { contentType: 'HTML', content: '<p>' } },
    { body: { contentType: 'Text' } },
    { body: null },
    { body: { contentType: null, content: null } },
    { subject: null },
    { importance: 'High' },
    { importance: null },
    { sentDateTime: '2026-01-01T00:00:00.123Z', receivedDateTime: '2026-01-01T00:00:00+01:00' },
    { flag: { flagStatus: 'flagged', dueDateTime: { dateTime: '2026-01-01T00:00:00', timeZone: 'UTC' } } },
    { id: 'AAMk', changeKey: 'x', hasAttachments: false, isDraft: true, webLink: 'https://x.example' },
    { extensions: [{ anything: 1 }] },
    { attachments: [{ ...file(), size: 2 }] },
  ])('is accepted: %j', async (change) => {
    expect((await send(createSandbox(), { ...LUNCH, ...change })).status).toBe(202);
  });
});

describe('the @odata.type', () => {
  test.each([
    ['missing', { ...file(), '@odata.type': undefined }],
    ['of another type', { ...file(), '@odata.type': '#microsoft.graph.message' }],
    ['without its namespace', { ...file(), '@odata.type': '#fileAttachment' }],
    ['null', { ...file(), '@odata.type': null }],
    ['missing on the item', { ...item({}), item: { subject: 'x' } }],
  ])('is refused on an attachment: %s', async (_what, attachment) => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, attachments: [attachment] }))).toMatchObject({
      status: 400,
      code: 'RequestBodyRead',
      message: expect.stringContaining('@odata.type'),
    });
  });

  test('is refused when it is not that of its place', async () => {
    const body = { '@odata.type': '#microsoft.graph.recipient', content: 'x' };
    expect((await send(createSandbox(), { ...LUNCH, body })).status).toBe(400);
  });

  test.each([
    ['referenceAttachment', { ...file(), '@odata.type': '#microsoft.graph.referenceAttachment' }],
    ['event', { ...item({}), item: { '@odata.type': '#microsoft.graph.event' } }],
    ['contact', { ...item({}), item: { '@odata.type': '#microsoft.graph.contact' } }],
  ])('is not played by the sandbox: %s', async (_what, attachment) => {
    expect(await refusal(send(createSandbox(), { ...LUNCH, attachments: [attachment] }))).toMatchObject({
      status: 501,
      code: 'notSupported',
    });
  });
});

describe("the sandbox's table of types", () => {
  const published = readFileSync(
    require.resolve('@microsoft/microsoft-graph-types/microsoft-graph.d.ts'),
    'utf8',
  );
  const capitalised = (name: string) => name.replace(/^./, (letter) => letter.toUpperCase());

  /** The properties that Microsoft publishes for a type, those of its bases included. */
  function publishedProperties(type: string): Record<string, string> {
    const declaration = new RegExp(`^export interface ${type} (?:extends (\\w+) )?\\{$([^]*?)^\\}$`, 'm');
    const [, base, text = ''] = declaration.exec(published) ?? [];
    const own = [...text.matchAll(/^ {4}(\w+)\??: (.+);$/gm)].map(([, name = '', declared = '']) => [
      name,
      declared,
    ]);
    return { ...(base && publishedProperties(base)), ...Object.fromEntries(own) };
  }

  /** The table's notation in that of Microsoft's TypeScript, which tells fewer types apart. */
  function inTypeScript(declared: string): string {
    const item = /^Collection\((.+)\)$/.exec(declared)?.[1];
    if (item) return `NullableOption<${inTypeScript(`${item}!`)}[]>`;
    if (!declared.endsWith('!')) return `NullableOption<${inTypeScript(`${declared}!`)}>`;
    const type = capitalised(declared.slice(0, -1));
    if (/^(?:String|Binary|DateTimeOffset)$/.test(type)) return 'string';
    return { Int32: 'number', Int64: 'number', Boolean: 'boolean', Untyped: 'Extension' }[type] ?? type;
  }

  // The parameters of actions are no types, and not published.
  const actions = ['sendMail', 'createReply', 'createUploadSession'];
  const tabled = Object.entries(ENTITY_TYPES).filter(([name]) => !actions.includes(name));

  test.each(tabled)('has the properties that Microsoft publishes for %s', (name, properties) => {
    const inTable = Object.entries(properties).map(([property, declared]) => [
      property,
      inTypeScript(declared),
    ]);
    expect(Object.fromEntries(inTable)).toEqual(publishedProperties(capitalised(name)));
  });

  test.each(Object.entries(ENUM_TYPES))('has the values that Microsoft publishes for %s', (name, values) => {
    const [, text = ''] = new RegExp(`^export type ${capitalised(name)} = (.+);$`, 'm').exec(published) ?? [];
    expect(text.split(' | ')).toEqual(values.map((value) => `"${value}"`));
  });

  test('describes every type that it names', () => {
    const named = Object.values(ENTITY_TYPES).flatMap((properties) => Object.values(properties));
    const types = new Set(named.map((declared) => declared.replace(/^Collection\(|\)$|!$/g, '')));
    const primitive = /^[A-Z]/;
    const described = [
      ...Object.keys(ENTITY_TYPES),
      ...Object.keys(ENUM_TYPES),
      ...Object.keys(DERIVED_TYPES),
    ];
    for (const type of types) if (!primitive.test(type)) expect(described).toContain(type);
  });
});
