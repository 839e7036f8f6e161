import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** The moments of a conversation at which the server may do something else than agree. */
export type SmtpMoment = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'end';

/** A reply, such as `451 4.3.2 Later`; or a connection that ends, or an answer that never comes. */
export type SmtpFault = string | 'close' | 'silence';

/** An SMTP server that keeps what it accepts, and does what a test tells it. */
export interface ScriptedSmtp {
  port: number;
  /** The messages that it has taken responsibility for, as they came. */
  messages: string[];
  /** The logins, as they came: the word after the name of the method. */
  logins: string[];
  /** How many times it was connected to. */
  connections: () => number;
  /** What happens at a moment, until the next call; `isAccepted` says whether the message is kept all the same. */
  fail(moment: SmtpMoment | undefined, fault?: SmtpFault, isAccepted?: boolean): void;
  close(): Promise<void>;
}

const AGREED: Record<SmtpMoment, string> = {
  greeting: '220 mx.example.com ESMTP',
  ehlo: '250-mx.example.com\r\n250 AUTH PLAIN XOAUTH2',
  auth: '235 2.7.0 Welcome',
  mail: '250 2.1.0 Ok',
  rcpt: '250 2.1.5 Ok',
  data: '354 Go on',
  end: '250 2.0.0 Queued',
};
const MOMENTS: Record<string, SmtpMoment> = {
  EHLO: 'ehlo',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
};

export async function startScriptedSmtp(): Promise<ScriptedSmtp> {
  const messages: string[] = [];
  const logins: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let failing: { moment?: SmtpMoment | undefined; fault: SmtpFault; isAccepted: boolean } | undefined;

  /** Whether the server agreed. */
  const answer = (socket: Socket, moment: SmtpMoment): boolean => {
    if (failing?.moment !== moment) return socket.write(`${AGREED[moment]}\r\n`) || true;
    if (failing.fault === 'close') socket.destroy();
    else if (failing.fault !== 'silence') socket.write(`${failing.fault}\r\n`);
    return false;
  };

  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
    let held = '';
    let isContent = false;
    answer(socket, 'greeting');
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (;;) {
        const end = held.indexOf(isContent ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = held.slice(0, end);
        held = held.slice(end + (isContent ? 5 : 2));
        if (isContent) {
          isContent = false;
          if (failing?.moment !== 'end' || failing.isAccepted) messages.push(text);
          answer(socket, 'end');
        } else if (/^QUIT/i.test(text)) {
          socket.end('221 Bye\r\n');
        } else {
          if (/^AUTH /i.test(text)) logins.push(text.split(' ')[2] ?? '');
          const moment = MOMENTS[text.slice(0, 4).toUpperCase()];
          if (moment === undefined) socket.write('250 Ok\r\n');
          else isContent = answer(socket, moment) && moment === 'data';
        }
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    logins,
    connections: () => connections,
    fail(moment, fault = 'close', isAccepted = false) {
      failing = { moment, fault, isAccepted };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
