// One way of sending, in a process of its own: on every `{ count }` it sends that many mails, four at once, and
// tells what they cost.
import { readFileSync, writeFileSync } from 'node:fs';
import { MAILS } from './mails.mjs';
import { SENDERS } from './senders.mjs';

const AT_ONCE = 4;
const [, , name, mail, addresses] = process.argv;

const send = await SENDERS[name](JSON.parse(addresses), MAILS[mail].mail());
process.on('message', async ({ count }) => process.send(await measure(count)));
process.send('ready');

async function measure(count) {
  resetPeak();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let left = count;
  const worker = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMs: (user + system) / 1000 / count, peakMb: peak() / 1e6 };
}

/** Linux keeps the peak of a process, and can be told to begin anew; elsewhere it is that of all rounds. */
function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

function peak() {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
