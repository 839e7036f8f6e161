import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Message } from '@microsoft/microsoft-graph-types';

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
}

const folder = join(__dirname, '../../fixtures/mail');

/** Every mail fixture. */
export const mailFixtures: MailFixture[] = readdirSync(folder)
  .filter((file) => file.endsWith('.eml'))
  .map((file) => {
    const name = basename(file, '.eml');
    const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    return { name, mime: readFileSync(join(folder, file)), ...expected };
  });

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
