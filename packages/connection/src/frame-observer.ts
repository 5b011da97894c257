// Frames as whoever watches a protocol sees them.
import type { Message } from "./message-assembly.ts";

/** A frame on its way, for whoever watches. */
export interface ObservedFrame {
  readonly direction: "received" | "sent";
  readonly opcode: number;
  readonly fin: boolean;
  /** The three reserved bits as a number from 0 to 7: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
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
  /** Asked for each frame, as well. */
  readonly wantsSent: boolean;
  /** Called for each frame that was wanted. Must not throw. */
  onFrame(frame: ObservedFrame): void;
}
