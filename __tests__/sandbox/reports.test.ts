import { createSandbox } from '../../src/sandbox';
import { ask, find, send } from './support';

const MAIL = {
  subject: 'Hello',
  body: { contentType: 'text', content: 'Hello' },
  internetMessageId: '<sent@contoso.example>',
};
const to = (...addresses: string[]) => ({
  ...MAIL,
  toRecipients: addresses.map((address) => ({ emailAddress: { address } })),
});
const CLASS = "singleValueExtendedProperties/any(ep: ep/id eq 'String 0x001A' and";

async function subjects(sandbox: ReturnType<typeof createSandbox>, filter: string): Promise<string[]> {
  const { value } = await (await find(sandbox, filter)).json();
  return value.map(({ subject }: { subject: string }) => subject).sort();
}

test('a report has the class of its kind, by which a filter finds it', async () => {
  const sandbox = createSandbox();
  await send(
    sandbox,
    to('hard@bounce.test', 'delayed@bounce.test', 'read@bounce.test', 'unread@bounce.test'),
  );
  expect(await subjects(sandbox, `${CLASS} ep/value eq 'report.ipm.note.ndr')`)).toEqual([
    'Undeliverable: Hello',
  ]);
  expect(await subjects(sandbox, `${CLASS} startswith(ep/value, 'REPORT.'))`)).toHaveLength(4);
  expect(await subjects(sandbox, `${CLASS} contains(ep/value, 'IPNRN'))`)).toEqual(['Read: Hello']);
  expect(await subjects(sandbox, `${CLASS} ep/value eq 'IPM.Note')`)).toEqual(['Hello']);
});

test('an expand shows the class', async () => {
  const sandbox = createSandbox();
  await send(sandbox, to('delayed@bounce.test'));
  const expand = "singleValueExtendedProperties($filter=id eq 'String 0x001A')";
  const query = new URLSearchParams({ $expand: expand, $select: 'subject' });
  const answer = await ask(sandbox, 'GET', `mailFolders/inbox/messages?${query}`);
  const { value } = await answer.json();
  expect(value).toMatchObject([
    { singleValueExtendedProperties: [{ id: 'String 0x1A', value: 'REPORT.IPM.Note.Delayed.DR' }] },
  ]);
});

test('a report is there as MIME, in the format of RFC 3464', async () => {
  const sandbox = createSandbox();
  await send(sandbox, to('full+1@bounce.test', 'full+2@bounce.test'));
  const { value } = await (await ask(sandbox, 'GET', 'mailFolders/inbox/messages')).json();
  expect(value).toHaveLength(1);
  const answer = await ask(sandbox, 'GET', `messages/${value[0].id}/$value`);
  expect(answer.headers.get('content-type')).toBe('text/plain');
  const mime = await answer.text();
  expect(mime).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status;/m);
  expect(mime).toMatch(/^In-Reply-To: <sent@contoso\.example>\r$/m);
  expect(mime.match(/^Final-Recipient: .*$/gm)).toEqual([
    'Final-Recipient: rfc822;full+1@bounce.test',
    'Final-Recipient: rfc822;full+2@bounce.test',
  ]);
  expect(mime).not.toMatch(/[^\r]\n/);
});

test('mail to other domains is not reported', async () => {
  const sandbox = createSandbox();
  await send(sandbox, to('hard@example.com', 'hard@sub.bounce.test'));
  const { value } = await (await ask(sandbox, 'GET', 'mailFolders/inbox/messages')).json();
  expect(value).toEqual([]);
});
