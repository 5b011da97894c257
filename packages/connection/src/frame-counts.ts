// How many frames of each kind went one way.
import { Opcode } from "@ws/frame";

/** Frames of one direction, by opcode (RFC 6455 §5.2). */
export class FrameCounts {
  continuation = 0;
  text = 0;
  binary = 0;
  close = 0;
  ping = 0;
  pong = 0;

  /** Messages that have begun: each has one frame that says what it is. */
  get messages(): number {
    return this.text + this.binary;
  }

  count(opcode: number): void {
    if (opcode === Opcode.text) this.text++;
    else if (opcode === Opcode.binary) this.binary++;
    else if (opcode === Opcode.continuation) this.continuation++;
    else if (opcode === Opcode.ping) this.ping++;
    else if (opcode === Opcode.pong) this.pong++;
    else this.close++;
  }
}

/** Where there were none yet. */
export const NO_FRAMES: FrameCounts = Object.freeze(new FrameCounts());
