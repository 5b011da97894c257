// What is asked of a peer: plain data, so that every process of a measurement can be told. Nothing here knows how it is
// driven or measured.

export interface Load {
  readonly name: string;
  readonly title: string;
  /** What one figure is the price of. */
  readonly per: "message" | "fragment" | "delivery" | "handshake" | "connection";
  /**
   * Who does what. `echo`: the generator sends, the server answers. `broadcast`: one asks, the server sends to all.
   * `handshake`: connections come and go. `idle`: connections come and stay. `client`: the peer's client sends, the
   * generator answers.
   */
  readonly drive: "echo" | "broadcast" | "handshake" | "idle" | "client";
  readonly connections: number;
  /** Messages under way on each connection; under `handshake`, connections under way. */
  readonly inFlight: number;
  readonly bytes: number;
  /** How long it must run before it counts, where that is longer than usual. */
  readonly warmUpMs?: number;
  /** As a string, on the way in and on the way out. Default: bytes. */
  readonly text?: true;
  /** The server answers each message with one byte, in place of an echo. */
  readonly acknowledged?: true;
  /** How many fragments a message of the generator has. Default: 1. */
  readonly fragments?: number;
  /** How many connections talk at any time, in turns. Default: all. */
  readonly active?: number;
  /** Messages to everybody in one tick of the server. */
  readonly perTick?: number;
  /** Everybody is in one room, of what the peer has for that. */
  readonly room?: true;
  readonly compression?: Compression;
  readonly tls?: true;
  readonly keepAlive?: true;
  readonly http2?: true;
}

/**
 * `takeover` and `none`: permessage-deflate with and without context takeover, level 4, for messages of any size.
 * `default`: switched on and nothing else, as a user would.
 */
export type Compression = "takeover" | "none" | "default";
