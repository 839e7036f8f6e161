/** How much of a message is read. */
export interface ReadLimits {
  /** The most bytes to keep in memory: of all attachments together, and of the message as it arrived. */
  heldBytes: number;
  /** The most bytes of decoded attachments that a message may have. */
  messageBytes: number;
}
