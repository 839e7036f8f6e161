import type { Transporter } from 'nodemailer';
import type { GraphSentMessageInfo } from '../delivery/sent-info';

/**
 * Keeps Nodemailer from signing messages with DKIM keys of the app. Exchange signs what it sends itself, after
 * it has written the message anew, so that no signature made before would still be true; and Nodemailer would
 * hold the whole message in memory to make it. `onKeys` is called for each message that has such keys.
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
