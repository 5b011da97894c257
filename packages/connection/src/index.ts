export type { CloseResult } from "./close-result.ts";
export { ConnectionError, type ConnectionErrorCode } from "./connection-error.ts";
export { Connection, type ConnectionEvents, type ConnectionInit, type SendOptions } from "./connection.ts";
export {
  type ConnectionOptions,
  resolveConnectionOptions,
  type ResolvedConnectionOptions,
} from "./connection-options.ts";
export type { Message } from "./message-assembly.ts";
export type { MessageCompression } from "./message-compression.ts";
export type { MessageLike } from "./message-like.ts";
export { MAX_TIMER_MS, numberOption } from "./number-option.ts";
export type { SentCallback } from "./outbox.ts";
export { PreparedMessage } from "./prepared-message.ts";
export { Protocol, type ProtocolEvent, type ProtocolOptions } from "./protocol.ts";
export { CloseCode, isWireCloseCode, ProtocolError, type ProtocolErrorCode, type Role } from "@ws/frame";
