import type { Sandbox } from '../create-sandbox';

/** A burst of changes is told once: the page asks for what is new anyway. */
const PAUSE_MS = 100;

/** A stream of server-sent events, one after each change, for as long as the page listens. */
export function changeEvents(sandbox: Sandbox): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let timer: NodeJS.Timeout | undefined;
      const tell = () => {
        timer = undefined;
        // One that was not read yet says the same.
        if (controller.desiredSize !== 0) controller.enqueue(encoder.encode('event: change\ndata: {}\n\n'));
      };
      const unsubscribe = sandbox.subscribe(() => {
        timer ??= setTimeout(tell, PAUSE_MS).unref();
      });
      end = () => {
        unsubscribe();
        clearTimeout(timer);
      };
      // The browser knows by it that it is connected.
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
