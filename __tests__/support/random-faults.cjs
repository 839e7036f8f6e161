/** What can become of a request, with and without having been carried out. */
const FAULTS = [
  { kind: 'answer', status: 429, code: 'ApplicationThrottled', retryAfter: 1 },
  { kind: 'answer', status: 503, code: 'serviceNotAvailable' },
  { kind: 'answer', status: 500, code: 'ErrorInternalServerError' },
  { kind: 'answer', status: 500, code: 'ErrorInternalServerError', when: 'after' },
  { kind: 'html', status: 502 },
  { kind: 'html', status: 504, when: 'after' },
  { kind: 'reset', when: 'before-body' },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'cut', in: 'head' },
  { kind: 'cut', in: 'body' },
  { kind: 'broken-json' },
  { kind: 'silence', when: 'after' },
  { kind: 'answer', status: 401, code: 'InvalidAuthenticationToken' },
];

/**
 * Chooses, for a sandbox, which requests meet which fault: the same ones for the same seed.
 *
 * @param rate the share of requests that meet one, from 0 to 1
 */
function randomFaults(seed, rate) {
  const random = seeded(seed);
  return () => (random() < rate ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
}

/** The same numbers for the same seed, from 0 up to 1 (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

module.exports = { FAULTS, randomFaults, seeded };
