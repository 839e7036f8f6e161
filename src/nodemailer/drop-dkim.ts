import type { Transporter } from 'nodemailer';
import type { GraphSentMessageInfo } from '../delivery/sent-info';

/**
 * Keeps Nodemailer from signing messages with the app's DKIM keys. Exchange signs what it sends itself, and it
 * rewrites the message first, which would break any earlier signature. Signing would also make Nodemailer hold
 * the whole message in memory. `onKeys` is called for each message that has such keys.
 */
export function leaveUnsigned(mailer: Transporter<GraphSentMessageInfo>, onKeys: () => void): void {
  // Nodemailer looks for keys after the plugins of this step.
  mailer.use('stream', ({ data }, next) => {
    if (data.dkim) {
      delete data.dkim;
      onKeys();
    }
    next();
  });
}
