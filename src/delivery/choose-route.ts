import { isNamedProperty } from '../message/header-carriers';
import type { Loss, LossReason } from '../mime/mail-content';
import type { DeliveryOptions } from '../options/resolved-options';

/** The routes a message can take: one request with JSON or MIME, or a draft that is filled step by step. */
export type Route = 'json' | 'mime' | 'draft';

/** How the caller wants a message to be sent. `exactly-once` always sends a draft. */
export type RouteOptions = Pick<DeliveryOptions, 'format' | 'lossy' | 'delivery'> & {
  /** Whether it is to become the draft of a reply, if JSON can carry it. */
  isReply?: boolean;
  /** Exchange holds a message only if it is sent as a draft, and only JSON can tell it until when. */
  isScheduled?: boolean;
};

/**
 * The facts about a message that decide its route. The sizes are those of requests, and are computed only if
 * needed.
 */
export interface RouteFacts {
  /** What JSON cannot carry, most important first. */
  losses: readonly Loss[];
  jsonBytes: () => number;
  mimeBytes: () => number;
  /** The request that creates the draft, without attachments. */
  draftBytes: () => number;
  /** Bytes of the largest attachment, before base64. */
  largestAttachment: number;
}

/** The largest sizes that Graph accepts, in bytes. */
export interface RouteLimits {
  requestBytes: number;
  attachmentBytes: number;
}

/** The route and the reason, with what is lost on it; or why there is no route. */
export type RouteDecision =
  | {
      route: Route;
      because: 'whole' | 'format' | 'size' | 'delivery' | 'reply' | 'schedule' | LossReason;
      dropped: string[];
      /** Names of headers that are sent as named properties of the draft. */
      named?: string[];
    }
  | { route: 'none'; because: 'size' | LossReason; why: string };

type Taken = Exclude<RouteDecision, { route: 'none' }>;

/** A route that a message may take, if its requests are not too large for it. */
interface Candidate {
  fits: () => boolean;
  decision: () => Taken;
}

/** Decides a message's route: the first candidate that fits. */
export function chooseRoute(facts: RouteFacts, limits: RouteLimits, options: RouteOptions): RouteDecision {
  const candidate = candidates(facts, limits, options).find(({ fits }) => fits());
  return candidate?.decision() ?? refusal(facts, limits, options);
}

/** The routes that a message may take, the best first. */
function candidates(
  { losses, jsonBytes, mimeBytes, draftBytes, largestAttachment }: RouteFacts,
  { requestBytes, attachmentBytes }: RouteLimits,
  { format, lossy, delivery, isReply = false, isScheduled = false }: RouteOptions,
): Candidate[] {
  const [loss] = losses;
  const inOneRequest = delivery !== 'exactly-once' && !isReply && !isScheduled;
  const json = (decision: Omit<Taken, 'route'>): Candidate => ({
    fits: () => inOneRequest && jsonBytes() <= requestBytes,
    decision: () => ({ route: 'json', ...decision }),
  });
  const mime = (because: Taken['because']): Candidate => ({
    fits: () => !isScheduled && mimeBytes() <= requestBytes,
    decision: () => ({ route: 'mime', because, dropped: [] }),
  });
  const draft = (decision: () => Omit<Taken, 'route'>): Candidate => ({
    fits: () => draftBytes() <= requestBytes && largestAttachment <= attachmentBytes,
    decision: () => ({ route: 'draft', ...decision() }),
  });

  const small = isScheduled ? 'schedule' : 'delivery';
  if (format === 'mime') return [mime('format')];
  if (!loss) {
    return [
      json({ because: format === 'json' ? 'format' : 'whole', dropped: [] }),
      draft(() => ({
        because: isReply ? 'reply' : jsonBytes() > requestBytes ? 'size' : small,
        dropped: [],
      })),
      ...(format === 'auto' ? [mime('size')] : []),
    ];
  }
  const { because } = loss;
  const asProperties = (reason: Taken['because']) =>
    draft(() => ({ because: reason, ...asNamedProperties(losses) }));
  return [
    ...(format === 'auto' ? [mime(because)] : []),
    // Too large for MIME. Only headers would be lost, and no message is refused because of a header.
    ...(format === 'auto' && losses.every(isHeaderLoss) ? [asProperties(isScheduled ? small : 'size')] : []),
    ...(lossy ? [json({ because, dropped: losses.map(({ what }) => what) }), asProperties(because)] : []),
  ];
}

/** Why no candidate fits. */
function refusal(
  { losses, mimeBytes, draftBytes, largestAttachment }: RouteFacts,
  { requestBytes, attachmentBytes }: RouteLimits,
  { format, lossy, isScheduled }: RouteOptions,
): RouteDecision {
  const [loss] = losses;
  const asMime = () =>
    isScheduled
      ? 'Exchange cannot hold a message that goes as MIME'
      : `as MIME the request would be ${mimeBytes()} bytes, and Graph takes ${requestBytes}`;
  if (format === 'mime') return { route: 'none', because: 'size', why: asMime() };
  if (!loss || lossy) {
    const why =
      largestAttachment > attachmentBytes
        ? `it has an attachment of ${largestAttachment} bytes, and Graph takes ${attachmentBytes}`
        : `its body and headers alone make a request of ${draftBytes()} bytes, and Graph takes ${requestBytes}`;
    return { route: 'none', because: 'size', why };
  }
  const noPlace = `Graph's JSON has no place for ${losses.map(({ what }) => what).join(', ')}`;
  const why = format === 'json' ? noPlace : `${noPlace}, and ${asMime()}`;
  return { route: 'none', because: loss.because, why };
}

function isHeaderLoss({ because }: Loss): boolean {
  return because === 'header' || because === 'too-many-headers';
}

/** Which of the headers that JSON cannot carry go into the draft, and what is still lost. */
function asNamedProperties(losses: readonly Loss[]): { dropped: string[]; named: string[] } {
  const keys = new Set<string>();
  const dropped: string[] = [];
  const named: string[] = [];
  for (const { header, what } of losses) {
    if (header && isNamedProperty(header) && !keys.has(header.key)) named.push(header.name);
    else dropped.push(what);
    if (header) keys.add(header.key);
  }
  return { dropped, named };
}
