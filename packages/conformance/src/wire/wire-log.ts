// What went over the wire in one case, abbreviated so that a report with a thousand cases can show it all.
import { FrameReader, type ReceivedFrame } from "./frame-reader.ts";
import { hex } from "./hex.ts";
import { isControl, opcodeName } from "./opcode.ts";

/** Something that went over the wire in a case, for people to read. */
export interface WireEntry {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  readonly direction: "sent" | "received";
  readonly what: string;
  readonly bytes: string;
}

const keptAtStart = 16;
const keptAtEnd = 8;

export class WireLog {
  readonly #start = performance.now();
  readonly #first: WireEntry[] = [];
  readonly #last: WireEntry[] = [];
  #dropped = 0;

  get entries(): WireEntry[] {
    const gap: WireEntry[] =
      this.#dropped === 0
        ? []
        : [
            {
              atMs: this.#last[0]?.atMs ?? 0,
              direction: "sent",
              what: `… ${this.#dropped} more …`,
              bytes: "",
            },
          ];
    return [...this.#first, ...gap, ...this.#last];
  }

  sent(what: string, bytes: Uint8Array = new Uint8Array(0)): void {
    this.#add("sent", what, bytes);
  }

  received(what: string, bytes: Uint8Array = new Uint8Array(0)): void {
    this.#add("received", what, bytes);
  }

  #add(direction: WireEntry["direction"], what: string, bytes: Uint8Array): void {
    const entry = { atMs: Math.round(performance.now() - this.#start), direction, what, bytes: hex(bytes) };
    if (this.#first.length < keptAtStart) {
      this.#first.push(entry);
      return;
    }
    this.#last.push(entry);
    if (this.#last.length > keptAtEnd) {
      this.#last.shift();
      this.#dropped++;
    }
  }
}

/** `text, not final, RSV 100, 5 bytes` */
export function describeFrame({ opcode, fin, rsv, payload, maskKey }: ReceivedFrame): string {
  const parts = [opcodeName(opcode)];
  if (!fin) parts.push("not final");
  if (rsv !== 0) parts.push(`RSV ${rsv.toString(2).padStart(3, "0")}`);
  if (isControl(opcode) && opcode === 8 && payload.length >= 2) parts.push(`code ${payload.readUInt16BE(0)}`);
  parts.push(`${payload.length} bytes`, maskKey === undefined ? "unmasked" : "masked");
  return parts.join(", ");
}

/** The whole frames in a piece that is about to be sent. */
export function describeBytes(bytes: Buffer): string {
  if (bytes.length > 4096) return `${bytes.length} bytes`;
  const reader = new FrameReader();
  const frames = reader.push(bytes).map(describeFrame);
  if (frames.length > 4) return `${frames.length} frames`;
  if (reader.inside) frames.push("part of a frame");
  return frames.join(" + ");
}
