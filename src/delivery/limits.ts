/**
 * The most bytes of one request to Graph.
 *
 * Documented as 4 MB without saying whether that is 4,000,000 or 2^22; 4,000,000 holds either way (Microsoft
 * Graph documentation, api-reference/v1.0/api/user-post-messages.md; microsoft-graph-docs-contrib #682).
 */
export const MAX_REQUEST_BYTES = 4_000_000;

/**
 * The most bytes of a message, or of its attachments, that fit into such a request: base64 turns three bytes
 * into four.
 */
export const MAX_HELD_BYTES = (MAX_REQUEST_BYTES / 4) * 3;

/**
 * An attachment of at least this many bytes is sent in an upload session, a smaller one by POST.
 *
 * Documented as 3 MB (Microsoft Graph documentation, concepts/outlook-large-attachments.md).
 */
export const MIN_SESSION_BYTES = 3_000_000;

/**
 * The most bytes of one attachment.
 *
 * Documented as 150 MB (Microsoft Graph documentation,
 * api-reference/v1.0/api/attachment-createuploadsession.md).
 */
export const MAX_ATTACHMENT_BYTES = 150_000_000;

/**
 * Bytes of one range of an upload: the largest whole number of pages below the documented 4 MB
 * (Microsoft Graph documentation, concepts/outlook-large-attachments.md).
 */
export const RANGE_BYTES = Math.floor(3_999_999 / 4096) * 4096;
