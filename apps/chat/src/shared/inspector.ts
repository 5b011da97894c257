// What is known of the connections that are looked at: the facts that the server's feed tells, and the records that the page
// keeps, shows and exports. Plain values; how they travel is inspector-feed.ts, how bytes become frames src/web/inspector.
import type { Direction, HandshakeRecord } from "@ws/capture";

export type {
  Capture,
  CapturedConnection,
  CapturedFrame,
  CapturedMessage,
  ConnectionEnd,
  ConnectionFacts,
  Direction,
  HandshakeRecord,
  HeadField,
  LengthBits,
  StateChange,
} from "@ws/capture";

/** What a viewer may see: the connections of their own session, or all of them with the payloads of others zeroed. */
export type InspectorScope = "own" | "all";

/** A handshake that was refused. */
export interface RefusedHandshake {
  readonly code: string;
  readonly remoteAddress?: string;
  readonly handshake: HandshakeRecord;
}

/** What the server counts of a connection, all that was left out of the feed included. */
export interface ConnectionSample {
  readonly bytes: Readonly<Record<Direction, number>>;
  readonly messages: Readonly<Record<Direction, number>>;
  readonly frames: Readonly<Record<Direction, number>>;
  /** Bytes that were sent and have not reached the transport. */
  readonly bufferedBytes: number;
  /** Whether the transport is not read, because nobody takes the messages. */
  readonly isStalled: boolean;
  /** From the last ping that was answered to its pong. */
  readonly roundTripMs?: number;
}

export type QueueEvent = "stalled" | "resumed" | "backed-up" | "drained";
