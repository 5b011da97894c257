// What a connection tells.
import type { CloseResult } from "./close-result.ts";
import type { Message } from "./message-assembly.ts";

/** What begins a closing that was not asked for here. */
export interface ClosingSign {
  /** The code of the peer's close frame; 1005 when it had none, 1006 when it sent none. */
  readonly code: number;
  /** The reason in it, or `""`. */
  readonly reason: string;
  /** The rule that the peer broke, where that is the cause. */
  readonly error?: Error & { readonly code?: string };
}

/** The events of a {@link Connection}. There is no `error` event: what goes wrong is in the result of `close`. */
export interface ConnectionEvents {
  /** A whole message: text as a string, binary as bytes. */
  message: [data: Message];
  /** A ping, which has been answered already. */
  ping: [data: Uint8Array];
  /** A pong, asked for or not. */
  pong: [data: Uint8Array];
  /** After `send` returned `false`: there is room again. */
  drain: [];
  /** The peer has sent its close frame, or has broken a rule; what there is to be said to it has left. */
  closing: [sign: ClosingSign];
  /** The end; nothing comes after it. */
  close: [result: CloseResult];
}
