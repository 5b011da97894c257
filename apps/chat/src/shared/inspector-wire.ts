// Reads headers of frames as they stand on the wire, without judging them: how the length was written, where the payload
// begins, what the mask is. The server cuts its feed with it, the page draws with it; what a frame means, and which rule it
// breaks, both leave to the decoder of @ws/frame.
import { MAX_HEADER_BYTES } from "@ws/frame";
import type { LengthBits } from "./inspector.ts";

/** A header as it stands there (RFC 6455 §5.2). */
export interface WireHeader {
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** As a number without sign, first octet highest; 0 without a mask. */
  readonly maskKey: number;
  readonly lengthBits: LengthBits;
  /** Beyond 2^53 it is rounded: no such payload is ever read. */
  readonly payloadLength: number;
  /** How many octets the header has. */
  readonly size: number;
}

/** The header that begins at `at`, or `undefined` where it is not whole. */
export function readWireHeader(bytes: Uint8Array, at = 0): WireHeader | undefined {
  if (bytes.length - at < 2) return undefined;
  const [first, second] = [bytes[at]!, bytes[at + 1]!];
  const form = second & 0x7f;
  const isMasked = (second & 0x80) !== 0;
  const lengthBits = form < 126 ? 7 : form === 126 ? 16 : 64;
  const lengthEnd = 2 + (lengthBits === 7 ? 0 : lengthBits / 8);
  const size = lengthEnd + (isMasked ? 4 : 0);
  if (bytes.length - at < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
  const length64 = (): number => view.getUint32(2) * 2 ** 32 + view.getUint32(6);
  return {
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 0xf,
    isMasked,
    maskKey: isMasked ? view.getUint32(lengthEnd) : 0,
    lengthBits,
    payloadLength: lengthBits === 7 ? form : lengthBits === 16 ? view.getUint16(2) : length64(),
    size,
  };
}

/** A piece of one frame. */
export interface FramePiece {
  readonly header: WireHeader;
  /** The header's bytes, in the first piece of its frame. */
  readonly head: Uint8Array | undefined;
  readonly payload: Uint8Array;
  /** Where in the frame's payload this piece of it begins. */
  readonly payloadOffset: number;
  readonly isLast: boolean;
}

const NOTHING = new Uint8Array(0);

/** Cuts one direction of a connection into pieces of frames: views of what it is given, but for headers that were split. */
export class FrameCutter {
  readonly #splitHead = new Uint8Array(MAX_HEADER_BYTES);
  #splitBytes = 0;
  #header: WireHeader | undefined;
  #payloadOffset = 0;

  /** The bytes of a header that has not come whole. */
  get unfinishedHead(): Uint8Array {
    return this.#splitHead.slice(0, this.#splitBytes);
  }

  push(chunk: Uint8Array, onPiece: (piece: FramePiece) => void): void {
    for (let at = 0; at < chunk.length;) {
      let head: Uint8Array | undefined;
      if (this.#header === undefined) {
        head = this.#splitBytes === 0 ? this.#wholeHead(chunk, at) : undefined;
        if (head !== undefined) at += head.length;
        while (head === undefined && at < chunk.length) head = this.#collect(chunk[at++]!);
        if (head === undefined) return;
        this.#header = readWireHeader(head)!;
        this.#payloadOffset = 0;
      }
      const header = this.#header;
      const payloadOffset = this.#payloadOffset;
      const end = Math.min(chunk.length, at + header.payloadLength - payloadOffset);
      const payload = end > at ? chunk.subarray(at, end) : NOTHING;
      this.#payloadOffset += payload.length;
      const isLast = this.#payloadOffset >= header.payloadLength;
      if (isLast) this.#header = undefined;
      at += payload.length;
      onPiece({ header, head, payload, payloadOffset, isLast });
    }
  }

  #wholeHead(chunk: Uint8Array, at: number): Uint8Array | undefined {
    const header = readWireHeader(chunk, at);
    return header === undefined ? undefined : chunk.subarray(at, at + header.size);
  }

  /** One more octet of a header that was split. */
  #collect(octet: number): Uint8Array | undefined {
    this.#splitHead[this.#splitBytes++] = octet;
    const bytes = this.unfinishedHead;
    if (readWireHeader(bytes) === undefined) return undefined;
    this.#splitBytes = 0;
    return bytes;
  }
}
