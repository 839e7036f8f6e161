import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClientSecretError, secretFileProblem, secretInFile } from '../../src/options/client-secret';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const file = () => join(folder(), 'secret');

const HINT = 'Nothing was sent: try again later.';
const unreadable = (why: string) =>
  expect.objectContaining({
    code: 'EAUTH',
    message: `The client secret cannot be read from its file: ${why}. ${HINT}`,
    retryable: true,
  });

test('a secret in a file is read each time it is asked for, without the white space around it', async () => {
  const secretOf = secretInFile(file());
  writeFileSync(file(), ' first secret\r\n');
  expect(await secretOf()).toBe('first secret');
  writeFileSync(file(), 'second');
  expect(await secretOf()).toBe('second');
});

test('a file may be as long as a secret cannot be, and no longer', async () => {
  const secretOf = secretInFile(file());
  writeFileSync(file(), 'x'.repeat(65_536));
  expect(await secretOf()).toBe('x'.repeat(65_536));
  writeFileSync(file(), 'x'.repeat(65_537));
  await expect(secretOf()).rejects.toEqual(unreadable('it is too long to be a client secret'));
});

test('a file that is just being written, or has gone, is a reason to try again later', async () => {
  const secretOf = secretInFile(file());
  writeFileSync(file(), '\n');
  await expect(secretOf()).rejects.toEqual(unreadable('it is empty'));
  rmSync(file());
  await expect(secretOf()).rejects.toEqual(unreadable('ENOENT'));
  await expect(secretOf()).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  await expect(secretInFile(folder())()).rejects.toEqual(unreadable('EISDIR'));
});

test('only where nothing was sent is it said', () => {
  expect(new ClientSecretError('EAUTH', 'No secret.', 'not-accepted').hint).toBe(HINT);
  expect(new ClientSecretError('EAUTH', 'No secret.', 'refused').hint).toBeUndefined();
});

test('a pipe or device is not read beforehand, since that can be done only once', () => {
  expect(secretFileProblem('/dev/null')).toBeUndefined();
  writeFileSync(file(), 'secret');
  expect(secretFileProblem(file())).toBeUndefined();
});
