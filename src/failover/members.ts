import { createTransport, type Transport, type Transporter } from 'nodemailer';
import type DKIM from 'nodemailer/lib/dkim';
import { fieldOf } from '../errors/graph-transport-error';
import { additionsOf } from '../nodemailer/replayed-message';

/**
 * What sends: a transport, such as `graphTransport()`'s, or what `nodemailer.createTransport()` made of options or
 * of a transport.
 */
export type FailoverMember = Transport | Transporter;

/** A member as `createTransport()` wraps it. */
export interface Member {
  index: number;
  name: string;
  mailer: Transporter;
  transport: Transporter['transporter'];
  /** Whether messages to it are signed by the app's DKIM keys. Exchange makes a signature of its own. */
  isSigned: boolean;
}

/** What is wrong with the members, one sentence each. */
export function memberProblems(members: readonly FailoverMember[]): string[] {
  if (!Array.isArray(members) || members.length === 0) return ['give a list of at least one transport'];
  const transports = members.map(transportOf);
  return transports.flatMap((transport, index) => {
    if (transport === undefined) {
      return [
        `member ${index} is neither a transport (an object with send) nor what createTransport() returns`,
      ];
    }
    const first = transports.indexOf(transport);
    if (first !== index) return [`member ${index} is the same transport as member ${first}`];
    const given = members[index];
    // A message is compiled once, for all members, so these would be left out of it without a word.
    const additions = given && 'transporter' in given ? additionsOf(given) : [];
    if (additions.length === 0) return [];
    return [
      `member ${index} has ${additions.join(' and ')} of its own: give them to what createTransport() makes of the failover`,
    ];
  });
}

function transportOf(member: unknown): unknown {
  if (typeof fieldOf(member, 'send') === 'function') return member;
  const transport = fieldOf(member, 'transporter');
  return typeof fieldOf(transport, 'send') === 'function' ? transport : undefined;
}

export function toMember(given: FailoverMember, index: number): Member {
  const mailer = mailerOf(given);
  const { transporter: transport } = mailer;
  return { index, name: transport.name, mailer, transport, isSigned: transport.name !== 'GraphTransport' };
}

/** A transport finds its settings for OAuth, and its plugins, on the Mail object that it belongs to. */
function mailerOf(given: FailoverMember): Transporter {
  if ('transporter' in given) return given;
  return given.mailer ?? createTransport(given);
}

/** The keys that `createTransport({ dkim })` was given. */
export function keysOf({ mailer }: Member): DKIM | undefined {
  return mailer.dkim || undefined;
}
