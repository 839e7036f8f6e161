import { readFileSync } from 'node:fs';
import { type MailAddress, parseAddresses } from '../mime/address';
import { CliError, EXIT, usageError } from './exit-code';
import { readableFile } from './flag-values';
import type { CliIo } from './io';

/** Returns the addresses for a recipient without a domain, such as root. */
export type AddressesOf = (localName: string) => string[];

/** What each name stands for: addresses, other names, or things that only a mail server can deliver to. */
type Aliases = ReadonlyMap<string, readonly string[]>;

/** A line of the file: a name, possibly quoted, and what it stands for. */
const ENTRY = /^("(?:[^"\\]|\\.)*"|[^\s":,]+)\s*:\s*(.*)$/;

/** A command, a file, or an include of another file. */
const FOR_A_SERVER = /^"?(?:\||\/|:include:)/;

/**
 * Looks up names in the way that msmtp, and mail servers with `/etc/aliases`, do: case does not matter, a name
 * may stand for other names, and `default` is for names without an entry. Names that no alias resolves go to
 * `defaultTo`.
 *
 * @param file the aliases file, if there is one
 * @returns undefined if there is neither
 * @throws CliError if the file cannot be read, or a line of it is not an alias
 */
export function readAliases(
  file: string | undefined,
  defaultTo: readonly string[] | undefined,
  io: CliIo,
): AddressesOf | undefined {
  if (file === undefined && defaultTo === undefined) return undefined;
  const fallback = defaultTo?.flatMap((list) => parseAddresses(list).map(toAddress)) ?? [];
  if (defaultTo && fallback.length === 0) throw usageError('--default-to takes an address, not nothing.');
  const aliases =
    file === undefined
      ? new Map<string, string[]>()
      : parseAliases(readFileSync(readableFile(file, io), 'utf8'), file);
  return (name) => {
    const { addresses, leftOut } = lookUp(name, aliases, fallback);
    const where = leftOut.length > 0 ? `, and leads to ${leftOut.join(', ')}` : '';
    if (addresses.length === 0) {
      throw new CliError(
        EXIT.noUser,
        `There is no address for ${name}: it has no alias in ${file} that leads to one${where}. Add one there, or use --default-to.`,
      );
    }
    if (leftOut.length > 0) {
      io.stderr.write(
        `warning: mail for ${name} goes to ${addresses.join(', ')} only, not to ${leftOut.join(', ')}.\n`,
      );
    }
    return addresses;
  };
}

/** The mailboxes in a list of recipients, with aliases resolved for those without a domain. */
export function recipientsIn(list: string, addressesOf: AddressesOf | undefined): MailAddress[] {
  return parseAddresses(list).flatMap((recipient) => {
    const written = recipient.address || recipient.name;
    if (!addressesOf || !isLocalName(written)) return [recipient];
    return addressesOf(written).map((address) => ({ name: '', address }));
  });
}

/** A user of this machine. Text that contains a space is only a display name. */
function isLocalName(name: string): boolean {
  return /^[^@\s]+$/.test(name);
}

function toAddress({ address, name }: { address: string; name: string }): string {
  if (address.includes('@')) return address;
  throw usageError(`--default-to takes an address such as ops@contoso.com, not "${address || name}".`);
}

/** @throws CliError that names the line */
export function parseAliases(text: string, file: string): Aliases {
  const aliases = new Map<string, string[]>();
  let last: string[] | undefined;
  text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .forEach((written, index) => {
      const line = written.replace(/(?:^|\s)#[^"]*$/, '').trimEnd();
      if (line.trim() === '') return;
      const isContinued = /^\s/.test(line);
      const [, name, targets] = isContinued ? [] : (ENTRY.exec(line) ?? []);
      if (isContinued ? last === undefined : name === undefined) {
        throw new CliError(
          EXIT.config,
          `Line ${index + 1} of ${file} is not an alias such as "root: ops@contoso.com, ann@contoso.com".`,
        );
      }
      if (name !== undefined) {
        last = [];
        const key = unquoted(name).toLowerCase();
        // As in mail servers, the first entry counts.
        if (!aliases.has(key)) aliases.set(key, last);
      }
      last?.push(...splitTargets(targets ?? line));
    });
  return aliases;
}

function splitTargets(list: string): string[] {
  return (list.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g) ?? [])
    .map((target) => target.trim())
    .filter((target) => target !== '');
}

/** Follows each name once, so that circular aliases end. */
function lookUp(
  name: string,
  aliases: Aliases,
  fallback: readonly string[],
): { addresses: string[]; leftOut: string[] } {
  const addresses = new Set<string>();
  const leftOut = new Set<string>();
  const followed = new Set<string>();
  const todo = [name];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    // Mail servers read \\root as root itself, bypassing its alias.
    const key = unquoted(next).replace(/^\\/, '').toLowerCase();
    if (FOR_A_SERVER.test(next)) leftOut.add(next);
    else if (next.includes('@')) addresses.add(parseAddresses(next)[0]?.address ?? next);
    else if (!followed.has(key)) {
      followed.add(key);
      const alias = aliases.get(key) ?? aliases.get('default');
      if (alias) todo.push(...alias);
      else if (fallback.length > 0) todo.push(...fallback);
      // The local mailbox can be ignored if others get the mail.
      else if (key !== name.toLowerCase()) leftOut.add(next);
    }
  }
  if (addresses.size === 0) for (const address of fallback) addresses.add(address);
  return { addresses: [...addresses], leftOut: [...leftOut] };
}

function unquoted(name: string): string {
  return /^".*"$/.test(name) ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}
