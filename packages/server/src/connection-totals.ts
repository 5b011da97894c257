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
  addFrames(sum.framesReceived, more.framesReceived);
  addFrames(sum.framesSent, more.framesSent);
  addCompression(sum.compressionReceived, more.compressionReceived);
  addCompression(sum.compressionSent, more.compressionSent);
  sum.bufferedBytes += more.bufferedBytes;
}

// Name by name: a loop over names looks each up in a dictionary.

function addFrames(sum: RunningTotals["framesSent"], more: ConnectionTotals["framesSent"]): void {
  sum.continuation += more.continuation;
  sum.text += more.text;
  sum.binary += more.binary;
  sum.close += more.close;
  sum.ping += more.ping;
  sum.pong += more.pong;
}

function addCompression(
  sum: RunningTotals["compressionSent"],
  more: ConnectionTotals["compressionSent"],
): void {
  sum.messageBytes += more.messageBytes;
  sum.wireBytes += more.wireBytes;
}
