// It relies on Nodemailer setting `mailer` on a transport, and looking for DKIM keys after the plugins of the step
// 'stream'. If that order changes, messages are signed again, in vain; transport/drop-in.test.ts tells.
import type { Transporter } from 'nodemailer';

/**
 * Keeps Nodemailer from signing messages with the app's DKIM keys. Exchange rewrites each message and then signs it, so
 * an earlier signature would no longer be valid, and to make it Nodemailer would hold the whole message in memory.
 * Calls `onKeys` for each message that has such keys.
 */
export function leaveUnsigned(mailer: Pick<Transporter, 'use'>, onKeys: () => void): void {
  // Nodemailer looks for keys after the plugins of this step.
  mailer.use('stream', ({ data }, next) => {
    if (data.dkim) {
      delete data.dkim;
      onKeys();
    }
    next();
  });
}
