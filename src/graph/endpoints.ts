/**
 * Path of the call that sends a message as the mailbox, below the Graph endpoint.
 * The mailbox is one path segment whatever is in it, so that no user id leads to another resource.
 */
export function sendMailPath(userId: string): string {
  return `/v1.0/users/${encodeURIComponent(userId)}/sendMail`;
}
