import type { SandboxSettings } from '../settings';

/** A time of a message or an attachment, as precise as the service shows it. [rule: whole-seconds] */
export function showTime(time: Date, { timePrecision }: SandboxSettings): string {
  const text = time.toISOString();
  return timePrecision === 'seconds' ? text.replace(/\.\d+Z$/, 'Z') : text;
}
