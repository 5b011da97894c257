// What a connection is made of: what the opening handshake hands over, and the options of a send.
import type { Role } from "@ws/frame";
import type { ConnectionOptions, ResolvedConnectionOptions } from "./connection-options.ts";
import type { MessageCompression } from "./message-compression.ts";
import type { ProtocolOptions } from "./protocol-options.ts";
import type { SentCallback } from "./sent-callback.ts";

/** What the opening handshake hands over to a {@link Connection}. */
export interface ConnectionInit
  extends ConnectionOptions, Pick<ProtocolOptions, "text" | "autoPong" | "closeReason"> {
  /** Who we are on this connection. */
  readonly role: Role;
  /** The subprotocol that was agreed; `""` for none. */
  readonly protocol?: string;
  /** The extensions that were agreed, as the header said it; `""` for none. */
  readonly extensions?: string;
  /** The compression among them. Default: none. */
  readonly compression?: MessageCompression;
  /**
   * What {@link resolveConnectionOptions} made of options, in place of those that are given here: connections that have the
   * same limits can share the object, and nothing of it is checked again.
   */
  readonly limits?: ResolvedConnectionOptions;
  /** Bytes that were read behind the opening handshake: the peer's first frames. */
  readonly head?: Uint8Array;
}

/** How a piece of a message is sent. */
export interface FragmentOptions {
  /** Whether it is the last. */
  readonly isLast: boolean;
  /** As of a whole message; heard with the first piece only. Default: `true`. */
  readonly compress?: boolean;
  /** Called when the bytes reached the transport, or with the error that kept them from it. */
  readonly callback?: SentCallback;
}

/** How one message is sent. */
export interface SendOptions {
  /** `false` sends it as it is, even where compression was agreed. Default: `true`. */
  readonly compress?: boolean;
  /** Called when the bytes reached the transport, or with the error that kept them from it. */
  readonly callback?: SentCallback;
}
