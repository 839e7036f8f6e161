import { Chance } from './chance';
import { CALM, MUCH_LATER_MS, type Scenario } from './scenario';
import { type Outcome, Sender } from './sender';
import { Service } from './service';
import { inTimeOrder, type Scheduler, World } from './world';

/** What was seen of a scenario. */
export interface Report {
  scenario: Scenario;
  service: Service;
  senders: readonly Sender[];
  /** Drafts that were there when all calls had ended and nothing was under way any more. */
  left: readonly string[];
  /** How many mails had gone out or were held by then. */
  mails: number;
  /** How many have gone out in the end, when every time has come. */
  mailsInTheEnd: number;
  /** The same message once more, on a service that is well by then. */
  last: Outcome | undefined;
  trace: readonly string[];
}

/** Plays a scenario to its end, and then sends the message once more. */
export async function play(
  scenario: Scenario,
  chance: Chance,
  schedule: Scheduler = inTimeOrder,
): Promise<Report> {
  const senders: Sender[] = [];
  const world = new World(schedule, () => senders.every((sender) => sender.isAtRest));
  const service = new Service(world, new Chance(chance.below(2 ** 31)), scenario.service);
  await service.start();
  const { mail, transport, rules } = scenario;
  if (mail.graph?.inReplyTo) await service.hold(mail.graph.inReplyTo);
  const beginsAt = world.now;
  const mailOf = (index: number) => {
    const ms = scenario.times[index];
    return ms === undefined ? mail : { ...mail, graph: { ...mail.graph, sendAt: new Date(beginsAt + ms) } };
  };
  for (const [index, at] of scenario.starts.entries()) {
    const name = 'ABC'.charAt(index);
    const sender = new Sender({ name, mail: mailOf(index), transport, rules }, world, service, chance);
    senders.push(sender);
    world.plan(at, `${name} begins`, () => sender.start());
  }
  for (const { at, to, kind } of scenario.blows) {
    world.plan((scenario.starts[to] ?? 0) + at, `${kind} ${to}`, () => senders[to]?.[kind]());
  }
  await world.run();
  const left = service.draftIds;
  const { mails } = service;

  let last: Outcome | undefined;
  if (transport.delivery === 'exactly-once') {
    const again = new Sender(
      {
        name: 'Z',
        mail: mailOf(scenario.starts.length),
        transport: { ...transport, timeout: 600_000 },
        rules: CALM,
      },
      world,
      service,
      chance,
    );
    senders.push(again);
    // Longer than any search lags.
    world.plan(60_000, 'Z begins', () => again.start());
    await world.run();
    senders.pop();
    last = again.outcome;
  }
  world.now += 2 * MUCH_LATER_MS;
  const mailsInTheEnd = service.mails;
  return { scenario, service, senders, left, mails, mailsInTheEnd, last, trace: world.trace };
}
