// What a connection tells.
import type { CloseResult } from "./close-result.ts";
import type { Message } from "./message-assembly.ts";

/** The events of a {@link Connection}. There is no `error` event: what goes wrong is in the result of `close`. */
export interface ConnectionEvents {
  /** A whole message: text as a string, binary as bytes. */
  message: [data: Message];
  /** A ping, which has been answered already. */
  ping: [data: Uint8Array];
  pong: [data: Uint8Array];
  /** After `send` returned `false`: there is room again. */
  drain: [];
  /** The end; nothing comes after it. */
  close: [result: CloseResult];
}
