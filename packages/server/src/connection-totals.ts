// The numbers of many connections summed up, of those that have ended too.
import type { ConnectionStats } from "@ws/connection";

/** {@link ConnectionStats} summed up; `bufferedBytes` only of connections that exist. */
export type ConnectionTotals = Omit<ConnectionStats, "isStalled" | "roundTripMs">;

const NO_FRAMES = { continuation: 0, text: 0, binary: 0, close: 0, ping: 0, pong: 0 };
const NO_COMPRESSION = { messageBytes: 0, wireBytes: 0 };

export const NO_TRAFFIC: ConnectionTotals = {
  bytesReceived: 0,
  bytesSent: 0,
  messagesReceived: 0,
  messagesSent: 0,
  framesReceived: NO_FRAMES,
  framesSent: NO_FRAMES,
  compressionReceived: NO_COMPRESSION,
  compressionSent: NO_COMPRESSION,
  bufferedBytes: 0,
};

export function addTotals(a: ConnectionTotals, b: ConnectionTotals): ConnectionTotals {
  return {
    bytesReceived: a.bytesReceived + b.bytesReceived,
    bytesSent: a.bytesSent + b.bytesSent,
    messagesReceived: a.messagesReceived + b.messagesReceived,
    messagesSent: a.messagesSent + b.messagesSent,
    framesReceived: addEach(a.framesReceived, b.framesReceived),
    framesSent: addEach(a.framesSent, b.framesSent),
    compressionReceived: addEach(a.compressionReceived, b.compressionReceived),
    compressionSent: addEach(a.compressionSent, b.compressionSent),
    bufferedBytes: a.bufferedBytes + b.bufferedBytes,
  };
}

function addEach<Name extends string>(
  a: Readonly<Record<Name, number>>,
  b: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const sum: Record<Name, number> = { ...a };
  for (const name in b) sum[name] += b[name];
  return sum;
}
