import { GraphRefusal } from '../http/graph-refusal';

/** Honest, so that nobody takes the sandbox's silence for the service's. */
export function notPlayed(request: Request): GraphRefusal {
  return new GraphRefusal(
    'not-played',
    501,
    'notSupported',
    `The sandbox does not play ${request.method} ${new URL(request.url).pathname}. ` +
      'It plays sendMail, drafts with their attachments, upload sessions, mail folders, messages and users.',
  );
}
