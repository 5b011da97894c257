// Frames as whoever watches a protocol sees them.
import type { Message } from "./message-assembly.ts";

/** A frame on its way, for whoever watches. */
export interface ObservedFrame {
  readonly direction: "received" | "sent";
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  /** Bytes of payload; on the way out of text it is not known yet, and `undefined`. */
  readonly payloadLength: number | undefined;
  /** The payload; of a frame that spans several reads, only what came with its header. */
  readonly payload: Message;
}

/** Watches the frames of a {@link Protocol}. */
export interface FrameObserver {
  /** Asked for each frame, so that nobody pays for what nobody wants. */
  readonly wantsReceived: boolean;
  readonly wantsSent: boolean;
  onFrame(frame: ObservedFrame): void;
}
