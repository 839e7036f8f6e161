import { messageJson } from '../../src/delivery/request-bodies';
import { convertFixture, mailFixtures } from '../support/fixtures';

const jsonFixtures = mailFixtures.filter(({ route }) => route === 'json');

test('there are fixtures to speak of', () => {
  expect(jsonFixtures.length).toBeGreaterThanOrEqual(40);
});

test.each(jsonFixtures)('becomes the expected Graph message: $name', async (fixture) => {
  const { message } = await convertFixture(fixture);
  // As it travels: contents are base64 then.
  const sent = JSON.parse(Buffer.concat([...messageJson(message).pieces()]).toString());
  expect(sent).toEqual({ internetMessageId: '<made-up@contoso.example>', ...fixture.message });
});
