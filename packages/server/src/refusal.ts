// Why a handshake does not become a connection: the handshake's own reasons, and those that only a server has.
import {
  type HandshakeErrorCode,
  type HeaderInput,
  reject,
  type Rejected,
  type RejectionCode,
} from "@ws/handshake";

/** Why a server says no, beside the rules of the handshake itself. */
export type AdmissionCode =
  /** 404: the server has no WebSocket at this path. */
  | "NO_SUCH_PATH"
  /** 400: `requireProtocol`, and client and server have no subprotocol in common. */
  | "NO_COMMON_PROTOCOL"
  /** 503: `maxConnections` are open. */
  | "TOO_MANY_CONNECTIONS"
  /** 429: the address has `maxConnectionsPerAddress` open. */
  | "TOO_MANY_CONNECTIONS_FROM_ADDRESS"
  /** 429: the address asks more often than `maxHandshakesPerSecondPerAddress`. */
  | "TOO_MANY_HANDSHAKES_FROM_ADDRESS"
  /** 503: `maxPendingHandshakes` are unfinished. */
  | "TOO_MANY_PENDING_HANDSHAKES"
  /** 408 where the request was not whole by the deadline, 503 where `authenticate` was not done. */
  | "HANDSHAKE_TIMEOUT"
  /** 503: the server is shutting down. */
  | "SHUTTING_DOWN"
  /** 500: a function among the options threw. */
  | "SERVER_ERROR";

/** Every code a refused handshake can have; `"REFUSED"` comes from the application's `reject`. */
export type RefusalCode = RejectionCode | AdmissionCode | HandshakeErrorCode;

/** The server's no. */
export interface Refusal extends Omit<Rejected, "code"> {
  readonly code: RefusalCode;
}

export function refusal(status: number, code: RefusalCode, message: string, headers?: HeaderInput): Refusal {
  return { ...reject(status, message, headers), code };
}

/** The value of `Retry-After`, which has whole seconds. */
export function retryAfter(milliseconds: number): HeaderInput {
  return [["Retry-After", String(Math.max(1, Math.ceil(milliseconds / 1000)))]];
}
