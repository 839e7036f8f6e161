/** Does the request want ids that stay when a message moves? Asked for by each request anew. */
export function prefersImmutableId(request: Request): boolean {
  return /(?:^|,)\s*IdType\s*=\s*"?ImmutableId"?\s*(?:,|$)/i.test(request.headers.get('prefer') ?? '');
}

/** What an answer says to a request that wanted them. */
export const IMMUTABLE_ID_APPLIED = { 'preference-applied': 'IdType="ImmutableId"' };
