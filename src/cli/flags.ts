import type { SendMailOptions } from 'nodemailer';
import type { GraphTransportOptions } from '../index';
import { CLOUD_NAMES } from '../options/clouds';
import type { StartSandboxOptions } from '../sandbox';

/** A flag: how it is parsed, and what `--help` and docs/cli.md say about it. */
export interface Flag<Target extends string = string> {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  /** The placeholder for its value. */
  value?: string;
  /** What it sets: an option of the transport or of the sandbox, or a field of the message. */
  sets?: Target;
  /** The environment variable to use without the flag. */
  variable?: string;
  /** What it does. A flag without this works, but is not shown. */
  help?: string;
}

/** The flags of one section of the help, by name. */
export type FlagTable<Target extends string = string> = Readonly<Record<string, Flag<Target>>>;

/** The transport's options, and what flags set inside them. */
type TransportTarget = keyof GraphTransportOptions | 'tls.ca' | 'retry.attempts';
type MessageTarget = keyof SendMailOptions | 'graph.importance' | 'envelope.from';

export const DEFAULT_REPORT = 'prove-report.json';
export const DEFAULT_SANDBOX_PORT = 4250;

/** Every flag, by the section of the help that lists it. Parsing, help and docs/cli.md come from here. */
export const FLAGS = {
  connection: {
    'tenant-id': {
      type: 'string',
      value: 'TENANT',
      sets: 'tenantId',
      variable: 'AZURE_TENANT_ID',
      help: "the tenant's GUID or domain",
    },
    'client-id': {
      type: 'string',
      value: 'ID',
      sets: 'clientId',
      variable: 'AZURE_CLIENT_ID',
      help: "the app's client ID",
    },
    'client-secret': {
      type: 'string',
      value: 'SECRET',
      sets: 'clientSecret',
      variable: 'AZURE_CLIENT_SECRET',
      help: "the app's secret; prefer the variable, since others on this machine can see the command line",
    },
    'user-id': {
      type: 'string',
      value: 'MAILBOX',
      sets: 'userId',
      variable: 'GRAPH_USER_ID',
      help: 'the mailbox that sends',
    },
    'authority-host': {
      type: 'string',
      value: 'URL',
      sets: 'authorityHost',
      variable: 'AZURE_AUTHORITY_HOST',
      help: 'the address of Entra',
    },
    'graph-endpoint': {
      type: 'string',
      value: 'URL',
      sets: 'graphEndpoint',
      variable: 'GRAPH_ENDPOINT',
      help: 'the address of Graph',
    },
    cloud: {
      type: 'string',
      value: 'NAME',
      sets: 'cloud',
      variable: 'GRAPH_CLOUD',
      help: CLOUD_NAMES.join(', '),
    },
    'insecure-sandbox': {
      type: 'boolean',
      sets: 'insecureSandbox',
      variable: 'GRAPH_INSECURE_SANDBOX',
      help: 'plain http to a sandbox on another machine, never to anything of Microsoft',
    },
    proxy: {
      type: 'string',
      value: 'URL',
      sets: 'proxy',
      help: 'the proxy for all requests (default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY)',
    },
    ca: {
      type: 'string',
      value: 'FILE',
      sets: 'tls.ca',
      help: 'certificates (PEM) to trust in addition to the ones that Node trusts',
    },
    config: {
      type: 'string',
      short: 'c',
      value: 'FILE',
      help: 'read variables that are not set from FILE (default ./.env, if it exists)',
    },
    // The old name of config. Node claims this flag itself, wherever it appears: it reads the file before we do,
    // exits with 9 if there is none, and obeys a NODE_OPTIONS in it.
    'env-file': {
      type: 'string',
      value: 'FILE',
      help: 'the old name of --config, which Node itself may intercept',
    },
    debug: { type: 'boolean', sets: 'debug', help: 'log each request to stderr, without secrets or bodies' },
    json: { type: 'boolean', help: 'print the result to stdout as JSON' },
    help: { type: 'boolean' },
  },

  message: {
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
  },

  sendmail: {
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
  },

  delivery: {
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
  },

  /** sendmail's flags that change nothing here: body types, hop counts, tags, notification settings, tracing. */
  ignored: {
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
  },

  sandbox: {
    mailbox: {
      type: 'string',
      multiple: true,
      value: 'ADDRESS',
      sets: 'mailboxes',
      help: "a mailbox of the tenant, instead of the default ones; may be repeated. The first one sends (GRAPH_USER_ID), and its domain becomes the tenant's",
    },
    'tenant-id': {
      type: 'string',
      value: 'TENANT',
      sets: 'tenantId',
      help: "the tenant's GUID or domain, to match the settings of your app",
    },
    'client-id': { type: 'string', value: 'ID', sets: 'clientId', help: "the app's client ID, likewise" },
    'client-secret': {
      type: 'string',
      value: 'TEXT',
      sets: 'clientSecret',
      help: "the app's secret, likewise: never a real one, since others on this machine can see it",
    },
    write: {
      type: 'string',
      value: 'FILE',
      help: 'set the variables in this file, and keep everything else in it',
    },
    port: {
      type: 'string',
      value: 'N',
      sets: 'port',
      help: `the port to listen on; 0 for any free port (default ${DEFAULT_SANDBOX_PORT}; with a COMMAND, another one if that is taken)`,
    },
    host: {
      type: 'string',
      value: 'HOST',
      sets: 'host',
      help: 'listen on this address instead of 127.0.0.1, such as 0.0.0.0 in a container. Not safe on a network: anyone who can reach the sandbox can read its mail. Needs --allowed-host',
    },
    'allowed-host': {
      type: 'string',
      multiple: true,
      value: 'NAME',
      sets: 'allowedHosts',
      help: 'a name that clients use for it, without its port, such as its service in a compose file; may be repeated. The first one is in the variables. Requests to any other name are refused',
    },
    webhook: {
      type: 'string',
      value: 'URL',
      sets: 'webhook',
      help: 'post each message to this URL as JSON; it has to be on this machine, unless --allow-remote-webhook is given',
    },
    'allow-remote-webhook': {
      type: 'boolean',
      sets: 'allowRemoteWebhook',
      help: 'let the webhook be on another machine, which then gets every message',
    },
    strict: {
      type: 'boolean',
      help: 'the narrow reading of limits that are not documented exactly (default)',
    },
    lenient: {
      type: 'boolean',
      sets: 'limits',
      help: 'the wide reading: 1 MB is 2^20 bytes; what users have measured, which is a posted attachment of 3,145,611 bytes and an upload session from 2 MB; and any number of requests at once',
    },
    store: {
      type: 'string',
      value: 'DIR',
      sets: 'store',
      help: 'also keep messages in this folder, as .eml and as JSON, and load those that are already there',
    },
    json: { type: 'boolean', help: 'print the variables as JSON' },
    help: { type: 'boolean' },
  },

  demo: {
    port: {
      type: 'string',
      value: 'N',
      sets: 'port',
      help: 'the port that the sandbox listens on, on 127.0.0.1 only (default: any free port)',
    },
    help: { type: 'boolean' },
  },

  bounces: {
    since: {
      type: 'string',
      value: 'WHEN',
      help: 'a date, such as 2026-11-26 or 2026-11-26T09:00:00Z, or the token of an earlier run (default: everything in the Inbox)',
    },
  },

  trace: {
    details: { type: 'boolean', help: 'also each step of the message to each recipient' },
    since: {
      type: 'string',
      value: 'DATE',
      help: 'the message was sent then or later, at most 90 days ago (default: ten days ago)',
    },
  },

  prove: {
    to: { type: 'string', value: 'ADDRESS', variable: 'LIVE_TO', help: 'who gets the messages' },
    alias: {
      type: 'string',
      value: 'ADDRESS',
      variable: 'LIVE_ALIAS',
      help: 'an alias of the mailbox, to check one more rule',
    },
    'foreign-from': {
      type: 'string',
      value: 'ADDRESS',
      variable: 'LIVE_FOREIGN_FROM',
      help: 'an address that the mailbox may not send as, to check one more rule',
    },
    report: {
      type: 'string',
      value: 'FILE',
      help: `where to write the report (default ${DEFAULT_REPORT})`,
    },
    sandbox: {
      type: 'boolean',
      help: 'check a second sandbox instead, to see what the command does; no mail is sent',
    },
  },
} as const satisfies {
  connection: FlagTable<TransportTarget>;
  message: FlagTable<MessageTarget>;
  sendmail: FlagTable<MessageTarget>;
  delivery: FlagTable<TransportTarget | 'graph.sendAt' | 'graph.inReplyTo'>;
  ignored: FlagTable<never>;
  sandbox: FlagTable<keyof StartSandboxOptions>;
  demo: FlagTable<keyof StartSandboxOptions>;
  bounces: FlagTable<never>;
  trace: FlagTable<never>;
  prove: FlagTable<never>;
};

/** The flags that each command takes. */
export const COMMAND_FLAGS = {
  verify: FLAGS.connection,
  send: {
    ...FLAGS.message,
    ...FLAGS.sendmail,
    ...FLAGS.delivery,
    ...FLAGS.connection,
    ...FLAGS.ignored,
  },
  bounces: { ...FLAGS.bounces, ...FLAGS.connection },
  trace: { ...FLAGS.trace, ...FLAGS.connection },
  scheduled: FLAGS.connection,
  cancel: FLAGS.connection,
  sandbox: FLAGS.sandbox,
  demo: FLAGS.demo,
  prove: { ...FLAGS.prove, ...FLAGS.connection },
} as const;

export type CommandName = keyof typeof COMMAND_FLAGS;
