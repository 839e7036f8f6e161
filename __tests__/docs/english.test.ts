import { ENTRA_CODES, GRAPH_CODES } from '../../src/errors/service-codes';
import { SANDBOX_RULES } from '../../src/sandbox';
import { passagesOf } from '../support/markdown';
import { PAGES } from '../support/pages';

/** Words that read as translated, an example of each, and the same in plain English. */
const PAIRS: readonly [pattern: RegExp, odd: string, plain: string][] = [
  [
    /\bwho(?:so)?ever\b/i,
    'Whoever comes from GitLab knows the rest.',
    'Coming from GitLab? You know the rest.',
  ],
  [/\bfor who\b/i, 'for who reads the failure', 'for the person who reads the failure'],
  [/\b(?:no|some)body\b/i, 'Nobody hears its error.', 'Nothing listens for its error.'],
  [/\banew\b/i, 'a session that is gone is opened anew', 'an expired session is reopened'],
  [/\bin the manner of\b/i, 'a logger in the manner of bunyan', 'a logger like bunyan'],
  [
    /\bin the place of\b/i,
    'messages from flags, in the place of sendmail',
    'messages from flags, instead of sendmail',
  ],
  [
    /\bso that (?:it is )?(?:none|no|neither|nothing|both|all|any)\b/i,
    'They are refused, so that none is believed to work.',
    'They are refused, so you never rely on one.',
  ],
  [
    /, so that (?:it|they|he|she|an?|the|its|their|this|that|these|those|what)\b/i,
    'Auth.js copies `server`, so that it would send by SMTP.',
    'Auth.js copies `server`, so it would send by SMTP.',
  ],
  [
    /\bOf (?!course\b)(?:\S+ ){1,6}there (?:is|are|was|were)\b/,
    'Of logins there is Basic.',
    'Basic is the only proxy login supported.',
  ],
  [
    /(?:^|[.:;] )Of (?!course\b)[^.;:]{1,60}\b(?:is|are|each|nothing|only|some|has|have)\b/,
    'Of several, each request meets the first.',
    'If there are several, each request gets the first.',
  ],
  [
    /\b(?<!there )(?:is|are|was|were) none\b/i,
    'given a proxy that is none',
    'if the variable is not a valid proxy URL',
  ],
  [
    /\bbeside\b(?!s)/i,
    'certificates to trust beside those of Node',
    'certificates to trust as well as those of Node',
  ],
  [/\bby which\b/i, 'a number by which a run can be repeated', 'a number that repeats a run'],
  [
    /\b(?:has|have|had) not(?=[.,;:)]| for\b|$)/i,
    'a signed-in user, whom an app has not',
    'an app has no signed-in user',
  ],
  [/\b(?:do|does) not do(?=[.,;:)]|$)/i, 'An alias does not do.', 'An alias does not work.'],
  [/\bof no use\b/i, 'The Secret ID is of no use.', 'You do not need the Secret ID.'],
  [/\bby way of\b/i, 'Large messages go by way of a draft.', 'Large messages are sent as a draft.'],
  [
    /\bbut for\b/i,
    'It is always https, but for endpoints on this machine.',
    'It is always https, except to endpoints on this machine.',
  ],
  [/\ball the same\b/i, 'It may have gone out all the same.', 'It may have gone out anyway.'],
  [/\bby then\b/i, 'Graph had the request by then.', 'The request had already reached Graph.'],
  [/\b(?:is|are|was|were) out of order\b/i, 'Entra is out of order.', 'Entra is unavailable.'],
  [/\bno answer from\b/i, 'No answer from the proxy.', 'Cannot reach the proxy.'],
  [/\b[Nn]o way to\b(?= [A-Z`<])/, 'No way to X: the proxy P refused.', 'The proxy P refused.'],
  [/\b(?:lays?|laid) (?:a |the )?faults?\b/i, 'It lays a fault for a request.', 'It makes a request fail.'],
  [/\bmet a failure\b/i, 'The message met a failure.', 'Sending the message failed.'],
  [/\breads? along\b/i, 'a proxy that reads along', 'a proxy that inspects TLS traffic'],
  [/\b(?:stands?|sits?) in between\b/i, 'anyone who stands in between', 'anyone in between'],
  [/\btoo much for\b/i, 'what is too much for memory', 'what does not fit in memory'],
  [
    /\b(?:is|are) (?:the app|the caller|the user|the operator|people)'s to\b/i,
    "Whether to send is the app's to say.",
    'The app decides whether to send.',
  ],
  [/\bhad to stay behind\b|\bwent without\b/i, 'what had to stay behind', 'what was left out'],
  [
    /\b(?:whereby|wherein|whereof|thereof|therefrom|thereby|therein|hereby|herein|albeit|aforesaid|henceforth)\b/i,
    'an address and the name thereof',
    'an address and its name',
  ],
  [/\bin (?:a|an) \w+ of its own\b/i, 'each runs in a process of its own', 'each runs in its own process'],
  [/\bdid not tell\b|\btells? that\b/i, 'The log tells that it failed.', 'The log says that it failed.'],
  [/\bthan any(?:body|one) can do\b/i, 'less than anybody can do', 'less work than any client can do'],
  [
    /\b(?:may|does|do) what (?:it|they) likes?\b/i,
    'getToken may do what it likes',
    'getToken can do anything',
  ],
  [/\bknows? the rest (?:already)?/i, 'They know the rest already.', 'The settings map one to one.'],
];

/** Cells that the code speaks, which docs/tables.test.ts holds to it. Those are the code's to word. */
const OF_THE_CODE = [
  ...[...GRAPH_CODES, ...ENTRA_CODES].map(({ hint }) => hint),
  ...Object.values(SANDBOX_RULES).map(({ rule }) => rule),
];

/** What is odd in a page, line by line. */
function oddities(page: string): string[] {
  const ours = OF_THE_CODE.reduce((text, cell) => text.replaceAll(cell, ''), page);
  return passagesOf(ours).flatMap(({ line, text }) =>
    PAIRS.flatMap(([pattern, odd, plain]) => {
      const [found] = pattern.exec(text) ?? [];
      return found === undefined ? [] : [`line ${line}: "${found}": not "${odd}" but "${plain}"`];
    }),
  );
}

test.each([...PAGES])('%s is in plain English', (_name, page) => {
  expect(oddities(page)).toEqual([]);
});

test.each(PAIRS)('%s finds "%s", and lets "%s" pass', (pattern, odd, plain) => {
  expect(odd).toMatch(pattern);
  expect(plain).not.toMatch(pattern);
});

test('code is not read as English, and a sentence is read over the end of its line', () => {
  expect(oddities('`whoever`\n\n```sh\nwhoever\n```\n')).toEqual([]);
  expect(oddities('# Title\n\n- an entry in the\n  manner of bunyan\n')).toEqual([
    expect.stringMatching(/^line 3: "in the manner of"/),
  ]);
});
