// The closing handshake (RFC 6455 §7) as data: which close frames went which way, and what follows from that.
// Asks nothing of the transport; tells its owner who ends it. A connection that is open has none.
import { CloseCode, type ClosePayload, type Role } from "@ws/frame";
import type { CloseResult } from "./close-result.ts";

export class ClosingHandshake {
  readonly #role: Role;
  #sent = false;
  #received: ClosePayload | undefined;
  #error: Error | undefined;
  #transportEnded = false;

  constructor(role: Role) {
    this.#role = role;
  }

  get isClosed(): boolean {
    return this.#transportEnded;
  }

  /** RFC 6455 §5.5.1: "The application MUST NOT send any more data frames after sending a Close frame." */
  get mayStillSend(): boolean {
    return !this.#sent && !this.#transportEnded;
  }

  /**
   * RFC 6455 §1.4: "After receiving a control frame indicating the connection should be closed, a peer discards any
   * further data received." §7.1.7: "An endpoint MUST NOT continue to attempt to process data … from the remote
   * endpoint after being instructed to _Fail the WebSocket Connection_."
   */
  get mayStillReceive(): boolean {
    return this.#received === undefined && this.#error === undefined && !this.#transportEnded;
  }

  /**
   * Whether it is our turn to end the transport's writing side.
   *
   * RFC 6455 §5.5.1: "The server MUST close the underlying TCP connection immediately" once both close frames are
   * exchanged; after a failure (RFC 6455 §7.1.7) either side does so at once; and nobody holds open what the peer has
   * ended.
   */
  get mustEndTransport(): boolean {
    if (this.#error !== undefined || this.#transportEnded) return true;
    return this.#role === "server" && this.#sent && this.#received !== undefined;
  }

  sent(): void {
    this.#sent = true;
  }

  received(payload: ClosePayload): void {
    this.#received = payload;
  }

  failed(error: Error): void {
    this.#error = error;
  }

  transportEnded(): void {
    this.#transportEnded = true;
  }

  /** How it stands, or how it ended. */
  get result(): CloseResult {
    // RFC 6455 §7.1.5: "If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint …, The WebSocket Connection Close Code is considered to be 1006."
    const { code, reason } = this.#received ?? { code: CloseCode.abnormal, reason: "" };
    const wasClean = this.#sent && this.#received !== undefined;
    return this.#error === undefined
      ? { code, reason, wasClean }
      : { code, reason, wasClean, error: this.#error };
  }
}
