export type { StreamSource } from "./chunk-source.ts";
export type { CloseResult } from "./close-result.ts";
export { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
export { Connection } from "./connection.ts";
export type { ClosingSign, ConnectionEvents } from "./connection-events.ts";
export type { ConnectionInit, FragmentOptions, SendOptions } from "./connection-init.ts";
export {
  type ConnectionOptions,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "./connection-options.ts";
export type { CompressionStats, ConnectionStats, FrameStats } from "./connection-stats.ts";
export type { FrameObserver, ObservedFrame } from "./frame-observer.ts";
export type { Message, TextForm } from "./message-assembly.ts";
export type { MessageCompression } from "./message-compression.ts";
export type { MessageLike } from "./message-like.ts";
export type { MessageStream } from "./message-stream.ts";
export { MAX_TIMER_MS, numberOption } from "./number-option.ts";
export type { StreamOptions } from "./outgoing-stream.ts";
export { PreparedMessage } from "./prepared-message.ts";
export type { SentCallback } from "./sent-callback.ts";
export { resetLikeTcp } from "./reset-like-tcp.ts";
export { dialShared, readsShared, receiveShared } from "./shared-reads.ts";
export { TextBytes } from "./text-bytes.ts";
export { TokenBucket } from "./token-bucket.ts";
export { Protocol, type ProtocolEvent } from "./protocol.ts";
export type { ProtocolOptions } from "./protocol-options.ts";
export { type DuplexViewOptions, toDuplex } from "./views/duplex.ts";
export { toWebStreams, type WebStreams } from "./views/web-streams.ts";
export { WebSocketError, type WebSocketErrorInit } from "./views/websocket-error.ts";
export {
  CloseCode,
  isWireCloseCode,
  ProtocolError,
  type ProtocolErrorCode,
  readBuffer,
  type Role,
} from "@ws/frame";
