import { messageJson } from '../../src/delivery/request-bodies';
import { toGraphMessage } from '../../src/message/graph-message';
import { envelopeOf, mailFixtures } from '../support/fixtures';
import { readMail } from '../support/mail-content';

const jsonFixtures = mailFixtures.filter(({ route }) => route === 'json');

test('there are fixtures to speak of', () => {
  expect(jsonFixtures.length).toBeGreaterThanOrEqual(40);
});

test.each(jsonFixtures)('becomes the expected Graph message: $name', async (fixture) => {
  const { content } = await readMail(fixture.mime);
  const message = toGraphMessage(content, {
    envelopeTo: envelopeOf(fixture),
    from: undefined,
    replyTo: [],
    messageId: '<made-up@contoso.example>',
    importance: undefined,
    categories: undefined,
  });
  // As it travels: contents are base64 then.
  const sent = JSON.parse(Buffer.concat([...messageJson(message).pieces()]).toString());
  expect(sent).toEqual({ internetMessageId: '<made-up@contoso.example>', ...fixture.message });
});
