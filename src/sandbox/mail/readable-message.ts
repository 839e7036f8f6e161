import { composeEml } from './compose-eml';
import { linksIn } from './markup';
import type { SandboxMessage, SentMessage } from './message';
import { visibleText } from './visible-text';

/**
 * Adds what tests read of a message, to the message itself. As getters that are not enumerable they cost nothing until
 * they are read, and stay out of JSON, structured clones and comparisons.
 */
export function makeReadable(message: SentMessage): SandboxMessage {
  addReading(message);
  return message;
}

function addReading(message: SentMessage): asserts message is SandboxMessage {
  const reading: Pick<SandboxMessage, 'text' | 'html' | 'links' | 'raw' | 'attachment'> = {
    get text() {
      const { body, textAlternative } = message;
      return body.contentType === 'text' ? body.content : (textAlternative ?? visibleText(body.content));
    },
    get html() {
      const { contentType, content } = message.body;
      return contentType === 'html' ? content : undefined;
    },
    get links() {
      const { body, textAlternative = '' } = message;
      return body.contentType === 'html' ? linksIn(body.content, textAlternative) : linksIn('', body.content);
    },
    get raw() {
      return composeEml(message);
    },
    attachment(name) {
      return message.attachments.find((candidate) =>
        typeof name === 'string' ? candidate.name === name : candidate.name.search(name) !== -1,
      );
    },
  };
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(reading))) {
    Object.defineProperty(message, name, { ...property, enumerable: false });
  }
}
