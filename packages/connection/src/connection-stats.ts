// What has passed through a connection so far, as plain numbers.
import type { FrameCounts } from "./frame-counts.ts";
import type { Meter } from "./meter.ts";
import type { Protocol } from "./protocol.ts";

/** Frames of one direction, by kind. */
export interface FrameStats {
  readonly continuation: number;
  readonly text: number;
  readonly binary: number;
  readonly close: number;
  readonly ping: number;
  readonly pong: number;
}

/** What compression did to the messages of one direction that it was applied to. */
export interface CompressionStats {
  /** Bytes of the messages themselves. */
  readonly messageBytes: number;
  /** Bytes of the same messages on the wire. */
  readonly wireBytes: number;
}

/** The numbers of one connection; all but the last three only ever grow. */
export interface ConnectionStats {
  /** Bytes on the wire, frame headers included, the opening handshake not. */
  readonly bytesReceived: number;
  /** Bytes on the wire, frame headers included, the opening handshake not. */
  readonly bytesSent: number;
  /** Messages that have begun. */
  readonly messagesReceived: number;
  /** Messages that have begun. */
  readonly messagesSent: number;
  /** Frames that came, by kind. */
  readonly framesReceived: FrameStats;
  /** Frames that were sent, by kind. */
  readonly framesSent: FrameStats;
  /** What came compressed. */
  readonly compressionReceived: CompressionStats;
  /** What was sent compressed. */
  readonly compressionSent: CompressionStats;
  /** Bytes that were sent and have not reached the transport. */
  readonly bufferedBytes: number;
  /** Whether the transport is not being read because nobody takes the messages. */
  readonly isStalled: boolean;
  /** From the last ping that was answered to its pong, in milliseconds; `undefined` before the first. */
  readonly roundTripMs: number | undefined;
}

export function readStats(
  protocol: Protocol,
  rest: Pick<ConnectionStats, "bytesReceived" | "bytesSent" | "bufferedBytes" | "isStalled" | "roundTripMs">,
): ConnectionStats {
  const { framesReceived, framesSent, inflated, deflated } = protocol;
  // Field by field: a spread into an object of this size costs microseconds, and a scrape asks every connection.
  const { bytesReceived, bytesSent, bufferedBytes, isStalled, roundTripMs } = rest;
  return {
    bytesReceived,
    bytesSent,
    bufferedBytes,
    isStalled,
    roundTripMs,
    messagesReceived: framesReceived.messages,
    messagesSent: framesSent.messages,
    framesReceived: plainFrames(framesReceived),
    framesSent: plainFrames(framesSent),
    compressionReceived: plainMeter(inflated),
    compressionSent: plainMeter(deflated),
  };
}

function plainFrames({ continuation, text, binary, close, ping, pong }: FrameCounts): FrameStats {
  return { continuation, text, binary, close, ping, pong };
}

function plainMeter({ messageBytes, wireBytes }: Meter): CompressionStats {
  return { messageBytes, wireBytes };
}
