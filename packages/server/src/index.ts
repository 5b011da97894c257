export {
  CloseCode,
  type CloseResult,
  Connection,
  ConnectionError,
  type ConnectionErrorCode,
  type ConnectionEvents,
  type ConnectionOptions,
  type Message,
  type MessageLike,
  PreparedMessage,
  ProtocolError,
  type ProtocolErrorCode,
  type SendOptions,
  type SentCallback,
} from "@ws/connection";
export type { DeflateOptions } from "@ws/deflate";
export type { OriginPolicy } from "@ws/handshake";
export type { ShutdownOptions, WebSocketServerEvents, WebSocketServerOptions } from "./server-options.ts";
export { WebSocketServer } from "./websocket-server.ts";
