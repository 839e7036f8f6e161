import type {} from 'nodemailer/lib/mailer/mail-message';
import type { GraphMessageOptions } from './index.js';

// The same package for import: one copy of the code, whichever way it is loaded. The values are named, because
// `export *` would also export the `__esModule` of CommonJS.
export type * from './index.js';
export { GraphTransport, GraphTransportError, graphTransport } from './index.js';

// Nodemailer has separate type files for import and for require.
/** @ts-ignore: @types/nodemailer, for Nodemailer before 10, has nothing to augment here. */
declare module 'nodemailer/lib/mailer/mail-message' {
  interface SendMailOptions {
    /** How Graph should send this message; overrides the options of `graphTransport()`. */
    graph?: GraphMessageOptions | undefined;
  }
}
