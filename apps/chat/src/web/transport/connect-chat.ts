// The WebSocket to the chat, which comes back by itself and notices a dead link.
import { type BrowserConnectOptions, connect, ReconnectingConnection } from "@ws/client/browser";
import type { ChatSocket } from "../state/chat-client.ts";
import { SUBPROTOCOL } from "@ws/rooms/client";

/**
 * Browsers cannot ping. A server of "rooms.v1" answers a type that it does not know with an error under the same id, and goes on; the id
 * is one that no question of ours ever has.
 */
export const HEARTBEAT: string = JSON.stringify({ type: "are-you-there", id: Number.MAX_SAFE_INTEGER });

export function connectChat(): ChatSocket {
  return new ReconnectingConnection<BrowserConnectOptions>({
    connect,
    url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`,
    options: { protocols: SUBPROTOCOL },
    maxDelayMs: 15_000,
    heartbeat: { message: HEARTBEAT },
  });
}
