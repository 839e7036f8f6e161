import type { Loss, LossReason } from '../message/json-losses';

/** The ways a message can take. */
export type Route = 'json' | 'mime';

/** How the caller wants a message to be sent. */
export interface RouteOptions {
  /** `auto` takes JSON, and MIME for what JSON cannot carry; the others force one of them. */
  format: 'auto' | Route;
  /** Whether to send what can be sent, rather than to refuse a message of which something is lost. */
  lossy: boolean;
}

/** What there is to know of a message. Sizes are those of the request, and worked out only when they matter. */
export interface RouteFacts {
  /** What JSON has no place for, the weightiest first. */
  losses: readonly Loss[];
  jsonBytes: () => number;
  mimeBytes: () => number;
}

export interface RouteLimits {
  requestBytes: number;
}

/** The route and why, with what is lost on it; or why there is none. */
export type RouteDecision =
  | { route: Route; because: 'whole' | 'format' | 'size' | LossReason; dropped: string[] }
  | { route: 'none'; because: 'size' | LossReason; why: string };

/** Decides how a message goes. The first line that fits counts. */
export function chooseRoute(
  { losses, jsonBytes, mimeBytes }: RouteFacts,
  { requestBytes }: RouteLimits,
  { format, lossy }: RouteOptions,
): RouteDecision {
  const [loss] = losses;
  const lost = losses.map(({ what }) => what);
  const jsonFits = () => jsonBytes() <= requestBytes;
  const mimeFits = () => mimeBytes() <= requestBytes;
  const tooLarge = (route: Route, bytes: number) =>
    `as ${route === 'json' ? 'JSON' : 'MIME'} it makes a request of ${bytes} bytes, and Graph takes ${requestBytes}`;
  const noPlace = `Graph's JSON has no place for ${lost.join(', ')}`;

  if (format === 'mime') {
    if (mimeFits()) return { route: 'mime', because: 'format', dropped: [] };
    return { route: 'none', because: 'size', why: tooLarge('mime', mimeBytes()) };
  }
  if (!loss && jsonFits()) {
    return { route: 'json', because: format === 'json' ? 'format' : 'whole', dropped: [] };
  }
  if (format === 'auto' && mimeFits())
    return { route: 'mime', because: loss?.because ?? 'size', dropped: [] };
  if (loss && lossy && jsonFits()) return { route: 'json', because: loss.because, dropped: lost };

  if (!loss) return { route: 'none', because: 'size', why: tooLarge('json', jsonBytes()) };
  if (format === 'json') return { route: 'none', because: loss.because, why: noPlace };
  return { route: 'none', because: loss.because, why: `${noPlace}, and ${tooLarge('mime', mimeBytes())}` };
}
