// The entry for browsers: the same names as in Node, over the native WebSocket. Nothing it reaches imports Node.
export type { CloseResult, Message, MessageLike, SentCallback } from "@ws/connection";
export { BrowserConnection } from "./browser/browser-connection.ts";
export { type BrowserConnectOptions, connect } from "./browser/connect.ts";
export { ConnectionError } from "./browser/connection-error.ts";
export { WebSocket } from "./browser/native-websocket.ts";
export type { ClientConnection, ClientConnectionEvents } from "./client-connection.ts";
export { ConnectError, type ConnectErrorCode, type ErrorResponse } from "./connect-error.ts";
export type { HeartbeatOptions } from "./reconnecting/heartbeat.ts";
export type { FinalFate, SendReceipt } from "./reconnecting/outgoing-queue.ts";
export { ReconnectingConnection } from "./reconnecting/reconnecting-connection.ts";
export type {
  ReconnectingEvents,
  ReconnectingState,
  StateChange,
} from "./reconnecting/reconnecting-events.ts";
export type { Connect, ReconnectingOptions } from "./reconnecting/reconnecting-options.ts";
export { type ConnectionEnd, retriesByDefault } from "./reconnecting/retry-policy.ts";
