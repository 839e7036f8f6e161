// The ways of sending that the benchmark compares. Each is given the addresses of the sinks and the mail, and
// gives back a function that sends it once.
import { createRequire } from 'node:module';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { Client, HTTPMessageHandler } from '@microsoft/microsoft-graph-client';
import { simpleParser } from 'mailparser';
import nodemailer from 'nodemailer';
import { graphTransport } from 'nodemailer-graph-transport';
import MsgraphTransport from 'nodemailer-msgraph-transport';
import { Agent, request } from 'undici';

const { composeForReading } = createRequire(import.meta.url)('../../dist/nodemailer/compose-small');

const USER = 'app@contoso.example';
const AT_ONCE = 4;
/** Above this Graph wants a draft. */
const MAX_REQUEST_BYTES = 4_000_000;
const RANGE_BYTES = 3_900_000;

export const SENDERS = { floor, streamed, smtp, ses, handwritten, ours, mime, peer };

/** The least that any client needs: Nodemailer composes the message at once, and ready bytes are posted. */
function floor(addresses, mail) {
  return poster(addresses, mail, (message) => composeForReading(message) ?? message.build());
}

/** The same as Nodemailer composes a message by itself: as a stream. */
function streamed(addresses, mail) {
  return poster(addresses, mail, (message) => message.build());
}

async function poster({ graphUrl }, mail, compose) {
  const dispatcher = new Agent({ connections: AT_ONCE });
  const body = Buffer.from(JSON.stringify({ message: await readyMade(mail), saveToSentItems: true }));
  const headers = { authorization: 'Bearer bench', 'content-type': 'application/json' };
  const post = async () => {
    const url = `${graphUrl}/v1.0/users/${USER}/sendMail`;
    const answer = await request(url, { method: 'POST', headers, body, dispatcher });
    await answer.body.dump();
    if (answer.statusCode !== 202) throw new Error(`answered ${answer.statusCode}`);
  };
  return sender(post, mail, compose);
}

/** What people have today, without TLS as all the others here. */
function smtp({ smtpPort }, mail) {
  const transporter = nodemailer.createTransport({
    host: '127.0.0.1',
    port: smtpPort,
    ignoreTLS: true,
    pool: true,
    maxConnections: AT_ONCE,
    maxMessages: Number.POSITIVE_INFINITY,
  });
  return () => transporter.sendMail(mail);
}

/** The other HTTP API that Nodemailer sends through. */
function ses({ graphUrl }, mail) {
  const sesClient = new SESv2Client({
    region: 'eu-central-1',
    endpoint: graphUrl,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const transporter = nodemailer.createTransport({ SES: { sesClient, SendEmailCommand } });
  return () => transporter.sendMail(mail);
}

/** The same work with Microsoft's own client, as one would write it in an afternoon. */
function handwritten({ graphUrl }, mail) {
  const client = Client.initWithMiddleware({ baseUrl: `${graphUrl}/`, middleware: bearer() });
  return sender(async (mime) => {
    const { message, contents } = await convert(mime);
    const bytes = contents.reduce((sum, { length }) => sum + length, 0);
    if ((bytes * 4) / 3 < MAX_REQUEST_BYTES) {
      const attachments = withContents(message.attachments, contents);
      await client
        .api(`/users/${USER}/sendMail`)
        .post({ message: { ...message, attachments }, saveToSentItems: true });
      return;
    }
    const draft = await client.api(`/users/${USER}/messages`).post({ ...message, attachments: [] });
    for (const [index, { name }] of message.attachments.entries()) {
      const content = contents[index];
      const { uploadUrl } = await client
        .api(`/users/${USER}/messages/${draft.id}/attachments/createUploadSession`)
        .post({ AttachmentItem: { attachmentType: 'file', name, size: content.length } });
      // The client's own task uploads to https only.
      for (let start = 0; start < content.length; start += RANGE_BYTES) {
        const body = content.subarray(start, start + RANGE_BYTES);
        const range = `bytes ${start}-${start + body.length - 1}/${content.length}`;
        const answer = await fetch(uploadUrl, { method: 'PUT', headers: { 'content-range': range }, body });
        await answer.arrayBuffer();
      }
    }
    await client.api(`/users/${USER}/messages/${draft.id}/send`).post(undefined);
  }, mail);
}

function mime(addresses, mail) {
  return ours(addresses, { ...mail, graph: { format: 'mime' } });
}

function ours({ graphUrl, authorityUrl = graphUrl }, mail) {
  const transporter = nodemailer.createTransport(
    graphTransport({
      tenantId: '11111111-2222-3333-4444-555555555555',
      clientId: '66666666-7777-8888-9999-000000000000',
      clientSecret: 'bench',
      userId: USER,
      authorityHost: authorityUrl,
      graphEndpoint: graphUrl,
    }),
  );
  return () => transporter.sendMail(mail);
}

/** It knows one host only, and its token is given to it. */
function peer({ graphUrl }, mail) {
  const transport = new MsgraphTransport({
    tenantId: 'x',
    clientId: 'x',
    clientSecret: 'x',
    userPrincipalName: USER,
  });
  transport.getAccessToken = async () => ({ accessToken: 'bench' });
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => fetch(url.replace('https://graph.microsoft.com', graphUrl), init);
  const transporter = nodemailer.createTransport(transport);
  const flat = { ...mail, from: USER, to: 'ann@example.com, bob@example.org' };
  return () => transporter.sendMail(flat);
}

/** A transport that has the message composed, in one Buffer if nothing else is said. */
function sender(post, mail, compose = (message) => message.build()) {
  const transporter = nodemailer.createTransport({
    name: 'bench',
    version: '1',
    send({ message }, done) {
      message.keepBcc = true;
      Promise.resolve(compose(message))
        .then(post)
        .then(() => done(null, {}), done);
    },
  });
  return () => transporter.sendMail(mail);
}

async function readyMade(mail) {
  const compiler = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const { message: mime } = await compiler.sendMail(mail);
  const { message, contents } = await convert(mime);
  return { ...message, attachments: withContents(message.attachments, contents) };
}

function withContents(attachments, contents) {
  return attachments.map((attachment, index) => ({
    ...attachment,
    contentBytes: contents[index].toString('base64'),
  }));
}

/** mailparser's message as Graph's, with mailparser's extras off. */
async function convert(mime) {
  const parsed = await simpleParser(mime, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    checksumAlgo: false,
  });
  const recipients = (list) =>
    (list?.value ?? []).map(({ name, address }) => ({ emailAddress: { name, address } }));
  const message = {
    subject: parsed.subject,
    body: { contentType: 'html', content: parsed.html },
    from: recipients(parsed.from)[0],
    toRecipients: recipients(parsed.to),
    ccRecipients: recipients(parsed.cc),
    internetMessageId: parsed.messageId,
    attachments: parsed.attachments.map(({ filename, contentType, cid }) => ({
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: filename,
      contentType,
      isInline: cid !== undefined,
      ...(cid && { contentId: cid }),
    })),
  };
  return { message, contents: parsed.attachments.map(({ content }) => content) };
}

/** The client's own handler gives tokens to https only. */
function bearer() {
  const handler = new HTTPMessageHandler();
  return {
    setNext() {},
    execute(context) {
      const headers = { ...context.options?.headers, authorization: 'Bearer bench' };
      context.options = { ...context.options, headers };
      return handler.execute(context);
    },
  };
}
