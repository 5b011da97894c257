// How a connection ended, as a value: a peer's misbehaviour is a result to look at, never an exception.

/** How a connection ended (RFC 6455 §7.1.5, §7.1.6). */
export interface CloseResult {
  /** The code of the peer's close frame; 1005 when it had none, 1006 when no close frame came. */
  readonly code: number;
  /** The reason in the peer's close frame, or `""`. */
  readonly reason: string;
  /** Whether both sides exchanged close frames, and all that was sent before ours reached the transport. */
  readonly wasClean: boolean;
  /**
   * What broke the connection: a {@link ProtocolError} by the peer, a {@link ConnectionError}, or an error of the transport, as
   * Node has them. Its `code` says which.
   */
  readonly error?: Error & { readonly code?: string };
}
