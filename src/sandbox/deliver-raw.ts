import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { every } from './clock';
import type { Delivery } from './http/delivery';

/** Writes answers with a broken end, or none, to the socket: node:http would not send them. */
export async function deliverRaw(
  delivery: Extract<Delivery, { manner: 'cut' | 'trickle' }>,
  socket: Socket,
): Promise<void> {
  const { response } = delivery;
  const body = Buffer.from(await response.arrayBuffer());
  if (delivery.manner === 'cut') {
    // Without a body, the answer promises one byte that never arrives.
    const head = headOf(response, `content-length: ${body.length || 1}`);
    const half =
      delivery.in === 'head'
        ? head.subarray(0, head.length / 2)
        : Buffer.concat([head, body.subarray(0, body.length / 2)]);
    socket.end(half, () => socket.destroy());
  } else if (delivery.in === 'head') {
    const unended = headOf(response, 'x-endless: ').subarray(0, -4);
    trickle(socket, delivery.everyMs, (at) => [unended[at] ?? LETTER]);
  } else {
    socket.write(headOf(response, 'transfer-encoding: chunked'));
    trickle(socket, delivery.everyMs, (at) => [...CHUNK_START, body[at] ?? SPACE, ...LINE_END]);
  }
}

const LETTER = 0x61;
/** White space after JSON does not change it. */
const SPACE = 0x20;
const LINE_END = [0x0d, 0x0a];
/** Announces a chunk of one byte. */
const CHUNK_START = [0x31, ...LINE_END];

function trickle(socket: Socket, everyMs: number, piece: (at: number) => number[]): void {
  let given = 0;
  const stop = every(everyMs, () => {
    socket.write(Buffer.from(piece(given)));
    given += 1;
  });
  socket.once('close', stop);
}

function headOf({ status, headers }: Response, more: string): Buffer {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, more, '', ''].join('\r\n'),
  );
}
