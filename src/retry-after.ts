/**
 * What a `Retry-After` asks for, in milliseconds; undefined when it says nothing that can be understood.
 *
 * Graph sends seconds (Microsoft Graph documentation, concepts/throttling.md); a date is the other form that
 * HTTP has.
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse makes something of nearly anything; only what begins with a weekday is an HTTP date.
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
