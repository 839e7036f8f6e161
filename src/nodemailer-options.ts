import type {} from 'nodemailer/lib/mailer/mail-message';
import type { GraphMessageOptions } from './message-options';

declare module 'nodemailer/lib/mailer/mail-message' {
  interface SendMailOptions {
    /** How Graph is to send this message; overrides the options of `graphTransport()`. */
    graph?: GraphMessageOptions | undefined;
  }
}
