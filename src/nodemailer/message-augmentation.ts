import type {} from 'nodemailer/lib/mailer/mail-message';
import type { GraphMessageOptions } from '../options/message-options';

/** @ts-ignore: @types/nodemailer, for Nodemailer before 10, has nothing there that could be added to. */
declare module 'nodemailer/lib/mailer/mail-message' {
  interface SendMailOptions {
    /** How Graph is to send this message; overrides the options of `graphTransport()`. */
    graph?: GraphMessageOptions | undefined;
  }
}
