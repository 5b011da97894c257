// Cuts received bytes into frames. Judges nothing: whatever can be cut is reported as it was on the wire,
// and the observer decides whether it should have been there.
import { masked } from "./frame.ts";

export interface ReceivedFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly maskKey: Uint8Array | undefined;
  readonly lengthBits: 7 | 16 | 64;
  /** Unmasked. */
  readonly payload: Buffer;
}

interface Header extends Omit<ReceivedFrame, "payload"> {
  readonly headBytes: number;
  readonly length: number;
}

/** A peer that announces more than this is not answering a case of this suite. */
const maxPayloadBytes = 2 ** 30;

export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0);
  #header: Header | undefined;
  #payload: Buffer | undefined;
  #filled = 0;

  /** Set once the peer announced a length nobody can read; nothing after it can be cut. */
  unreadable: string | undefined;

  /** Whether the bytes so far end in the middle of a frame. */
  get inside(): boolean {
    return this.#header !== undefined || this.#buffer.length > 0;
  }

  push(chunk: Buffer): ReceivedFrame[] {
    const frames: ReceivedFrame[] = [];
    let rest = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.unreadable === undefined) {
      if (this.#header === undefined) {
        this.#header = this.#readHeader(rest);
        if (this.#header === undefined) break;
        rest = rest.subarray(this.#header.headBytes);
        this.#payload = Buffer.allocUnsafe(this.#header.length);
        this.#filled = 0;
      }
      const payload = this.#payload as Buffer;
      const taken = Math.min(rest.length, payload.length - this.#filled);
      rest.copy(payload, this.#filled, 0, taken);
      this.#filled += taken;
      rest = rest.subarray(taken);
      if (this.#filled < payload.length) break;
      frames.push(finish(this.#header, payload));
      this.#header = undefined;
    }
    this.#buffer = rest;
    return frames;
  }

  #readHeader(bytes: Buffer): Header | undefined {
    if (bytes.length < 2) return undefined;
    const [first, second] = bytes as unknown as [number, number];
    const short = second & 0x7f;
    const lengthBits = short === 126 ? 16 : short === 127 ? 64 : 7;
    const keyAt = 2 + (lengthBits === 7 ? 0 : lengthBits / 8);
    const headBytes = keyAt + (second & 0x80 ? 4 : 0);
    if (bytes.length < headBytes) return undefined;

    const declared =
      lengthBits === 7
        ? BigInt(short)
        : lengthBits === 16
          ? BigInt(bytes.readUInt16BE(2))
          : bytes.readBigUInt64BE(2);
    if (declared > maxPayloadBytes) {
      this.unreadable = `a frame of ${declared} bytes was announced`;
      return undefined;
    }
    return {
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0x0f,
      maskKey: second & 0x80 ? Buffer.from(bytes.subarray(keyAt, headBytes)) : undefined,
      lengthBits,
      headBytes,
      length: Number(declared),
    };
  }
}

function finish({ fin, rsv, opcode, maskKey, lengthBits }: Header, bytes: Buffer): ReceivedFrame {
  const payload = maskKey === undefined ? bytes : masked(bytes, maskKey);
  return { fin, rsv, opcode, maskKey, lengthBits, payload };
}
