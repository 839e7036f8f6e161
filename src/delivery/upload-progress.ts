/** How much of an attachment has been uploaded: the argument of `progress` events. */
export interface UploadProgress {
  /** The Message-ID, with `<>`. */
  messageId: string;
  /** Name of the attachment. */
  attachment: string;
  /** Bytes that Graph has received. */
  sentBytes: number;
  /** Bytes of the whole attachment. */
  totalBytes: number;
}
