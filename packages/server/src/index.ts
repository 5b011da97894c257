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
  PreparedMessage,
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
export { type OriginPolicy, reject, type Rejected } from "@ws/handshake";
export type { Authenticate, Authenticated, AuthenticateInfo } from "./authenticate.ts";
export type { ConnectionTotals } from "./connection-totals.ts";
export type { HandshakeAccepted, HandshakeRejected, HandshakeResponse } from "./handshake-journal.ts";
export type { ConnectionInfo, HandshakeInfo } from "./handshake-info.ts";
export type { NodeServer } from "./node-server.ts";
export type { AdmissionCode, RefusalCode } from "./refusal.ts";
export type { TrustedProxies } from "./remote-address.ts";
export type { PathMatcher, PathParams } from "./request-path.ts";
export { formatRetryHint } from "./retry-hint.ts";
export type { AdmissionLimits, ResolvedServerLimits, ServerLimits } from "./server-limits.ts";
export type { SharedPort, WebSocketServerEvents, WebSocketServerOptions } from "./server-options.ts";
export type { ServerStats } from "./server-stats.ts";
export type { ShutdownOptions } from "./shutdown-options.ts";
export { WebSocketServer } from "./websocket-server.ts";
