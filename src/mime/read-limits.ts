/** How much of a message is taken in. */
export interface ReadLimits {
  /** Most bytes that are held in memory of the attachments together, and of the message as it came. */
  heldBytes: number;
  /** Most bytes of attachments, decoded, that a message may have at all. */
  messageBytes: number;
}
