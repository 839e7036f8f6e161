import { nearest } from '../options/given-options';
import { EXIT, usageError } from './exit-code';
import type { CommandName } from './flags';
import type { CliIo, Command } from './io';
import { reportFailure } from './output';
import { splitAtApp } from './parse-flags';

const { version }: { version: string } = require('../../package.json');

const HELP = `Usage: nodemailer-graph-transport COMMAND [FLAGS]

Sends mail through Microsoft Graph.

Commands:
  verify     check whether a message could be sent, and what prevents it
  send       send a message: from flags, from an .eml file, or from stdin as sendmail does
  bounces    list what became of sent messages: bounces, delays and receipts
  trace      ask Exchange where a message is, recipient by recipient
  scheduled  list the messages that Exchange holds until their time
  cancel     delete one of them before it is sent
  sandbox    run a simulated Entra and Graph on this machine, for development
  demo       send a few mails to the sandbox and show them in its inbox
  prove      check Microsoft's service against the sandbox's rules; sends real mail

nodemailer-graph-transport COMMAND --help lists the flags of a command; --version prints the version.
`;

/** Each entry loads its command, and that command's dependencies, only when it is called. */
const COMMANDS: Readonly<Record<CommandName, Command>> = {
  verify: (...call) => {
    const { verifyCommand }: typeof import('./verify') = require('./verify');
    return verifyCommand(...call);
  },
  send: (...call) => {
    const { sendCommand }: typeof import('./send') = require('./send');
    return sendCommand(...call);
  },
  bounces: (...call) => {
    const { bouncesCommand }: typeof import('./bounces') = require('./bounces');
    return bouncesCommand(...call);
  },
  trace: (...call) => {
    const { traceCommand }: typeof import('./trace') = require('./trace');
    return traceCommand(...call);
  },
  scheduled: (...call) => {
    const { scheduledCommand }: typeof import('./scheduled') = require('./scheduled');
    return scheduledCommand(...call);
  },
  cancel: (...call) => {
    const { cancelCommand }: typeof import('./scheduled') = require('./scheduled');
    return cancelCommand(...call);
  },
  sandbox: (...call) => {
    const { sandboxCommand }: typeof import('./sandbox') = require('./sandbox');
    return sandboxCommand(...call);
  },
  demo: (...call) => {
    const { demoCommand }: typeof import('./demo') = require('./demo');
    return demoCommand(...call);
  },
  prove: (...call) => {
    const { proveCommand }: typeof import('./prove') = require('./prove');
    return proveCommand(...call);
  },
};

/** Runs the command that the arguments name, and resolves with its exit code. */
export async function run(args: string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version') {
    io.stdout.write(`${version}\n`);
    return EXIT.ok;
  }
  if (name === '--help' || name === '-h') {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const listed = Object.keys(COMMANDS).join(', ');
  try {
    if (name === undefined) throw usageError(`A command is missing: there are ${listed}. See --help.`);
    const command = Object.entries(COMMANDS).find(([known]) => known === name)?.[1];
    if (command) return await command(rest, io);
    const meant = nearest(name, Object.keys(COMMANDS));
    const help = meant === undefined ? `: there are ${listed}.` : `. Did you mean ${meant}?`;
    throw usageError(`There is no command "${name}"${help} See --help.`);
  } catch (error) {
    return reportFailure(error, io, splitAtApp(rest).flags.includes('--json'));
  }
}
