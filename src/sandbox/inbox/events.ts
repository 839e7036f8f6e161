import { NO_RIGHTS } from './api/answers';
import { summaryOf } from './api/message-json';
import { after, newcomers, type Sandbox, type SandboxMessage } from './sandbox';

/** Changes in quick succession are sent as one event: the page then asks for everything new. */
const PAUSE_MS = 100;

/** A stream of server-sent events that reports changes for as long as the page listens. */
export function changeEvents(sandbox: Sandbox): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let stopTimer: (() => void) | undefined;
      const tell = () => {
        stopTimer = undefined;
        // An unread event already says that something has changed.
        if (controller.desiredSize !== 0) controller.enqueue(encoder.encode('event: change\ndata: {}\n\n'));
      };
      const unsubscribe = sandbox.subscribe(() => {
        stopTimer ??= after(PAUSE_MS, tell);
      });
      end = () => {
        unsubscribe();
        stopTimer?.();
      };
      // Tells the browser that it is connected.
      controller.enqueue(encoder.encode('retry: 1000\n\n'));
    },
    cancel() {
      end();
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** A reader that falls further behind is cut off. It connects again, and is told what it missed. */
const MAX_UNREAD = 1000;

/**
 * Server-sent events: `message` for each message that comes, `removed` for each that goes. A reader that connects
 * again gets the messages since the one that its `Last-Event-ID` names.
 */
export function eventStream(sandbox: Sandbox, lastId: string | null): Response {
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const take = newcomers(sandbox.messages);
        let known = [...sandbox.messages];
        const tell = (text: string) => controller.enqueue(new TextEncoder().encode(text));
        const update = () => {
          const fresh = take(sandbox.messages);
          const { length } = sandbox.messages;
          if (known.length + fresh.length > length) {
            const left = new Set(sandbox.messages);
            for (const message of known) if (!left.has(message)) tell(removedEvent(message));
            known = [...left];
          } else known.push(...fresh);
          for (const message of fresh) tell(messageEvent(message));
          if ((controller.desiredSize ?? 0) > -MAX_UNREAD) return;
          end();
          controller.close();
        };
        end = sandbox.subscribe(update);
        tell('retry: 1000\n\n');
        for (const message of missedSince(lastId, sandbox.messages)) tell(messageEvent(message));
      },
      cancel: () => end(),
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'content-security-policy': NO_RIGHTS,
      'x-content-type-options': 'nosniff',
    },
  });
}

function missedSince(lastId: string | null, messages: readonly SandboxMessage[]): readonly SandboxMessage[] {
  const index = lastId === null ? -1 : messages.findIndex(({ id }) => id === lastId);
  return index === -1 ? [] : messages.slice(index + 1);
}

function messageEvent(message: SandboxMessage): string {
  return `id: ${message.id}\nevent: message\ndata: ${JSON.stringify(summaryOf(message))}\n\n`;
}

function removedEvent({ id }: SandboxMessage): string {
  return `event: removed\ndata: ${JSON.stringify({ id })}\n\n`;
}
