import type { Sandbox } from '../create-sandbox';
import { formatSize } from './format-size';

/** How much is kept, and when the oldest messages begin to go. */
export function usageLine({ messages, usage }: Sandbox): string {
  const { bytes, maxBytes, maxMessages, forgotten } = usage;
  const kept = `${count(messages.length, 'message')}, ${formatSize(bytes)}`;
  const bounds = `the oldest go beyond ${maxMessages.toLocaleString('en')} messages or ${formatSize(maxBytes)}`;
  const gone = forgotten > 0 ? `; ${forgotten} went so far` : '';
  return `${kept} (${bounds}${gone})`;
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
