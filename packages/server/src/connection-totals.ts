// The numbers of many connections summed up, of those that have ended too.
import type { ConnectionStats } from "@ws/connection";

/** {@link ConnectionStats} summed up; `bufferedBytes` only of connections that exist. */
export type ConnectionTotals = Omit<ConnectionStats, "isStalled" | "roundTripMs">;

/** The same while it is summed up: in place, because a server does it for every connection that ends. */
export type RunningTotals = {
  -readonly [Name in keyof ConnectionTotals]: ConnectionTotals[Name] extends number
    ? number
    : Record<keyof ConnectionTotals[Name], number>;
};

export function noTraffic(): RunningTotals {
  const noFrames = { continuation: 0, text: 0, binary: 0, close: 0, ping: 0, pong: 0 };
  const noCompression = { messageBytes: 0, wireBytes: 0 };
  return {
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    framesReceived: { ...noFrames },
    framesSent: { ...noFrames },
    compressionReceived: { ...noCompression },
    compressionSent: { ...noCompression },
    bufferedBytes: 0,
  };
}

export function addTotals(sum: RunningTotals, more: ConnectionTotals): void {
  sum.bytesReceived += more.bytesReceived;
  sum.bytesSent += more.bytesSent;
  sum.messagesReceived += more.messagesReceived;
  sum.messagesSent += more.messagesSent;
  addEach(sum.framesReceived, more.framesReceived);
  addEach(sum.framesSent, more.framesSent);
  addEach(sum.compressionReceived, more.compressionReceived);
  addEach(sum.compressionSent, more.compressionSent);
  sum.bufferedBytes += more.bufferedBytes;
}

function addEach<Name extends string>(sum: Record<Name, number>, more: Readonly<Record<Name, number>>): void {
  for (const name in sum) sum[name] += more[name];
}
