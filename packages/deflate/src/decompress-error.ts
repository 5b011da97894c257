// Why data cannot be decompressed, and the same as an error for where there is no value to return it in.

/** Why data cannot be decompressed: it is not whole DEFLATE data (or far too many pieces of it), or holds too much. */
export type DecompressFailure = "INVALID_COMPRESSED_DATA" | "MESSAGE_TOO_BIG";

/** What the iteration over a message ends with where the message cannot be decompressed: the connection has failed. */
export class DecompressError extends Error {
  /** Stable; match on it rather than on the message. */
  readonly code: DecompressFailure;

  constructor(code: DecompressFailure, reason: string, options?: ErrorOptions) {
    super(`Cannot decompress message: ${reason}`, options);
    this.name = "DecompressError";
    this.code = code;
  }
}
