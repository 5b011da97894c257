export {
  CloseCode,
  type CloseResult,
  Connection,
  ConnectionError,
  type ConnectionErrorCode,
  type ConnectionEvents,
  type ConnectionOptions,
  type ConnectionStats,
  type DuplexViewOptions,
  type Message,
  type MessageLike,
  type MessageStream,
  ProtocolError,
  type ProtocolErrorCode,
  type SendOptions,
  type SentCallback,
  type StreamOptions,
  type StreamSource,
  toDuplex,
  toWebStreams,
  WebSocketError,
  type WebSocketErrorInit,
  type WebStreams,
} from "@ws/connection";
export type { DeflateOptions } from "@ws/deflate";
export type { HeaderFields } from "@ws/handshake";
export type { ClientConnection, ClientConnectionEvents } from "./client-connection.ts";
export { connect } from "./connect.ts";
export { ConnectError, type ConnectErrorCode, type ErrorResponse } from "./connect-error.ts";
export type { ConnectOptions, ConnectResponse, TlsOptions } from "./connect-options.ts";
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
export { CloseEvent, type CloseEventInit } from "./whatwg/close-event.ts";
export type { EventHandler } from "./whatwg/event-handlers.ts";
export { WebSocket, type WebSocketEventMap, type WebSocketOptions } from "./whatwg/websocket.ts";
export {
  type WebSocketCloseInfo,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from "./websocket-stream.ts";
