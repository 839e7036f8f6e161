import type { SendMailOptions } from 'nodemailer';
import type { GraphTransportOptions } from '../../src/index';
import type { SandboxOptions } from '../../src/sandbox';
import type { Chance } from './chance';
import type { Fate, NetworkRules } from './network';
import type { RequestName } from './service';

/** What the simulated world is like, and who sends what in it. */
export interface Scenario {
  /** In words, for the trace. */
  title: string;
  service: SandboxOptions;
  rules: NetworkRules;
  mail: SendMailOptions;
  transport: GraphTransportOptions;
  /** When each process begins, in milliseconds. */
  starts: number[];
  /**
   * How many milliseconds after the beginning each process wants it sent, and then the call that sends it once more, on
   * the service's clock; undefined for at once.
   */
  times: (number | undefined)[];
  /** What is done to processes from outside. */
  blows: { at: number; to: number; kind: 'abort' | 'close' | 'kill' }[];
  /** Whether every call has to end well: no fault, no blow. */
  isCalm: boolean;
  /** Whether so many requests fail that clean-up may not get through. */
  isStormy: boolean;
}

/** The message that replies answer. */
export const QUESTION = '<question-4711@contoso.example>';
export const MESSAGE_ID = '<order-4711@contoso.example>';

const letter: SendMailOptions = {
  messageId: MESSAGE_ID,
  to: 'ann@example.com',
  subject: 'Your order',
  text: 'Thank you!',
};
const large = Buffer.alloc(3_000_001, 'plan');
const MAILS: Record<'json' | 'mime' | 'large', SendMailOptions> = {
  json: letter,
  mime: { ...letter, graph: { format: 'mime' } },
  large: { ...letter, attachments: [{ filename: 'plan.bin', content: large }] },
};

/** Long after everything else has happened. */
export const MUCH_LATER_MS = 24 * 60 * 60 * 1000;

/** The message of that kind. */
export function mailOf(kind: keyof typeof MAILS): SendMailOptions {
  return MAILS[kind];
}

/** A world that the chance decides about. */
export function makeScenario(chance: Chance): Scenario {
  const kind = chance.pick([
    ['json', 72],
    ['mime', 26],
    ['large', 2],
  ] as const);
  const delivery = kind === 'large' && chance.happens(0.3) ? 'at-most-once' : 'exactly-once';
  const processes =
    delivery === 'at-most-once'
      ? 1
      : chance.pick([
          [1, 2],
          [2, 5],
          [3, 3],
        ] as const);
  const isCalm = chance.happens(kind === 'large' ? 0.5 : 0.25);
  const faultRate = isCalm
    ? 0
    : chance.pick([
        [0.05, 1],
        [0.2, 1],
        [0.5, 1],
      ] as const);
  const slowness = chance.pick([
    [0, 3],
    [0.1, 2],
    [0.4, 1],
  ] as const);
  const lagMs = chance.pick([
    [0, 5],
    [300, 1],
    [1500, 2],
  ] as const);
  const lag = { ms: lagMs };
  const spread = chance.pick([
    [5, 2],
    [100, 3],
    [2000, 2],
  ] as const);
  const service: SandboxOptions = {
    timePrecision: chance.happens(0.9) ? 'seconds' : 'milliseconds',
    immutableIdsOutliveSending: chance.happens(0.3),
    deleteLeadsTo: chance.happens(0.3) ? 'deletedItems' : 'recoverableItems',
    // Drawn with the spread, which has nothing to do with it: the worlds of all seeds stay what they are.
    secondDelete: spread === 100 ? 'notFound' : 'cannotDelete',
    pageSize: chance.pick([
      [1, 2],
      [2, 1],
      [1000, 2],
    ] as const),
    emptyPages: chance.happens(0.3),
    searchDelay: { drafts: lag, sentItems: lag, stale: chance.happens(0.5) ? lag : {} },
  };
  const transport: GraphTransportOptions = {
    delivery,
    retry: { attempts: chance.between(1, 4) },
    // One look is enough only where the search is never behind.
    searchLag: lagMs === 0 && chance.happens(0.5) ? 0 : 1000,
    socketTimeout: isCalm
      ? 120_000
      : chance.pick([
          [120_000, 2],
          [5000, 1],
        ] as const),
    timeout: isCalm
      ? 600_000
      : chance.pick([
          [600_000, 4],
          [20_000, 1],
          [3000, 1],
        ] as const),
  };
  const blows: Scenario['blows'] = [];
  for (let to = 0; !isCalm && to < processes; to++) {
    if (!chance.happens(0.3)) continue;
    const kindOfBlow = chance.pick([
      ['abort', 2],
      ['close', 1],
      ['kill', 3],
    ] as const);
    blows.push({
      at: chance.between(
        0,
        chance.pick([
          [300, 3],
          [5000, 1],
          [20_000, 1],
        ] as const),
      ),
      to,
      kind: kindOfBlow,
    });
  }
  const starts = Array.from({ length: processes }, () => chance.below(spread));
  const times = kind === 'mime' ? starts.concat(0).map(() => undefined) : timesOf(starts);
  const asked = times.map((ms) => (ms === undefined ? 'at once' : `after ${ms} ms`)).join(' / ');
  return {
    title: `${kind}, ${asked}, ${delivery}, ${processes} processes, faults ${faultRate}, slow ${slowness}, lag ${lagMs} ms, ${JSON.stringify(service)}, ${JSON.stringify(transport)}`,
    service,
    mail: mailOf(kind),
    transport,
    starts,
    times,
    blows,
    isCalm,
    isStormy: faultRate === 0.5,
    rules: {
      fate: lastingStates((request, dice) =>
        dice.happens(faultRate) ? faultOf(request, dice) : { kind: 'answered' },
      ),
      latency: (dice) => (dice.happens(slowness) ? dice.between(100, 8000) : dice.between(1, 40)),
    },
  };
}

/**
 * In two worlds of five the message is scheduled: by all processes, or by all but one; for much later, or for a time that
 * comes while they are at it. The last call sends it at once where that time is past, and in half of the others. It takes
 * no draw of its own, and so the worlds of all seeds stay what they are, but for the time.
 */
function timesOf(starts: readonly number[]): Scenario['times'] {
  const [first = 0] = starts;
  const sum = starts.reduce((all, start) => all + start, 0);
  if (first % 5 > 1) return starts.concat(0).map(() => undefined);
  const isSoon = sum % 4 === 1;
  const ms = isSoon ? 1000 + (sum % 12) * 1000 : MUCH_LATER_MS;
  const atOnce = sum % 3 === 0 && starts.length > 1 ? sum % starts.length : undefined;
  const times = starts.map((_, index) => (index === atOnce ? undefined : ms));
  return [...times, isSoon || sum % 2 === 0 ? undefined : ms];
}

/** The same world, where the message answers another one. */
export function asReply({ title, mail, ...rest }: Scenario): Scenario {
  return {
    ...rest,
    title: `reply, ${title}`,
    mail: { ...mail, graph: { ...mail.graph, inReplyTo: QUESTION } },
  };
}

/** A network without faults, where every request is answered at the moment it is carried out. */
export const CALM: NetworkRules = { fate: () => ({ kind: 'answered', atOnce: true }), latency: () => 1 };

/** Seeds of races: with one the draft that is made first sorts first too, with the other it does not. */
export const RACE_SEEDS = [3, 6];

/** Processes that send the same small message at the same time, with nothing in their way. */
export function calmRace(kind: 'json' | 'mime', processes: number, times: Scenario['times'] = []): Scenario {
  return {
    title: `${processes} processes, ${kind}, no fault, ${JSON.stringify(times)}`,
    service: {},
    rules: CALM,
    mail: mailOf(kind),
    // Time means nothing where every order is tried, and a second look before each send makes a million of them.
    transport: { delivery: 'exactly-once', searchLag: 0 },
    starts: Array.from({ length: processes }, () => 0),
    times,
    blows: [],
    isCalm: true,
    isStormy: false,
  };
}

/** States of a draft that pass are met by one request of a kind, or by several in a row. */
function lastingStates(fate: NetworkRules['fate']): NetworkRules['fate'] {
  const lasting = new Map<RequestName, { state: Fate; times: number }>();
  return (request, chance) => {
    const last = lasting.get(request);
    if (last && last.times > 0) {
      last.times--;
      return last.state;
    }
    const state = fate(request, chance);
    const passes = state.kind === 'other' && (state.status === 404 || state.status === 412);
    // Clean-up looks four times for a draft whose creation was not answered: what no look finds has no name.
    if (passes) lasting.set(request, { state, times: chance.below(request === 'search' ? 3 : 7) });
    return state;
  };
}

function faultOf(request: RequestName, chance: Chance): Fate {
  const found = chance.pick<Fate>([
    [{ kind: 'broken', carriedOut: 'before' }, 4],
    [{ kind: 'broken', carriedOut: 'never' }, 2],
    [{ kind: 'broken', carriedOut: chance.between(1, 10_000) }, 2],
    [{ kind: 'silent', carriedOut: true }, 1],
    [{ kind: 'silent', carriedOut: false }, 1],
    [{ kind: 'other', status: 500, code: 'ErrorInternalServerError', carriedOut: true }, 1],
    [{ kind: 'other', status: 504, carriedOut: true }, 1],
    [{ kind: 'other', status: 504, carriedOut: false }, 1],
    [{ kind: 'other', status: 408, carriedOut: true }, 1],
    [{ kind: 'other', status: 429, code: 'ApplicationThrottled', carriedOut: false }, 1],
    [{ kind: 'other', status: 503, code: 'serviceNotAvailable', carriedOut: false }, 1],
    [{ kind: 'other', status: 403, code: 'ErrorAccessDenied', carriedOut: false }, 1],
    [{ kind: 'other', status: 404, code: 'ErrorItemNotFound', carriedOut: false }, 1],
    [{ kind: 'other', status: 404, code: 'ErrorNonExistentMailbox', carriedOut: false }, 1],
    [{ kind: 'other', status: 412, code: 'ErrorIrresolvableConflict', carriedOut: false }, 1],
    [{ kind: 'other', status: 412, carriedOut: false }, 1],
    [{ kind: 'garbled' }, 1],
  ]);
  // That a draft is not there is said where it is asked for, or just made.
  const names = ['create', 'send', 'mark', 'attach', 'upload', 'move', 'read'];
  if (found.kind === 'other' && found.code === 'ErrorItemNotFound' && !names.includes(request)) {
    return { kind: 'other', status: 502, carriedOut: false };
  }
  return found;
}
