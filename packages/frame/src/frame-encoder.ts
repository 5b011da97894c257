// Frames in, bytes out (RFC 6455 §5.2). Small frames are laid one behind another and leave as one piece, so that a
// hundred messages of one tick are one write; large payloads leave uncopied.
import { allocateForTransport, TransportView, utf8Length, writeUtf8 } from "./platform.ts";
import { MAX_HEADER_BYTES } from "./frame.ts";
import { joinShared } from "./join-shared.ts";
import { createMaskKey, mask, maskInto } from "./mask.ts";
import type { Role } from "./frame-header.ts";

/** Up to here copying a payload costs less than handing the transport one more buffer. */
const COPIED_BYTES = 16 * 1024;
const SLAB_BYTES = 64 * 1024;
/** Of UTF-8, for one unit of a string: those that take four bytes are two units. */
const MAX_BYTES_PER_UNIT = 3;
/** Up to here text is written uncounted: longer text would leave too much of a slab unused, for bytes that it could have. */
const MAX_UNCOUNTED_UNITS = 2048;

// All encoders write into one slab, one behind another: what each takes is a view of it, copied no more, and for what
// follows there is the rest. A slab that is full belongs to those who still hold views of it.
let slab: Uint8Array = new Uint8Array(0);
/** Where it lies: of a view that is dear to ask each time. */
let memory: ArrayBufferLike = slab.buffer;
/** Where the free part of the slab begins. */
let used = 0;
/** Whose frames end there; they can go on without a new piece. */
let owner: FrameEncoder | undefined;
/** The newest piece. */
let lastPiece: Uint8Array | undefined;

/** What nobody has added to yet. Never written to. */
const NONE: Uint8Array[] = [];

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
  #parts: Uint8Array[] = NONE;
  #partsLength = 0;
  /** Where our frames at the end of the slab begin, while it is ours. */
  #start = 0;

  /** @param options.role who sends: a `"client"` masks every frame with a fresh key (RFC 6455 §5.1, §5.3) */
  constructor(options: { readonly role: Role }) {
    // RFC 6455 §5.1: "a client MUST mask all frames that it sends to the server", "A server MUST NOT mask any frames"
    this.#masks = options.role === "client";
  }

  /** How many bytes wait to be taken. */
  get byteLength(): number {
    return this.#partsLength + (owner === this ? used - this.#start : 0);
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
    if (typeof payload === "string" && payload.length <= MAX_UNCOUNTED_UNITS) {
      this.#reserve(MAX_HEADER_BYTES + payload.length * MAX_BYTES_PER_UNIT);
      used = writeTextFrame(slab, used, first, payload, this.#masks);
      return;
    }
    const length = typeof payload === "string" ? utf8Length(payload) : lengthOf(payload);
    if (length <= COPIED_BYTES) {
      this.#reserve(MAX_HEADER_BYTES + length);
      used = writeFrame(slab, used, first, payload, length, this.#masks);
    } else if (typeof payload === "string" || this.#masks) {
      this.#append(frameOf(first, payload, length, this.#masks));
    } else {
      this.#reserve(MAX_HEADER_BYTES);
      used = writeHeader(slab, used, first, length, 0);
      this.#append(payload);
    }
  }

  /**
   * Appends bytes that are frames already, and that other encoders may be given too. They must never change any more:
   * what is sent to many in the same order is joined once for all of them.
   *
   * @throws TypeError for anything but a view of single bytes.
   */
  shared(frames: Uint8Array): void {
    if (lengthOf(frames) > 0) this.#append(frames);
  }

  /**
   * Hands over the bytes that wait, in order, in as few pieces as copying is worth. They may share their memory with other
   * bytes that were taken: who keeps them for long should keep a copy.
   */
  take(): readonly Uint8Array[] {
    this.#endRun();
    const parts = this.#parts;
    this.#parts = NONE;
    this.#partsLength = 0;
    return parts.length < 2 ? parts : joinShared(parts, COPIED_BYTES);
  }

  /** Makes the end of the slab ours, with room for `size` more bytes. */
  #reserve(size: number): void {
    if (owner !== this) {
      if (owner !== undefined) owner.#endRun();
      owner = this;
      this.#start = used;
    }
    if (used + size <= slab.length) return;
    this.#endRun();
    // Zeros: what lay in that memory before must not be found behind a view of it.
    slab = allocateForTransport(SLAB_BYTES).fill(0);
    memory = slab.buffer;
    lastPiece = undefined;
    owner = this;
    this.#start = used = 0;
  }

  /** Makes a piece of our frames at the end of the slab. */
  #endRun(): void {
    if (owner !== this) return;
    owner = undefined;
    if (used === this.#start) return;
    lastPiece = new TransportView(memory, this.#start, used - this.#start);
    this.#push(lastPiece);
  }

  /** Appends a piece of its own behind our frames. */
  #append(part: Uint8Array): void {
    this.#endRun();
    this.#push(part);
  }

  #push(part: Uint8Array): void {
    if (this.#parts === NONE) this.#parts = [part];
    else this.#parts.push(part);
    this.#partsLength += part.length;
  }
}

/**
 * Lets the memory of bytes be written again that an encoder handed over as the last of all: they have left, and nobody will
 * look at them any more. Of frames that leave at once there is then never more than the beginning of one slab, which stays in the cache.
 */
export function reuse(bytes: Uint8Array): void {
  if (bytes !== lastPiece || owner !== undefined) return;
  used -= bytes.length;
  lastPiece = undefined;
}

/** One frame as bytes of its own; what {@link FrameEncoder} does for many, for one. */
export function encodeFrame(
  role: Role,
  opcode: number,
  payload: string | Uint8Array,
  fin = true,
  rsv = 0,
): Uint8Array {
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const length = typeof payload === "string" ? utf8Length(payload) : lengthOf(payload);
  return frameOf(first, payload, length, role === "client");
}

/** Of its exact size: nothing of what lay in that memory before must leave along with it. */
function frameOf(first: number, payload: string | Uint8Array, length: number, masks: boolean): Uint8Array {
  const frame = allocateForTransport(headerSize(length, masks) + length);
  writeFrame(frame, 0, first, payload, length, masks);
  return frame;
}

/** Writes a whole frame and returns where it ends. */
function writeFrame(
  target: Uint8Array,
  at: number,
  first: number,
  payload: string | Uint8Array,
  length: number,
  masks: boolean,
): number {
  const body = writeHeader(target, at, first, length, masks ? 0x80 : 0);
  if (!masks) {
    if (typeof payload === "string") writeUtf8(payload, target, body);
    else target.set(payload, body);
    return body + length;
  }
  const key = createMaskKey();
  writeUint32(target, body, key);
  const start = body + 4;
  const end = start + length;
  if (typeof payload === "string") {
    writeUtf8(payload, target, start);
    mask(target, start, end, key);
  } else {
    maskInto(payload, target, start, key);
  }
  return end;
}

/**
 * The same for text whose bytes nobody has counted: where it is short, to count takes as long as to write. There must be
 * room for as many as it could have.
 */
function writeTextFrame(target: Uint8Array, at: number, first: number, text: string, masks: boolean): number {
  // Mostly a byte for each unit: then it lies where it belongs. It is never less, so it can only move on.
  const guess = at + headerSize(text.length, masks);
  const length = writeUtf8(text, target, guess);
  const start = at + headerSize(length, masks);
  const end = start + length;
  if (start !== guess) target.copyWithin(start, guess, guess + length);
  const headerEnd = writeHeader(target, at, first, length, masks ? 0x80 : 0);
  if (!masks) return end;
  const key = createMaskKey();
  writeUint32(target, headerEnd, key);
  mask(target, start, end, key);
  return end;
}

function headerSize(length: number, masks: boolean): number {
  return (length < 126 ? 2 : length <= 0xffff ? 4 : 10) + (masks ? 4 : 0);
}

/** How many bytes there are; a number or an array of wider elements is refused before anything is written. */
function lengthOf(bytes: Uint8Array): number {
  const isBytes = bytes instanceof Uint8Array || (ArrayBuffer.isView(bytes) && isOfOctets(bytes));
  if (isBytes) return bytes.length;
  throw new TypeError(
    `Cannot send ${Object.prototype.toString.call(bytes)}: it must be a string or a Uint8Array`,
  );
}

function isOfOctets(view: ArrayBufferView): boolean {
  return "BYTES_PER_ELEMENT" in view && view.BYTES_PER_ELEMENT === 1;
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
