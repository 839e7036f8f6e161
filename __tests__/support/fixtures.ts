import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Message } from '@microsoft/microsoft-graph-types';
import { toGraphMessage } from '../../src/message/graph-message';
import { readMail } from './mail-content';

/** A mail of `fixtures/mail` and what it must become. */
export interface MailFixture {
  name: string;
  /** The mail, byte for byte. */
  mime: Buffer;
  /** What makes it hard. */
  trait: string;
  /** The envelope, where it is not simply everybody in To, Cc and Bcc. */
  envelope?: { from: string; to: string[] };
  route: 'json' | 'mime';
  /** Why it cannot go as JSON. */
  because?: string;
  message?: Message;
  /** Headers that the MIME route writes anew, or leaves out. */
  rewritten?: string[];
}

/** A mail of `fixtures/refused`, and the error that it must come to. */
export interface RefusedFixture {
  name: string;
  mime: Buffer;
  trait: string;
  envelope: { from: string; to: string[] };
  code: string;
  /** What the error says of it. */
  says: string;
}

function fixturesIn<T>(name: string): (T & { name: string; mime: Buffer })[] {
  const folder = join(__dirname, '../../fixtures', name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => {
      const stem = basename(file, '.eml');
      const expected = JSON.parse(readFileSync(join(folder, `${stem}.json`), 'utf8'));
      return { name: stem, mime: readFileSync(join(folder, file)), ...expected };
    });
}

/** Every mail fixture. */
export const mailFixtures = fixturesIn<MailFixture>('mail');

/** Every mail that must be refused. */
export const refusedFixtures = fixturesIn<RefusedFixture>('refused');

/** The fixture's recipients: those of its envelope, else everybody in its To, Cc and Bcc. */
export function envelopeOf({ envelope, message, mime }: MailFixture): string[] {
  if (envelope) return envelope.to;
  if (message) {
    return [message.toRecipients, message.ccRecipients, message.bccRecipients]
      .flatMap((recipients) => recipients ?? [])
      .flatMap(({ emailAddress }) => emailAddress?.address ?? []);
  }
  const [header = ''] = mime.toString('latin1').split(/\r\n\r\n/);
  const fields = header.match(/^(?:to|cc|bcc):.*(?:\r\n[ \t].*)*/gim) ?? [];
  return fields.flatMap((field) => field.match(/[\w.+'-]+@[\w.-]+\w/g) ?? []);
}

/** What is read from a fixture's mail, and the message that Graph gets. */
export async function convertFixture(fixture: MailFixture) {
  const { content } = await readMail(fixture.mime);
  const message = toGraphMessage(content, {
    envelopeTo: envelopeOf(fixture),
    from: undefined,
    replyTo: [],
    messageId: '<made-up@contoso.example>',
    importance: undefined,
    categories: undefined,
  });
  return { content, message };
}
