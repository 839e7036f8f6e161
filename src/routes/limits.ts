/**
 * Most bytes of one request to Graph.
 *
 * Documented as 4 MB without saying which; 4,000,000 holds under both readings (Microsoft Graph
 * documentation, api-reference/v1.0/api/user-post-messages.md; microsoft-graph-docs-contrib #682).
 */
export const MAX_REQUEST_BYTES = 4_000_000;

/** Most bytes of a message, or of its attachments, that can be in such a request: base64 makes four of three. */
export const MAX_HELD_BYTES = (MAX_REQUEST_BYTES / 4) * 3;
