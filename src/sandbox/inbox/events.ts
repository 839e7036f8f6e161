import { after, type Sandbox } from './sandbox';

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
