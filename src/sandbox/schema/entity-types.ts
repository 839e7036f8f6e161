/**
 * The types of request bodies, in the notation of Graph's metadata: Edm names without their prefix, `Collection(…)`
 * for lists, `!` for a value that must not be null. Lists are never null. Properties and types are those of
 * @microsoft/microsoft-graph-types, read-only ones included: the service knows them, so it does not refuse them.
 */
const entity = { id: 'String!' } as const;

const outlookItem = {
  ...entity,
  categories: 'Collection(String)',
  changeKey: 'String',
  createdDateTime: 'DateTimeOffset',
  lastModifiedDateTime: 'DateTimeOffset',
} as const;

const attachment = {
  ...entity,
  contentType: 'String',
  isInline: 'Boolean!',
  lastModifiedDateTime: 'DateTimeOffset',
  name: 'String',
  size: 'Int32!',
} as const;

export const ENTITY_TYPES = {
  sendMail: { message: 'message!', saveToSentItems: 'BooleanOrText' },
  createReply: { Comment: 'String', Message: 'message' },
  createUploadSession: { AttachmentItem: 'attachmentItem!' },
  message: {
    ...outlookItem,
    attachments: 'Collection(attachment)',
    bccRecipients: 'Collection(recipient)',
    body: 'itemBody',
    bodyPreview: 'String',
    ccRecipients: 'Collection(recipient)',
    conversationId: 'String',
    conversationIndex: 'Binary',
    extensions: 'Collection(Untyped)',
    flag: 'followupFlag',
    from: 'recipient',
    hasAttachments: 'Boolean',
    importance: 'importance',
    inferenceClassification: 'inferenceClassificationType',
    internetMessageHeaders: 'Collection(internetMessageHeader)',
    internetMessageId: 'String',
    isDeliveryReceiptRequested: 'Boolean',
    isDraft: 'Boolean',
    isRead: 'Boolean',
    isReadReceiptRequested: 'Boolean',
    multiValueExtendedProperties: 'Collection(multiValueLegacyExtendedProperty)',
    parentFolderId: 'String',
    receivedDateTime: 'DateTimeOffset',
    replyTo: 'Collection(recipient)',
    sender: 'recipient',
    sentDateTime: 'DateTimeOffset',
    singleValueExtendedProperties: 'Collection(singleValueLegacyExtendedProperty)',
    subject: 'String',
    toRecipients: 'Collection(recipient)',
    uniqueBody: 'itemBody',
    webLink: 'String',
  },
  itemBody: { content: 'String', contentType: 'bodyType' },
  recipient: { emailAddress: 'emailAddress' },
  emailAddress: { address: 'String', name: 'String' },
  internetMessageHeader: { name: 'String', value: 'String' },
  singleValueLegacyExtendedProperty: { ...entity, value: 'String' },
  multiValueLegacyExtendedProperty: { ...entity, value: 'Collection(String)' },
  followupFlag: {
    completedDateTime: 'dateTimeTimeZone',
    dueDateTime: 'dateTimeTimeZone',
    flagStatus: 'followupFlagStatus',
    startDateTime: 'dateTimeTimeZone',
  },
  dateTimeTimeZone: { dateTime: 'String!', timeZone: 'String' },
  fileAttachment: { ...attachment, contentBytes: 'Binary', contentId: 'String', contentLocation: 'String' },
  itemAttachment: { ...attachment, item: 'outlookItem' },
  attachmentItem: {
    attachmentType: 'attachmentType',
    contentId: 'String',
    contentType: 'String',
    isInline: 'Boolean',
    name: 'String',
    size: 'Int64',
  },
} as const;

/** Abstract types, and the types that a value can have instead. */
export const DERIVED_TYPES = {
  attachment: ['fileAttachment', 'itemAttachment'],
  outlookItem: ['message'],
} as const;

/** Compared without case: Graph's own examples write `Text` and `HTML`. */
export const ENUM_TYPES = {
  attachmentType: ['file', 'item', 'reference'],
  bodyType: ['text', 'html'],
  importance: ['low', 'normal', 'high'],
  inferenceClassificationType: ['focused', 'other'],
  followupFlagStatus: ['notFlagged', 'complete', 'flagged'],
} as const;

interface PrimitiveTypes {
  String: string;
  Boolean: boolean;
  /** What the service accepts for saveToSentItems: Graph's own example sends the text "false". */
  BooleanOrText: boolean | 'true' | 'false';
  Int32: number;
  Int64: number;
  Binary: string;
  DateTimeOffset: string;
  Untyped: unknown;
}

export type PrimitiveName = keyof PrimitiveTypes;
export type EntityName = keyof typeof ENTITY_TYPES;
/** Types that a whole body can have. */
export type BodyName = EntityName | keyof typeof DERIVED_TYPES;

export type JsonEntity<Name extends EntityName> = { readonly '@odata.type'?: string } & {
  readonly [Property in keyof (typeof ENTITY_TYPES)[Name]]?: JsonProperty<
    (typeof ENTITY_TYPES)[Name][Property]
  >;
};

type JsonProperty<Declared> = Declared extends `${infer Type}!`
  ? JsonValue<Type>
  : Declared extends `Collection(${string})`
    ? JsonValue<Declared>
    : JsonValue<Declared> | null;

/** The TypeScript type of JSON that has passed `checkEntity`. */
export type JsonValue<Type> = Type extends `Collection(${infer Item})`
  ? readonly JsonValue<Item>[]
  : Type extends PrimitiveName
    ? PrimitiveTypes[Type]
    : Type extends keyof typeof ENUM_TYPES
      ? string
      : Type extends EntityName
        ? JsonEntity<Type>
        : Type extends keyof typeof DERIVED_TYPES
          ? JsonValue<(typeof DERIVED_TYPES)[Type][number]>
          : never;
