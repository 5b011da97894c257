// The WebSocket to the chat, which comes back by itself and notices a dead link.
import { type BrowserConnectOptions, connect, ReconnectingConnection } from "@ws/client/browser";
import type { ChatSocket } from "../state/chat-client.ts";
import { HEARTBEAT, SUBPROTOCOL } from "@ws/rooms/client";

export function connectChat(): ChatSocket {
  return new ReconnectingConnection<BrowserConnectOptions>({
    connect,
    url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`,
    options: { protocols: SUBPROTOCOL },
    maxDelayMs: 15_000,
    heartbeat: HEARTBEAT,
  });
}
