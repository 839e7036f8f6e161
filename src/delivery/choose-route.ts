import { isNamedProperty } from '../message/header-carriers';
import type { Loss, LossReason } from '../mime/loss';
import type { DeliveryOptions } from '../options/resolved-options';

/** The ways a message can take: one request of JSON or of MIME, or a draft that is filled piece by piece. */
export type Route = 'json' | 'mime' | 'draft';

/** How the caller wants a message to be sent. `exactly-once` sends nothing but drafts. */
export type RouteOptions = Pick<DeliveryOptions, 'format' | 'lossy' | 'delivery'>;

/** What there is to know of a message. Sizes are those of requests, and worked out only when they matter. */
export interface RouteFacts {
  /** What JSON has no place for, the weightiest first. */
  losses: readonly Loss[];
  jsonBytes: () => number;
  mimeBytes: () => number;
  /** The request that makes the draft, without attachments. */
  draftBytes: () => number;
  /** Raw bytes of the largest attachment. */
  largestAttachment: number;
}

export interface RouteLimits {
  requestBytes: number;
  attachmentBytes: number;
}

/** The route and why, with what is lost on it; or why there is none. */
export type RouteDecision =
  | {
      route: Route;
      because: 'whole' | 'format' | 'size' | 'delivery' | LossReason;
      dropped: string[];
      /** Names of headers that travel as named properties of the draft. */
      named?: string[];
    }
  | { route: 'none'; because: 'size' | LossReason; why: string };

/** Decides how a message goes. The first line that fits counts. */
export function chooseRoute(
  facts: RouteFacts,
  { requestBytes, attachmentBytes }: RouteLimits,
  { format, lossy, delivery }: RouteOptions,
): RouteDecision {
  const { losses, jsonBytes, mimeBytes, draftBytes, largestAttachment } = facts;
  const [loss] = losses;
  const lost = losses.map(({ what }) => what);
  const mayBeJson = format !== 'mime' && (!loss || lossy);
  const jsonFits = () => delivery !== 'exactly-once' && jsonBytes() <= requestBytes;
  const mimeFits = () => mimeBytes() <= requestBytes;
  const draftFits = () => draftBytes() <= requestBytes && largestAttachment <= attachmentBytes;
  const whole = format === 'json' ? 'format' : 'whole';

  if (format === 'mime' && mimeFits()) return { route: 'mime', because: 'format', dropped: [] };
  if (format !== 'mime' && !loss && jsonFits()) return { route: 'json', because: whole, dropped: [] };
  if (format !== 'mime' && !loss && draftFits())
    return { route: 'draft', because: jsonBytes() > requestBytes ? 'size' : 'delivery', dropped: [] };
  if (format === 'auto' && mimeFits())
    return { route: 'mime', because: loss?.because ?? 'size', dropped: [] };
  // Too large for MIME: what is lost of it are headers alone, and nothing is refused for a header.
  if (format === 'auto' && losses.every(isHeaderLoss) && draftFits())
    return { route: 'draft', because: 'size', ...asNamedProperties(losses) };
  if (loss && mayBeJson && jsonFits()) return { route: 'json', because: loss.because, dropped: lost };
  if (loss && mayBeJson && draftFits())
    return { route: 'draft', because: loss.because, ...asNamedProperties(losses) };

  const asMime = () => `as MIME it makes a request of ${mimeBytes()} bytes, and Graph takes ${requestBytes}`;
  const asDraft = () =>
    largestAttachment > attachmentBytes
      ? `it has an attachment of ${largestAttachment} bytes, and Graph takes ${attachmentBytes}`
      : `its body and headers alone make a request of ${draftBytes()} bytes, and Graph takes ${requestBytes}`;
  const noPlace = `Graph's JSON has no place for ${lost.join(', ')}`;
  if (format === 'mime') return { route: 'none', because: 'size', why: asMime() };
  if (mayBeJson) return { route: 'none', because: 'size', why: asDraft() };
  if (!loss || format === 'json') return { route: 'none', because: loss?.because ?? 'size', why: noPlace };
  return { route: 'none', because: loss.because, why: `${noPlace}, and ${asMime()}` };
}

function isHeaderLoss({ because }: Loss): boolean {
  return because === 'header' || because === 'too-many-headers';
}

/** What a draft carries of headers without a place of their own, and what is lost all the same. */
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
