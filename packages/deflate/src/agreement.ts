// What the two sides have agreed on: with it each knows how it may compress, and how the other does.

/** The outcome of a negotiation (RFC 7692 §7.1). */
export interface Agreement {
  /** Whether the server compresses each message by itself. */
  readonly serverNoContextTakeover: boolean;
  /** Whether the client compresses each message by itself. */
  readonly clientNoContextTakeover: boolean;
  /** 8 to 15. */
  readonly serverMaxWindowBits: number;
  /** 8 to 15. */
  readonly clientMaxWindowBits: number;
}
