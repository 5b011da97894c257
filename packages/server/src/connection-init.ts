// What a connection begins with, of what the handshake and the server made of it.
import type { ConnectionInit, MessageCompression, ResolvedConnectionOptions } from "@ws/connection";
import { type Accepted, formatExtensions } from "@ws/handshake";

/** @param head what the client sent behind its request */
export function connectionInit(
  limits: ResolvedConnectionOptions,
  { protocol, extensions }: Accepted<unknown>,
  compression: MessageCompression | undefined,
  head: Uint8Array,
): ConnectionInit {
  // Field by field: a spread into an object of this size costs microseconds, and kilobytes of garbage.
  const init: ResolvedConnectionOptions & ConnectionInit = {
    role: "server",
    protocol,
    extensions: formatExtensions(extensions),
    head,
    maxMessageBytes: limits.maxMessageBytes,
    maxBufferedBytes: limits.maxBufferedBytes,
    whenBufferFull: limits.whenBufferFull,
    highWaterMarkBytes: limits.highWaterMarkBytes,
    pingIntervalMs: limits.pingIntervalMs,
    pongTimeoutMs: limits.pongTimeoutMs,
    closeTimeoutMs: limits.closeTimeoutMs,
    maxMessagesPerSecond: limits.maxMessagesPerSecond,
    maxReceivedBytesPerSecond: limits.maxReceivedBytesPerSecond,
    maxControlFramesPerSecond: limits.maxControlFramesPerSecond,
  };
  return compression === undefined ? init : { ...init, compression };
}
