// One direction of one connection: frames in, messages out, as a capture has them. The messages themselves are what the
// connection sent or received where they were compressed, otherwise the payloads put together.
import type { CapturedMessage, Direction } from "@ws/capture";
import type { Message } from "@ws/client";
import type { WatchedFrame } from "../frames/frame-watch.ts";

type Growing = {
  -readonly [Key in keyof Omit<CapturedMessage, "frames" | "data" | "gap">]: CapturedMessage[Key];
} & { readonly frames: number[]; readonly payloads: Uint8Array[] };

export class CapturedMessages {
  readonly #connection: number;
  readonly #direction: Direction;
  readonly #messages: Growing[] = [];
  /** In the same order, whole and not compressed. */
  readonly #told: Message[] = [];

  constructor(connection: number, direction: Direction) {
    this.#connection = connection;
    this.#direction = direction;
  }

  /** @returns the number of the frame's message */
  add(
    { time, opcode, rsv, fin, payload }: WatchedFrame,
    frameNumber: number,
    nextNumber: () => number,
  ): number {
    let message = this.#messages.at(-1);
    if (opcode !== 0 || message === undefined) {
      message = {
        number: nextNumber(),
        connection: this.#connection,
        direction: this.#direction,
        time,
        endTime: time,
        opcode,
        isComplete: false,
        isCompressed: (rsv & 4) !== 0,
        wireBytes: 0,
        frames: [],
        payloads: [],
      };
      this.#messages.push(message);
    }
    message.frames.push(frameNumber);
    message.payloads.push(payload);
    message.wireBytes += payload.length;
    message.endTime = time;
    message.isComplete = fin;
    return message.number;
  }

  /** What the connection says that it sent or received. */
  tell(data: Message): void {
    this.#told.push(data);
  }

  get records(): CapturedMessage[] {
    return this.#messages.map(({ payloads, ...record }, i) => {
      const data = record.isCompressed ? toBytes(this.#told[i]) : Buffer.concat(payloads);
      if (!record.isComplete || data === undefined) return { ...record, data: undefined, gap: "cut" };
      return { ...record, data };
    });
  }
}

function toBytes(message: Message | undefined): Uint8Array | undefined {
  return typeof message === "string" ? new TextEncoder().encode(message) : message;
}
