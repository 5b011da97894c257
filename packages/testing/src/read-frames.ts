// Frames read by hand, without an opinion on whether they are allowed. Nothing here uses the packages under test, so that
// they can be judged by it.

/** A frame as it was read; its payload is unmasked. */
export interface ReadFrame {
  readonly fin: boolean;
  /** The three reserved bits, RSV1 the highest. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Uint8Array;
}

/**
 * The frames that the bytes consist of.
 *
 * @throws Error where they end inside a frame
 */
export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const reader = new FrameReader();
  const frames = reader.push(bytes);
  if (reader.pendingBytes > 0) {
    throw new Error(
      `Cannot read frames: the bytes end inside one, ${reader.pendingBytes} bytes after it began`,
    );
  }
  return frames;
}

/** Reads frames from chunks that are cut anywhere. It keeps what is not a whole frame yet, without a limit. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** So many bytes are needed before it is worth looking again. */
  #wanted = 2;

  /** Bytes that were pushed and do not make a whole frame yet. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** Takes a copy of the chunk, and returns the frames that it completes. */
  push(chunk: Uint8Array): ReadFrame[] {
    this.#chunks.push(new Uint8Array(chunk));
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return [];
    const buffer = Buffer.concat(this.#chunks);
    const frames: ReadFrame[] = [];
    let at = 0;
    for (;;) {
      const extent = frameExtent(buffer, at);
      this.#wanted = extent.end - at;
      if (extent.end > buffer.length) break;
      frames.push(readFrame(buffer, at, extent));
      at = extent.end;
    }
    this.#chunks = at === buffer.length ? [] : [buffer.subarray(at)];
    this.#bytes = buffer.length - at;
    return frames;
  }
}

interface Extent {
  readonly maskAt: number;
  readonly payloadAt: number;
  /** Where the frame ends, as far as its header is there to tell. */
  readonly end: number;
}

function frameExtent(buffer: Buffer, start: number): Extent {
  const none = { maskAt: 0, payloadAt: 0 };
  if (buffer.length < start + 2) return { ...none, end: start + 2 };
  const second = buffer.readUInt8(start + 1);
  const length7 = second & 0x7f;
  const maskAt = start + (length7 < 126 ? 2 : length7 === 126 ? 4 : 10);
  const payloadAt = maskAt + (second > 0x7f ? 4 : 0);
  if (buffer.length < payloadAt) return { ...none, end: payloadAt };
  const length =
    length7 < 126
      ? length7
      : length7 === 126
        ? buffer.readUInt16BE(start + 2)
        : Number(buffer.readBigUInt64BE(start + 2));
  return { maskAt, payloadAt, end: payloadAt + length };
}

function readFrame(buffer: Buffer, start: number, { maskAt, payloadAt, end }: Extent): ReadFrame {
  const first = buffer.readUInt8(start);
  const masked = payloadAt > maskAt;
  const payload = new Uint8Array(buffer.subarray(payloadAt, end));
  if (masked) for (let i = 0; i < payload.length; i++) payload[i]! ^= buffer[maskAt + (i % 4)]!;
  return { fin: first > 0x7f, rsv: (first >> 4) & 7, opcode: first & 0xf, masked, payload };
}
