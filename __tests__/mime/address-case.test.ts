import nodemailer from 'nodemailer';
import { asciiLowerCase } from '../../src/ascii-case';
import { graphTransport } from '../../src/index';
import { addressKey, sameAddress } from '../../src/mime/address';
import { resolveOptions } from '../../src/options/resolve-options';
import { type RunningSandbox, startSandbox } from '../../src/sandbox';
import { checkToken } from '../../src/verify/check-token';
import { fc } from '../support/fast-check';
import { IDENTITY } from '../support/options';

/** Letters whose lower case, or upper case, is an ASCII letter or more than one letter. */
const LOOKALIKES = ['\u212a', '\u017f', '\u0130', '\u0131', '\u212b', '\u2126', '\u1e9e', '\ufb00'];

test('the case of A to Z is all that is changed', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...LOOKALIKES, 'K', 'k', 'I', 'S'), fc.string()));
  fc.assert(
    fc.property(text, (pieces) => {
      const given = pieces.join('');
      const expected = [...given].map((letter) => (/^[A-Z]$/.test(letter) ? letter.toLowerCase() : letter));
      expect(asciiLowerCase(given)).toBe(expected.join(''));
    }),
  );
});

test.each(LOOKALIKES)('%s in a local part is no other letter', (letter) => {
  for (const other of new Set([letter.toLowerCase(), letter.toUpperCase()])) {
    if (other === letter) continue;
    expect(sameAddress(`${letter}im@example.com`, `${other}im@example.com`)).toBe(false);
  }
  expect(addressKey(`${letter}IM@EXAMPLE.com`)).toBe(`${letter}im@example.com`);
});

describe('on its way', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  test('recipients that differ by such a letter are two, and each gets the message', async () => {
    const to = ['kim@example.com', '\u212aim@example.com', 'KIM@example.com'];
    const transporter = nodemailer.createTransport(graphTransport(sandbox.options));
    const { accepted } = await transporter.sendMail({ to, subject: 'Hello', text: 'Hello' });
    expect(accepted).toEqual(to.slice(0, 2));
    expect(sandbox.messages.at(-1)?.to.map(({ address }) => address)).toEqual(
      expect.arrayContaining(to.slice(0, 2)),
    );
  });

  test('a From that differs from the mailbox by such a letter is another', async () => {
    const userId = 'desk@contoso.example';
    const id = '11111111-2222-4333-8444-555555555555';
    const own = await startSandbox({ mailboxes: [{ id, userPrincipalName: userId, displayName: 'Desk' }] });
    const transporter = nodemailer.createTransport(graphTransport({ ...own.options, userId }));
    const message = { to: 'ann@example.com', subject: 'Hello', text: 'Hello' };
    await transporter.sendMail({ ...message, from: userId.replace('k', 'K') });
    const from = userId.replace('k', '\u212a');
    await expect(transporter.sendMail({ ...message, from })).rejects.toMatchObject({
      graphCode: 'ErrorSendAsDenied',
    });
    await own.close();
  });
});

test('a token of a user whose name differs by such a letter is not of this mailbox', () => {
  const options = resolveOptions({ ...IDENTITY, userId: 'kim@contoso.example' }, {});
  const claims = (user: string) => ({ roles: [], scopes: ['Mail.Send'], user: [user] });
  expect(checkToken(claims('KIM@contoso.example'), options)).toMatchObject([{ ok: true }]);
  expect(checkToken(claims('\u212aim@contoso.example'), options)).toMatchObject([{ ok: false }]);
});
