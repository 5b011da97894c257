// How large and how deep what a peer sends may be. Checked by the codec, on bytes of anybody.

/** Bounds of one message. */
export interface WireLimits {
  /** Of a frame: UTF-16 code units of a text, bytes of a binary one. */
  readonly maxMessageBytes: number;
  /** Arrays and objects inside one another. */
  readonly maxDepth: number;
  /** Values of all kinds in one message, keys included. */
  readonly maxValues: number;
  /** Of a key of an object, in UTF-16 code units. */
  readonly maxKeyLength: number;
  /** Binary values beside the JSON of one message. */
  readonly maxBlobs: number;
}

/** What a server takes of anybody. */
export const SERVER_LIMITS: WireLimits = {
  maxMessageBytes: 256 * 1024,
  maxDepth: 32,
  maxValues: 20_000,
  maxKeyLength: 200,
  maxBlobs: 64,
};

/** What a client takes of the server it chose: pages of what many have sent. */
export const CLIENT_LIMITS: WireLimits = {
  maxMessageBytes: 16 * 1024 * 1024,
  maxDepth: 34,
  maxValues: 2_000_000,
  maxKeyLength: 200,
  maxBlobs: 10_000,
};
