import { GraphTransportError, graphTransport, type VerifyCheck, type VerifyCheckName } from '../index';
import { CONNECTION_HELP, connectionOptions } from './connection';
import { EXIT, exitCodeOf } from './exit-code';
import { COMMAND_FLAGS } from './flags';
import type { Command } from './io';
import { createStderrLogger, toJson } from './output';
import { parseFlags } from './parse-flags';

const HELP = `Usage: nodemailer-graph-transport verify [FLAGS]

Checks everything that sending a message requires, without sending one: options, Entra, tenant, app, secret, permissions,
Graph, mailbox and access to it. Graph is asked to send a message without recipients, which it refuses.
✓ is well, ! may be wrong, ✗ is wrong, · was not checked. The exit code is 0 if nothing is wrong.

${CONNECTION_HELP}
`;

const MEANINGS: Readonly<Record<VerifyCheckName, string>> = {
  entra: 'Entra answers',
  tenant: 'Entra knows the tenant',
  app: 'the app is in the tenant',
  secret: 'the client secret is good',
  token: 'the token is one of the app itself',
  'mail-send': 'the token shows Mail.Send',
  'mail-readwrite': 'the token shows Mail.ReadWrite, for large messages and exactly-once delivery',
  sender: 'the sender is at a domain of its own',
  graph: 'Graph answers and takes the token',
  mailbox: 'there is a mailbox in Exchange Online',
  access: 'the app may send from the mailbox',
};

/** The `verify` command: prints what is well and what is not. */
export const verifyCommand: Command = async (args, io) => {
  const { values } = parseFlags({ args, options: COMMAND_FLAGS.verify });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  const { stdout, stderr, signal } = io;
  const { debug = false, json = false } = values;
  const write = (line: string) => stderr.write(line);
  let checks: VerifyCheck[];
  let optionsError: GraphTransportError | undefined;
  try {
    const transport = graphTransport({
      ...connectionOptions(values, io),
      debug,
      // Warnings are shown in the list.
      logger: debug && createStderrLogger(write, debug),
    });
    const stop = () => transport.close({ force: true });
    signal.addEventListener('abort', stop);
    checks = await transport.check().finally(() => transport.close());
    signal.removeEventListener('abort', stop);
  } catch (error) {
    if (!(error instanceof GraphTransportError) || error.code !== 'ECONFIG') throw error;
    optionsError = error;
    checks = [];
  }
  const error = optionsError ?? checks.find(({ ok }) => !ok)?.error;
  const exitCode = error ? exitCodeOf(error) : EXIT.ok;
  stdout.write(json ? `${toJsonLine(checks, error, exitCode)}\n` : toList(checks, optionsError));
  return exitCode;
};

function toList(checks: VerifyCheck[], optionsError: GraphTransportError | undefined): string {
  const lines = optionsError
    ? ['✗ the options', `    ${optionsError.message}`]
    : ['✓ the options', ...checks.flatMap(toLines)];
  const isWell = !optionsError && checks.every(({ ok }) => ok);
  if (!isWell) lines.push(...unseen(checks).map((meaning) => `· ${meaning}`));
  lines.push('', isWell ? 'A message could be sent. None was.' : 'A message could not be sent.', '');
  return lines.join('\n');
}

function toLines({ name, warning, error, hint }: VerifyCheck): string[] {
  if (error) return [`✗ ${MEANINGS[name]}`, `    ${error.message}`];
  if (warning === undefined) return [`✓ ${MEANINGS[name]}`];
  return [`! ${MEANINGS[name]}`, `    ${warning}`, ...(hint === undefined ? [] : [`    ${hint}`])];
}

/** What was not checked. The sender is always checked, and is listed only if there is a warning. */
function unseen(checks: VerifyCheck[]): string[] {
  const seen = ['sender', ...checks.map(({ name }) => name)];
  return Object.entries(MEANINGS).flatMap(([name, meaning]) => (seen.includes(name) ? [] : [meaning]));
}

function toJsonLine(checks: VerifyCheck[], error: GraphTransportError | undefined, exitCode: number): string {
  return JSON.stringify({
    ok: exitCode === EXIT.ok,
    exitCode,
    ...(error && { error: toJson(error, error.message) }),
    checks: checks.map(({ error: own, ...check }) => ({
      ...check,
      ...(own && { error: toJson(own, own.message) }),
    })),
  });
}
