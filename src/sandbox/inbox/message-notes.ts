import { emlHeaders } from '../mail/eml-headers';
import type { SandboxMessage } from '../mail/message';
import { count } from './usage-line';

/** Set by Exchange itself, whatever a message says. */
const EXCHANGE_SETS = ['date', 'return-path', 'dkim-signature'];
/** Headers with a place in Exchange of their own. */
const EXCHANGE_KNOWS =
  /^(?:from|sender|reply-to|to|cc|subject|message-id|in-reply-to|references|mime-version|content-.+|importance|priority|sensitivity|keywords|disposition-notification-to|return-receipt-to|x-.+)$/;

/**
 * What did not go as it was written: moved to another place, left to Exchange, or hidden from the recipients. Of what
 * the client left out before it sent, the sandbox cannot know.
 */
export function messageNotes(message: SandboxMessage): string[] {
  return [
    ...bccNotes(message),
    ...(message.mime ? mimeNotes(message) : jsonNotes(message)),
    ...copyNotes(message),
  ];
}

function bccNotes({ bcc, mime }: SandboxMessage): string[] {
  if (bcc.length === 0) return [];
  const hidden = mime ? 'The Bcc header is taken out before' : 'bccRecipients stand in no header, so';
  return [`${hidden} anybody gets the mail: ${count(bcc.length, 'recipient')} whom the others do not see.`];
}

function jsonNotes(message: SandboxMessage): string[] {
  const moved = emlHeaders(message).filter(({ source }) => source.startsWith('MAPI property'));
  const carried = new Set(moved.map(({ source }) => source));
  const others = message.extendedProperties.filter(({ id }) => !carried.has(`MAPI property ${id}`));
  const isMadeUp = emlHeaders(message).some(({ source }) => source === 'made up by the sandbox');
  return [
    ...moved.map(({ name, source }) => `${name} came as the ${source}.`),
    ...others.map(
      ({ id }) => `The MAPI property ${id} is kept; it stands for no header that the sandbox knows.`,
    ),
    ...(message.body.contentType === 'html'
      ? ['JSON has one body. Exchange makes the text version of this HTML itself.']
      : []),
    ...(isMadeUp
      ? ['The request has no internetMessageId. This one is the sandbox’s; Exchange makes its own.']
      : []),
  ];
}

function mimeNotes({ headers, route }: SandboxMessage): string[] {
  const names = [...new Set(headers.map(({ name }) => name))];
  const replaced = names.filter((name) => EXCHANGE_SETS.includes(name.toLowerCase()));
  const doubtful = names.filter(
    (name) => !EXCHANGE_SETS.includes(name.toLowerCase()) && !EXCHANGE_KNOWS.test(name.toLowerCase()),
  );
  return [
    ...(replaced.length > 0
      ? [`Exchange sets these itself, whatever they say here: ${replaced.join(', ')}.`]
      : []),
    ...(doubtful.length > 0
      ? [
          `Users report that Exchange drops headers like these, which do not begin with X-: ${doubtful.join(', ')}.`,
        ]
      : []),
    ...(route === 'draft'
      ? ['The MIME is what the draft was made of; what was added or changed later is not in it.']
      : []),
  ];
}

function copyNotes({ savedToSentItems, route }: SandboxMessage): string[] {
  if (!savedToSentItems) return ['No copy is kept in Sent Items, as the request asked.'];
  return route === 'json'
    ? []
    : ['Exchange keeps a copy in Sent Items; on this route nothing can ask it not to.'];
}
