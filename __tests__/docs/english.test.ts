import { ENTRA_CODES } from '../../src/errors/service-codes/entra-codes';
import { GRAPH_CODES } from '../../src/errors/service-codes/graph-codes';
import { SANDBOX_RULES } from '../../src/sandbox';
import { commentsIn, passages } from '../support/markdown';
import { PAGES } from '../support/pages';

/**
 * Turns of phrase that read as translated, each with what people say instead, the sentence that it was found in and
 * one in plain English that must pass.
 */
const STUMBLES: readonly { pattern: RegExp; say: string; not: string; but: string }[] = [
  {
    pattern: /\bwho(?:so)?ever\b|\bwhomever\b/i,
    say: '"anyone who"',
    not: 'Whoever comes from SMTP knows the rest.',
    but: 'Anyone who has the secret can send.',
  },
  {
    pattern: /\bnobody\b/i,
    say: '"no" or "no one", and turn "nobody but" round',
    not: 'Nobody may read the file but root.',
    but: 'Only root may read the file.',
  },
  {
    pattern: /\bso that (?:none|nobody|no|nothing|neither|nor)\b/i,
    say: '"so", and what does not happen',
    not: 'They are refused, so that none is believed to work.',
    but: 'They are refused, so you see at once that they do not work.',
  },
  {
    pattern: /, so that\b/i,
    say: '", so" for a result; "so that" without a comma is for a purpose',
    not: 'The file has no name, so that it is gone with the process.',
    but: 'The file has no name, so it disappears with the process.',
  },
  {
    pattern: /(?<!there )\b(?:is|are|was|were) none\b|\b(?:has|have) none of\b/i,
    say: '"is not a", "there are no"',
    not: 'An address without a domain is none.',
    but: 'The name is empty if there is none.',
  },
  {
    pattern: /\banew\b/i,
    say: '"again"',
    not: 'An expired session is opened anew.',
    but: 'An expired session is opened again.',
  },
  {
    pattern: /\bbeside\b/i,
    say: '"next to", "besides" or "in addition to"',
    not: 'Beside that there are hints.',
    but: 'Besides, there are hints.',
  },
  {
    pattern: /\bin the manner of\b/i,
    say: '"like" or "such as"',
    not: 'A logger in the manner of pino.',
    but: 'A logger such as pino.',
  },
  {
    pattern: /\bof (?:\w+ ){1,3}there (?:is|are|was|were)\b/i,
    say: '"the only one is", subject first',
    not: 'Of logins there is Basic.',
    but: 'The only proxy login supported is Basic.',
  },
  {
    pattern: /(?:^|[.:;] )Of several\b/m,
    say: '"if there are several"',
    not: 'Of several, the first one counts.',
    but: 'If there are several, the first one counts.',
  },
  {
    pattern: /\bwhat is (?:too much|more|too large|left over)\b/i,
    say: 'the thing itself: "attachments over 3 MB", "the rest"',
    not: 'What is too much for memory waits in a file.',
    but: 'Attachments over 3 MB wait in a file.',
  },
  {
    pattern: /\b(?:has|have|had) not(?=[,.;:)]|$)/im,
    say: '"does not have"',
    not: 'Users of a kind that an app has not.',
    but: 'An app does not have a signed-in user.',
  },
  {
    pattern: /[,;] nor\b|\. Nor\b/,
    say: '"and … not" or "not … or"',
    not: 'It keeps no file, nor does it write a log.',
    but: 'It neither keeps a file nor writes a log.',
  },
  {
    pattern: /\bby which\b/i,
    say: 'a sentence of its own',
    not: 'The mark by which it is found.',
    but: 'The mark that identifies it.',
  },
  {
    pattern: /\bout of order\b/i,
    say: '"unavailable"',
    not: 'Entra is out of order.',
    but: 'Entra is unavailable.',
  },
  {
    pattern: /\b(?:no way to [A-Z]|no answer (?:from|of))\b/i,
    say: '"cannot reach"',
    not: 'No answer from the proxy.',
    but: 'Cannot reach the proxy: the connection timed out.',
  },
  {
    pattern: /\b(?:meets?|met) (?:a|the|its) (?:failure|fault)\b/i,
    say: '"failed"',
    not: 'The message met a failure.',
    but: 'Sending the message failed.',
  },
  {
    pattern: /\bby then\b|\bfor ever\b/i,
    say: '"already", "forever"',
    not: 'Graph had the request by then.',
    but: 'The request had already reached Graph.',
  },
  {
    pattern: /\bdoes not play\b|\bit plays\b/i,
    say: '"does not implement", "imitates"',
    not: 'The sandbox does not play calendars.',
    but: 'The sandbox does not implement calendars.',
  },
  {
    pattern: /\b(?:an?|the|some) [\w-]+(?: [\w-]+)? of (?:yours|ours|mine|theirs)\b/i,
    say: '"your own"',
    not: 'With a gateway of yours.',
    but: 'With your own gateway.',
  },
  {
    pattern: /\b(?:does|do|will) not do(?=[,.;:)]|$)/im,
    say: '"does not work"',
    not: 'An alias does not do.',
    but: 'An alias does not work.',
  },
  {
    pattern: /(?:^|[,;.] )should (?:that|it|this|they|the \w+)\b/i,
    say: '"if"',
    not: 'The draft is deleted; should that fail, the error names it.',
    but: 'The draft is deleted. If that fails, the error names it.',
  },
  {
    pattern: /\b(?:tells?|told) (?:what|which|whether|how|why|where|that|of|in|at|by)\b/i,
    say: '"says", or "tells you"',
    not: '`info.route` tells which way it went.',
    but: '`info.route` says which way it went.',
  },
  {
    pattern: /\b(?:is|are|was|were) (?:not )?to be (?!a\b|an\b|the\b)\w+/i,
    say: '"cannot be", "must be"',
    not: 'Some mail is not to be carried whole.',
    but: 'Some mail cannot be carried whole.',
  },
  {
    pattern: /\bstay(?:s|ed)? behind\b/i,
    say: '"is left out"',
    not: 'One header stays behind.',
    but: 'One header is left out.',
  },
  {
    pattern: /\breads? along\b|\bknows? the rest\b|\bdo(?:es)? the like\b/i,
    say: 'what it does: "decrypts traffic", "map one to one", "do the same"',
    not: 'A proxy that reads along.',
    but: 'A proxy that decrypts traffic.',
  },
  {
    pattern: /\b(?:where|there|here)(?:by|in|upon|with|of|to)\b/i,
    say: 'the usual word',
    not: 'Whereupon the draft is sent.',
    but: 'Then the draft is sent.',
  },
  {
    pattern: /\bsome \d/i,
    say: '"about"',
    not: 'Pictures of some 50 KB.',
    but: 'Pictures of about 50 KB.',
  },
  {
    pattern: /\b(?:everybody|somebody|anybody|those|all) whom\b|\bthan (?:anybody|nobody) can\b/i,
    say: '"everyone who", "any … can"',
    not: 'It reaches everybody whom the headers name.',
    but: 'It reaches everyone in the headers.',
  },
  {
    pattern: /\bplays? no part\b|\bworth nothing\b|\bnothing is won\b/i,
    say: '"does not matter", "worthless", "gains nothing"',
    not: 'Its password plays no part.',
    but: 'Its password does not matter.',
  },
  {
    pattern: /\bfor who\b|\bsomebody\b/i,
    say: '"for anyone who", "someone"',
    not: 'The line is for who reads the failure.',
    but: 'The line is for anyone who reads the failure.',
  },
  {
    pattern: /\bin the place of\b/i,
    say: '"instead of"',
    not: 'It runs in the place of sendmail.',
    but: 'It runs instead of sendmail.',
  },
  {
    pattern: /(?:^|[.:;] )Of (?!course\b)[^.;:]{1,60}\b(?:some|each|all|only|nothing)\b/,
    say: '"some of", subject first',
    not: 'Of the settings of SMTP some stay.',
    but: 'Some SMTP settings stay.',
  },
  {
    pattern: /\bof no use\b/i,
    say: '"you do not need"',
    not: 'The Secret ID is of no use.',
    but: 'You do not need the Secret ID.',
  },
  {
    pattern: /\bby way of\b/i,
    say: '"as", "through"',
    not: 'Large messages go by way of a draft.',
    but: 'Large messages are sent as a draft.',
  },
  {
    pattern: /\bbut for\b/i,
    say: '"except for"',
    not: 'It is always https, but for this machine.',
    but: 'It is always https, except for this machine.',
  },
  {
    pattern: /\ball the same\b/i,
    say: '"anyway"',
    not: 'It may have gone out all the same.',
    but: 'It may have gone out anyway.',
  },
  {
    pattern: /\b(?:lays?|laid) (?:a |the |its )?faults?\b/i,
    say: '"makes the request fail"',
    not: 'It lays a fault for a request.',
    but: 'It makes a request fail.',
  },
  {
    pattern: /\b(?:stands?|sits?) in between\b/i,
    say: '"in between"',
    not: 'Anyone who stands in between would get it.',
    but: 'Anyone in between would get it.',
  },
  {
    pattern: /\b(?:is|are) (?:the|an?) \w+'s to \w+/i,
    say: 'who does it, as the subject',
    not: "Whether to send is the app's to say.",
    but: 'The app decides whether to send.',
  },
  {
    pattern: /\bin (?:a|an) \w+ of its own\b/i,
    say: '"in its own"',
    not: 'Each runs in a process of its own.',
    but: 'Each runs in its own process.',
  },
  {
    pattern: /\bdo(?:es)? what (?:it|they) likes?\b/i,
    say: '"can do anything"',
    not: 'An object may do what it likes.',
    but: 'An object can do anything.',
  },
];

/** Table cells that docs/tables.test.ts compares with the code. Their wording is the code's. */
const CELLS_OF_CODE = [
  ...[...GRAPH_CODES, ...ENTRA_CODES].map(({ hint }) => hint),
  ...Object.values(SANDBOX_RULES).map(({ rule }) => rule),
];

/** What reads as translated in a page: its sentences, also over the end of a line, and the comments in its code. */
function stumblesIn(page: string): string[] {
  const own = CELLS_OF_CODE.reduce((text, cell) => text.replaceAll(`| ${cell} |`, '| |'), page);
  return [...passages(own), ...commentsIn(own)].flatMap(({ line, text }) =>
    STUMBLES.flatMap(({ pattern, say }) => {
      const [found] = pattern.exec(text) ?? [];
      return found === undefined ? [] : [`line ${line}: not "${found.trim()}" but ${say}`];
    }),
  );
}

test.each([...PAGES])('%s has no sentence that reads as translated', (_page, text) => {
  expect(stumblesIn(text)).toEqual([]);
});

test.each(STUMBLES)('the rule that says $say finds "$not" and passes "$but"', ({ pattern, not, but }) => {
  expect(not).toMatch(pattern);
  expect(STUMBLES.filter((rule) => rule.pattern.test(but)).map(({ say }) => say)).toEqual([]);
});

test('sentences are read over the end of a line and in the comments of code, but code is not', () => {
  expect(stumblesIn('# Title\n\nLike\n\n- an entry in the\n  manner of bunyan\n')).toEqual([
    expect.stringMatching(/^line 5: not "in the manner of"/),
  ]);
  expect(stumblesIn('```ts\nconst whoever = 1; // for nobody\n```\n')).toEqual([
    expect.stringMatching(/^line 2: not "nobody"/),
  ]);
  expect(stumblesIn('`whoever` and [it](whoever.md)\n\n```sh\nwhoever\n```\n')).toEqual([]);
});
