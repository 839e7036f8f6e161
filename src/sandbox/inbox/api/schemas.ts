import { REQUEST_NAMES } from '../sandbox';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0 };
const textOrNull = { type: ['string', 'null'] };
const list = (items: object) => ({ type: 'array', items });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** An object whose properties are all there, except for the optional ones, and no other. */
function object(properties: Readonly<Record<string, object>>, ...optional: string[]) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const page = { total: count, limit: count, offset: count };

const summary = {
  id: text,
  url: { type: 'string', description: 'The path of the message in this API.' },
  receivedAt: { type: 'string', format: 'date-time' },
  mailbox: { type: 'string', description: 'The user principal name of the mailbox that sent it.' },
  route: { enum: ['json', 'mime', 'draft'] },
  from: ref('Address'),
  to: list(ref('Address')),
  cc: list(ref('Address')),
  bcc: list(ref('Address')),
  subject: text,
};

const faultOptions = {
  times: { type: 'integer', minimum: 1, description: 'How many requests it applies to.' },
  skip: { ...count, description: 'How many requests it skips first.' },
  every: { type: 'integer', minimum: 1, description: 'Applies to every request of this number.' },
  mailbox: { type: 'string', description: 'Only to requests for this mailbox.' },
};
const faultRequest = { enum: REQUEST_NAMES };
const fault = {
  type: 'object',
  properties: { kind: text },
  required: ['kind'],
  description: 'What happens, as failNext() takes it: { "kind": "answer", "status": 503 }.',
};

/** What the API takes and answers, in the words of JSON Schema. */
export const SCHEMAS = {
  Address: object({ name: { ...text, description: 'Empty if there is none.' }, address: text }),
  Attachment: object({
    index: count,
    url: text,
    name: {
      ...text,
      description: 'A calendar without one is invite.ics; any other file without one has an empty name.',
    },
    contentType: text,
    size: { ...count, description: 'In bytes.' },
    isInline: flag,
    contentId: textOrNull,
    sha256: { ...textOrNull, description: 'In hex, if the sandbox keeps no bytes.' },
  }),
  AttachmentList: object({ attachments: list(ref('Attachment')) }),
  MessageSummary: object({
    ...summary,
    preview: { ...text, description: 'The beginning of the text, on one line.' },
    attachmentCount: count,
  }),
  MessageList: object({ messages: list(ref('MessageSummary')), ...page }),
  Message: object({
    ...summary,
    sender: ref('Address'),
    replyTo: list(ref('Address')),
    internetMessageId: text,
    importance: { enum: ['low', 'normal', 'high'] },
    categories: list(text),
    headers: list(object({ name: text, value: text })),
    extendedProperties: list(object({ id: text, value: text })),
    isReadReceiptRequested: flag,
    isDeliveryReceiptRequested: flag,
    savedToSentItems: flag,
    requestId: text,
    clientRequestId: textOrNull,
    text: { ...text, description: 'The text, or the text of the HTML.' },
    html: { ...textOrNull, description: 'As it was sent; null if there is only text.' },
    links: { ...list(text), description: 'Of the HTML, then of the text, each once.' },
    attachments: list(ref('Attachment')),
  }),
  Deleted: object({ deleted: count }),
  NewFault: object({ request: faultRequest, fault, ...faultOptions }, ...Object.keys(faultOptions)),
  Fault: object({ id: count, request: faultRequest, fault, ...faultOptions }, 'skip', 'every', 'mailbox'),
  FaultList: object({ faults: list(ref('Fault')) }),
  RequestList: object({
    requests: list(
      object(
        {
          method: text,
          path: text,
          mailbox: { ...text, description: 'The mailbox that it was for, unless it was for a token.' },
          status: { ...count, description: '0 if the client got no answer.' },
          requestId: text,
          clientRequestId: text,
          fault,
          rule: { ...text, description: 'The rule that it broke, if it was refused.' },
          receivedAt: { ...text, format: 'date-time' },
          durationMs: { ...count, description: 'Until its answer began.' },
        },
        'mailbox',
        'clientRequestId',
        'fault',
        'rule',
      ),
    ),
    ...page,
  }),
  MailboxList: object({
    mailboxes: list(
      object(
        {
          id: text,
          userPrincipalName: text,
          displayName: text,
          aliases: list(text),
          sendAs: list(text),
          state: { enum: ['ok', 'unlicensed', 'on-premises', 'disabled', 'access-denied'] },
          messageBytes: count,
        },
        'aliases',
        'sendAs',
        'state',
        'messageBytes',
      ),
    ),
  }),
  Error: object(
    {
      error: object({ code: text, message: text }),
      messages: { ...list(ref('MessageSummary')), description: 'Of a wait in vain: the latest messages.' },
    },
    'messages',
  ),
} as const;

export type SchemaName = keyof typeof SCHEMAS;
