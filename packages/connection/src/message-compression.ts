// The seam to an extension that compresses messages (RFC 7692 §6): what a connection needs of it, and no more. A message
// is compressed as a whole; the bit RSV1 of its first frame says so.

/** Compresses and decompresses the messages of one connection; `MessageDeflate` of `@ws/deflate` is one. */
export interface MessageCompression {
  /** Equal where the same message compresses to the same bytes, `undefined` where earlier messages matter. */
  readonly variant: string | undefined;
  /** The message compressed; `undefined` where it is to be sent as it is. Called in the order of sending. */
  compress(message: Uint8Array): Uint8Array | undefined;
  /** The message, or why there is none. Must not make more than `maxBytes` of it. Called in the order of arrival. */
  decompress(data: Uint8Array, maxBytes: number): Uint8Array | "INVALID_COMPRESSED_DATA" | "MESSAGE_TOO_BIG";
  /** The next piece of a message compressed, to be sent as one frame; empty pieces and results are fine. */
  compressPart(part: Uint8Array, isLast: boolean): Uint8Array;
  /**
   * The message whose compressed pieces come one by one, in pieces again. No message may be decompressed after it
   * before it has ended. Throws where the pieces are no compressed message.
   */
  decompressParts(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}
