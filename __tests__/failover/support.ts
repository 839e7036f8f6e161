import nodemailer, { type Transport } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message';
import { failover } from '../../src/failover';
import { FailoverTransport } from '../../src/failover/failover-transport';
import type { FailoverMember } from '../../src/failover/members';
import type { FailoverOptions } from '../../src/failover/options';
import { createManualClock } from '../support/manual-clock';

export const letter = { from: 'app@contoso.example', to: 'ann@example.com', subject: 'Plans', text: 'Hello' };

/** What a stub does with a message: an error that it fails with, or nothing. */
type Act = (mail: MailMessage<unknown>) => Error | undefined | Promise<Error | undefined>;

/** A transport that keeps what it sends. */
export interface Stub extends Transport {
  sent: string[];
  tried: number;
  act: Act;
}

export function stub(name: string, act: Act = () => undefined): Stub {
  const one: Stub = {
    name,
    version: '1.0.0',
    sent: [],
    tried: 0,
    act,
    send(mail, callback) {
      one.tried += 1;
      const run = async () => {
        const error = await one.act(mail);
        if (error) return callback(error);
        one.sent.push(await composed(mail));
        callback(null, { envelope: mail.message.getEnvelope(), messageId: mail.message.messageId() });
      };
      run().catch((error) => callback(error));
    },
  };
  return one;
}

export async function composed(mail: MailMessage<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of mail.message.createReadStream()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** An error as Nodemailer's and this package's transports make them. */
export function failure(fields: object, message = 'it failed'): Error {
  return Object.assign(new Error(message), fields);
}

export const passing = () => failure({ code: 'ECONNECTION', retryable: true, ambiguous: false });
export const ambiguous = () => failure({ code: 'ETIMEDOUT', retryable: false, ambiguous: true });
export const refused = () => failure({ code: 'EENVELOPE', retryable: false, ambiguous: false });
export const throttled = (retryAfter: number) =>
  failure({ code: 'ECONNECTION', retryable: true, ambiguous: false, retryAfter });

/** A transporter, whose clock stands still until it is told to go on. */
export function transporterOf(members: FailoverMember[], options: FailoverOptions = {}) {
  const clock = createManualClock();
  const transport = new FailoverTransport(members, options, clock);
  return { clock, transport, transporter: nodemailer.createTransport(transport) };
}

export { failover };
