/** How far the upload of an attachment has come: what `progress` events tell. */
export interface UploadProgress {
  /** The Message-ID, with `<>`. */
  messageId: string;
  /** Name of the attachment. */
  attachment: string;
  /** Bytes that Graph has. */
  sentBytes: number;
  /** Bytes of the whole attachment. */
  totalBytes: number;
}
