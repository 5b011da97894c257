// How a protocol behaves: what is asked for, and what few ask for kept apart, so that the rest share it.
import type { Role } from "@ws/frame";
import type { FrameObserver } from "./frame-observer.ts";
import type { TextForm } from "./message-assembly.ts";
import type { MessageCompression } from "./message-compression.ts";

/** How a `Protocol` behaves. */
export interface ProtocolOptions {
  /** Who we are. It decides who masks, whose frames must be masked, and who ends TCP first. */
  readonly role: Role;
  /** The largest message accepted, in bytes, fragments summed up. */
  readonly maxMessageBytes: number;
  /** The compression that the opening handshake agreed on. Default: none. */
  readonly compression?: MessageCompression;
  /** Is told of each frame, both ways, while it wants to know. Default: nobody. */
  readonly observer?: FrameObserver;
  /** In which form text arrives. Default: `"string"`. */
  readonly text?: TextForm;
  /** `false` leaves the answers to pings to whoever hears of them. Default: `true`. */
  readonly autoPong?: boolean;
  /**
   * What stands in close frames that nobody asked us to send. `"explain"`: why we fail the connection, and nothing where
   * we answer the peer's. `"echo"`: nothing where we fail, and the peer's own reason where we answer.
   * Default: `"explain"`.
   */
  readonly closeReason?: "explain" | "echo";
}

/** What few connections have otherwise than the rest, so that the rest share it. */
export interface Manners {
  readonly text: TextForm;
  readonly autoPong: boolean;
  readonly echoesReason: boolean;
}

const USUAL: Manners = { text: "string", autoPong: true, echoesReason: false };

/** @throws TypeError for a form of text that there is not */
export function mannersOf({ text, autoPong, closeReason }: ProtocolOptions): Manners {
  if (text === undefined && autoPong === undefined && closeReason === undefined) return USUAL;
  if (text !== undefined && text !== "string" && text !== "bytes" && text !== "uncheckedBytes") {
    throw new TypeError(
      `Cannot receive text as ${String(text)}: it must be "string", "bytes" or "uncheckedBytes"`,
    );
  }
  return {
    text: text ?? USUAL.text,
    autoPong: autoPong ?? USUAL.autoPong,
    echoesReason: closeReason === "echo",
  };
}
