import { leftOvers } from '../../src/mime/ledger';
import type { MailPart } from '../../src/mime/mail-content';

const part: MailPart = {
  type: 'text/plain',
  params: {},
  disposition: '',
  filename: undefined,
  encoding: '',
  contentId: undefined,
  hasLocation: false,
  use: 'body',
  faults: [],
  body: undefined,
  content: undefined,
  children: [],
};

test('parts that mailparser has not found are a loss', () => {
  expect(leftOvers(part, false).map(({ what }) => what)).toEqual(['parts that can be found in two ways']);
});
