import type { SendMailOptions } from 'nodemailer';
import type { FlagTable, TransportTarget } from './flag';

type MessageTarget = keyof SendMailOptions | 'graph.importance' | 'envelope.from';

/** A message made of flags. */
export const MESSAGE_FLAGS = {
  to: {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    sets: 'to',
    help: 'one or more recipients; may be repeated',
  },
  cc: { type: 'string', multiple: true, value: 'ADDRESS', sets: 'cc', help: 'likewise' },
  bcc: { type: 'string', multiple: true, value: 'ADDRESS', sets: 'bcc', help: 'likewise' },
  'reply-to': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    sets: 'replyTo',
    help: 'where replies go',
  },
  subject: { type: 'string', value: 'TEXT', sets: 'subject', help: 'the subject' },
  text: { type: 'string', value: 'TEXT', sets: 'text', help: 'the body; - reads it from stdin' },
  html: {
    type: 'string',
    value: 'TEXT',
    sets: 'html',
    help: 'the body as HTML, alone or along with --text; - reads it from stdin',
  },
  'text-file': { type: 'string', value: 'FILE', sets: 'text', help: 'read the body from a file' },
  'html-file': { type: 'string', value: 'FILE', sets: 'html', help: 'read the HTML body from a file' },
  attach: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    sets: 'attachments',
    help: 'a file to attach; may be repeated',
  },
  header: {
    type: 'string',
    multiple: true,
    value: "'NAME: VALUE'",
    sets: 'headers',
    help: 'a header; may be repeated',
  },
  'message-id': {
    type: 'string',
    value: 'ID',
    sets: 'messageId',
    help: 'with --delivery exactly-once, messages with the same ID are the same message',
  },
  importance: { type: 'string', value: 'LEVEL', sets: 'graph.importance', help: 'low, normal or high' },
} as const satisfies FlagTable<MessageTarget>;

/** How any message is sent. */
export const DELIVERY_FLAGS = {
  from: {
    type: 'string',
    value: 'ADDRESS',
    sets: 'from',
    help: 'From, if the message has none (default: the mailbox)',
  },
  'force-from': {
    type: 'boolean',
    help: 'set From to the mailbox; the original From becomes Reply-To, if there is none',
  },
  aliases: {
    type: 'string',
    value: 'FILE',
    help: 'addresses for recipients without a domain, such as root, in the format of /etc/aliases',
  },
  'default-to': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'gets the mail of recipients without a domain that have no alias',
  },
  'no-save': { type: 'boolean', sets: 'saveToSentItems', help: 'keep no copy in Sent Items' },
  format: { type: 'string', value: 'FORMAT', sets: 'format', help: 'auto, json or mime' },
  lossy: {
    type: 'boolean',
    sets: 'lossy',
    help: 'send the rest of a message if something in it cannot be carried',
  },
  at: {
    type: 'string',
    value: 'TIME',
    sets: 'graph.sendAt',
    help: 'have Exchange hold the message until then, such as 2026-12-24T08:00:00Z; without Z or an offset it is local time',
  },
  'in-reply-to': {
    type: 'string',
    value: 'ID',
    sets: 'graph.inReplyTo',
    help: 'the Message-ID of the message in the mailbox that this one answers, in its conversation',
  },
  delivery: { type: 'string', value: 'WAY', sets: 'delivery', help: 'at-most-once or exactly-once' },
  timeout: {
    type: 'string',
    value: 'TIME',
    sets: 'timeout',
    help: 'the longest time for everything, in ms, or as 30s or 2m (default 10m)',
  },
  attempts: {
    type: 'string',
    value: 'N',
    sets: 'retry.attempts',
    help: 'the most attempts for each request (default 5)',
  },
  'log-file': { type: 'string', value: 'FILE', help: 'append a line for each message, sent or not' },
} as const satisfies FlagTable<TransportTarget | 'graph.sendAt' | 'graph.inReplyTo'>;

/** The flags of sendmail that mean something here. */
export const SENDMAIL_FLAGS = {
  'read-recipients': {
    type: 'boolean',
    short: 't',
    help: 'take the recipients from To, Cc and Bcc (the default for an .eml file, if none are named)',
  },
  'ignore-dots': {
    type: 'boolean',
    short: 'i',
    help: 'do not end the message at a line with only a dot; also as -oi',
  },
  sender: {
    type: 'string',
    short: 'f',
    value: 'ADDRESS',
    sets: 'envelope.from',
    help: 'envelope sender, also as -r; bounces go to the mailbox anyway',
  },
  'sender-r': { type: 'string', short: 'r' },
  'full-name': {
    type: 'string',
    short: 'F',
    value: 'NAME',
    sets: 'from',
    help: 'name in From, if the message has no From',
  },
  verbose: { type: 'boolean', short: 'v', help: 'report that the message was sent' },
  mode: { type: 'string', short: 'b' },
  queue: { type: 'string', short: 'q' },
  option: { type: 'string', short: 'o', multiple: true },
} as const satisfies FlagTable<'envelope.from' | 'from'>;

/** sendmail's flags that change nothing here: body types, hop counts, tags, notification settings, tracing. */
export const IGNORED_FLAGS = {
  'ignored-A': { type: 'string', short: 'A' },
  'ignored-B': { type: 'string', short: 'B' },
  'ignored-e': { type: 'string', short: 'e' },
  'ignored-G': { type: 'boolean', short: 'G' },
  'ignored-h': { type: 'string', short: 'h' },
  'ignored-L': { type: 'string', short: 'L' },
  'ignored-m': { type: 'boolean', short: 'm' },
  'ignored-n': { type: 'boolean', short: 'n' },
  'ignored-N': { type: 'string', short: 'N' },
  'ignored-O': { type: 'string', short: 'O', multiple: true },
  'ignored-R': { type: 'string', short: 'R' },
  'ignored-U': { type: 'boolean', short: 'U' },
  'ignored-V': { type: 'string', short: 'V' },
  'ignored-X': { type: 'string', short: 'X' },
} as const satisfies FlagTable<never>;
