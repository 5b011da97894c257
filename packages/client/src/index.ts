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
  ProtocolError,
  type ProtocolErrorCode,
  type SendOptions,
  type SentCallback,
} from "@ws/connection";
export type { DeflateOptions } from "@ws/deflate";
export { connect } from "./connect.ts";
export { ConnectError, type ConnectErrorCode } from "./connect-error.ts";
export type { ConnectOptions } from "./connect-options.ts";
