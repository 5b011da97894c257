// Frames in, bytes out (RFC 6455 §5.2). Small frames are laid one behind another and leave as one piece, so that a
// hundred messages of one tick are one write and one allocation; large payloads leave uncopied.
import { allocate, utf8Length, writeUtf8 } from "./platform.ts";
import { MAX_HEADER_BYTES } from "./frame.ts";
import { createMaskKey, mask, maskInto } from "./mask.ts";
import type { Role } from "./frame-decoder.ts";

/** Up to here copying a payload costs less than handing the transport one more buffer. */
const COPIED_BYTES = 16 * 1024;

// The frames of a tick are built in one buffer that all encoders share: it belongs to one of them at a time, and
// when another wants it, the bytes of the first move out in one piece of their exact size. Nothing that leaves this
// module is a view of it.
const scratch = allocate(64 * 1024);
let owner: FrameEncoder | undefined;
let used = 0;

/**
 * Encodes frames and collects their bytes until they are taken.
 *
 * @example
 * ```ts
 * const encoder = new FrameEncoder({ role: "server" });
 * encoder.frame(Opcode.text, "hello");
 * encoder.frame(Opcode.ping, new Uint8Array(0));
 * socket.write(Buffer.concat(encoder.take()));
 * ```
 */
export class FrameEncoder {
  readonly #masks: boolean;
  #parts: Uint8Array[] = [];
  #partsLength = 0;

  /** @param options.role who sends: a `"client"` masks every frame with a fresh key (RFC 6455 §5.1, §5.3) */
  constructor(options: { readonly role: Role }) {
    // RFC 6455 §5.1: "a client MUST mask all frames that it sends to the server", "A server MUST NOT mask any frames"
    this.#masks = options.role === "client";
  }

  /** How many bytes wait to be taken. */
  get byteLength(): number {
    return this.#partsLength + (owner === this ? used : 0);
  }

  /**
   * Appends one frame. A string is sent as UTF-8. A large payload is not copied unless it must be masked, so it must
   * not change until its bytes have left; nothing given here is ever written to.
   * Whether RFC 6455 allows such a frame, or allows it now, is for the caller to know.
   *
   * @param rsv the reserved bits as in {@link Frame.rsv}
   * @throws TypeError for a payload that is neither a string nor a view of single bytes.
   */
  frame(opcode: number, payload: string | Uint8Array, fin = true, rsv = 0): void {
    const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    const length = typeof payload === "string" ? utf8Length(payload) : lengthOf(payload);
    if (length > COPIED_BYTES) {
      this.#largeFrame(first, payload, length);
      return;
    }
    this.#reserve(MAX_HEADER_BYTES + length);
    used = this.#writeFrame(scratch, used, first, payload, length);
  }

  /** Appends bytes that are frames already, copied where they are small: until they left they must not change. */
  raw(frames: Uint8Array): void {
    const length = lengthOf(frames);
    if (length > COPIED_BYTES) {
      this.#releaseScratch();
      this.#append(frames);
      return;
    }
    this.#reserve(length);
    scratch.set(frames, used);
    used += length;
  }

  /** Hands over the bytes that wait, in order, in as few pieces as copying is worth. */
  take(): Uint8Array[] {
    this.#releaseScratch();
    const parts = this.#parts;
    this.#parts = [];
    this.#partsLength = 0;
    return parts;
  }

  #largeFrame(first: number, payload: string | Uint8Array, length: number): void {
    if (typeof payload === "string" || this.#masks) {
      // Of its exact size: nothing of what lay in that memory before must leave along with it.
      const frame = allocate((length <= 0xffff ? 4 : 10) + (this.#masks ? 4 : 0) + length);
      this.#writeFrame(frame, 0, first, payload, length);
      this.raw(frame);
      return;
    }
    this.#reserve(MAX_HEADER_BYTES);
    used = writeHeader(scratch, used, first, length, 0);
    this.raw(payload);
  }

  /** Writes a whole frame and returns where it ends. */
  #writeFrame(
    target: Uint8Array,
    at: number,
    first: number,
    payload: string | Uint8Array,
    length: number,
  ): number {
    const body = writeHeader(target, at, first, length, this.#masks ? 0x80 : 0);
    const start = this.#masks ? body + 4 : body;
    const end = start + length;
    const key = this.#masks ? createMaskKey() : 0;
    if (this.#masks) writeUint32(target, body, key);
    if (typeof payload === "string") {
      writeUtf8(payload, target, start);
      if (this.#masks) mask(target, start, end, key);
    } else if (this.#masks) maskInto(payload, target, start, key);
    else target.set(payload, start);
    return end;
  }

  /** Makes the shared buffer ours, with room for `size` more bytes. */
  #reserve(size: number): void {
    if (owner === this && used + size <= scratch.length) return;
    if (owner !== undefined) owner.#releaseScratch();
    owner = this;
  }

  /** Moves our bytes out of the shared buffer. */
  #releaseScratch(): void {
    if (owner !== this) return;
    if (used > 0) this.#append(scratch.slice(0, used));
    owner = undefined;
    used = 0;
  }

  #append(part: Uint8Array): void {
    this.#parts.push(part);
    this.#partsLength += part.length;
  }
}

/** One frame as bytes of its own; what {@link FrameEncoder} does for many, for one. */
export function encodeFrame(
  role: Role,
  opcode: number,
  payload: string | Uint8Array,
  fin = true,
  rsv = 0,
): Uint8Array {
  const encoder = new FrameEncoder({ role });
  encoder.frame(opcode, payload, fin, rsv);
  const parts = encoder.take();
  if (parts.length === 1) return parts[0]!;
  const bytes = allocate(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** How many bytes there are; a number or an array of wider elements is refused before anything is written. */
function lengthOf(bytes: Uint8Array): number {
  if (!ArrayBuffer.isView(bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new TypeError(
      `Cannot send ${Object.prototype.toString.call(bytes)}: it must be a string or a Uint8Array`,
    );
  }
  return bytes.length;
}

/** Writes the header up to the masking key and returns where it ends. */
function writeHeader(target: Uint8Array, at: number, first: number, length: number, maskBit: number): number {
  target[at] = first;
  // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length"
  if (length < 126) {
    target[at + 1] = maskBit | length;
    return at + 2;
  }
  if (length <= 0xffff) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = length >> 8;
    target[at + 3] = length & 0xff;
    return at + 4;
  }
  target[at + 1] = maskBit | 127;
  writeUint32(target, at + 2, Math.floor(length / 0x100000000));
  writeUint32(target, at + 6, length);
  return at + 10;
}

function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
