// Bytes in, frames out (RFC 6455 §5.2), by pulling: push a chunk, then call next() until it has no more.
// Owns the bytes not parsed yet and the frame they broke off in. Knows frames one by one: what a message is, and
// whether a continuation may come now, is for the layer above.
// Whatever can be refused is refused on the header, before a byte of payload is waited for or room made for it.
import { isControlOpcode, isKnownOpcode, Opcode } from "./opcode.ts";
import { type Frame, MAX_CONTROL_PAYLOAD_BYTES, MAX_HEADER_BYTES } from "./frame.ts";
import { GrowingBuffer } from "./growing-buffer.ts";
import { keepMemory, WORTHWHILE_BYTES } from "./kept-memory.ts";
import { mask } from "./mask.ts";
import { readText } from "./platform.ts";
import { isLent, keep } from "./read-buffer.ts";
import { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";

/** Who an endpoint is: the one that dialled, or the one that answered. */
export type Role = "client" | "server";

/** How a {@link FrameDecoder} judges what it reads. */
export interface FrameDecoderOptions {
  /** Who reads: a `"server"` demands masked frames, a `"client"` refuses them (RFC 6455 §5.1). */
  readonly role: Role;
  /**
   * The largest payload of one data frame, in bytes; refused on the header. Default: 16 MiB.
   * Control frames have their own limit of 125 bytes, whatever this one is.
   */
  readonly maxPayloadBytes?: number;
  /** The reserved bits that an extension gave a meaning, as in {@link Frame.rsv}. Default: 0, none. */
  readonly reservedBits?: number;
  /**
   * Deliver the payload of data frames as it arrives, in several {@link Frame} objects, the first as soon as the
   * header is there. Those parts come as they are on the wire, masked: see {@link Frame}. Control frames always come
   * whole. Default: `false`.
   */
  readonly partial?: boolean;
}

const DEFAULT_MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
/** Up to here {@link FrameDecoder.nextShort} takes a message: as much as the short form of the length can say. */
export const MAX_SHORT_MESSAGE_BYTES = 125;
const FINAL_TEXT = 0x80 | Opcode.text;
const FINAL_BINARY = 0x80 | Opcode.binary;
const EMPTY = new Uint8Array(0);
const NO_MEMORY = EMPTY.buffer;

/**
 * An incremental decoder of frames.
 *
 * The chunks become the decoder's: it unmasks in place and returns views of them. Those that lie in the
 * {@link readBuffer} it borrows: of them it returns copies, but for the parts of a frame that is delivered in several.
 *
 * @example
 * ```ts
 * const decoder = new FrameDecoder({ role: "server" });
 * socket.on("data", (chunk) => {
 *   decoder.push(chunk);
 *   for (let frame = decoder.next(); frame; frame = decoder.next()) console.log(frame.opcode, frame.payload);
 * });
 * ```
 */
export class FrameDecoder {
  // Many connections wait for long: what one needs only now and then is made when it does.
  readonly #options: FrameDecoderOptions;

  // The bytes not parsed yet: what is left of one chunk, and the chunks behind it.
  #chunk: Uint8Array = EMPTY;
  #position = 0;
  #waiting: ChunkQueue | undefined;
  // Where the chunk lies, and whether it is borrowed: of a view that is dear to ask, for each frame again.
  #memory: ArrayBufferLike = NO_MEMORY;
  #memoryOffset = 0;
  #isLent = false;

  /** A header that broke off at the end of a chunk. */
  #header: PartialHeader | undefined;

  // The frame whose payload is being read.
  #inPayload = false;
  /** FIN, reserved bits and opcode, as they stand in its first octet. */
  #first = 0;
  /** Stays 0, which changes nothing, where frames come unmasked. */
  #maskKey = 0;
  #payloadLength = 0;
  /** How many bytes of the payload have been delivered or collected. */
  #payloadOffset = 0;
  #collected: GrowingBuffer | undefined;

  /** Why nothing is read any more: what was wrong, or nothing. */
  #end: { readonly error: ProtocolError | undefined } | undefined;

  /**
   * @param options are kept, and must not change
   * @throws RangeError for a limit that is not a non-negative integer, or bits outside of 0–7.
   */
  constructor(options: FrameDecoderOptions) {
    const { maxPayloadBytes = 0, reservedBits = 0 } = options;
    if (!Number.isSafeInteger(maxPayloadBytes) || maxPayloadBytes < 0) {
      throw new RangeError(
        `Cannot limit payloads to ${maxPayloadBytes}: maxPayloadBytes is a whole number from 0`,
      );
    }
    if (!Number.isInteger(reservedBits) || reservedBits < 0 || reservedBits > 7) {
      throw new RangeError(`Cannot allow reserved bits ${reservedBits}: they are a number from 0 to 7`);
    }
    this.#options = options;
  }

  /**
   * Takes over a chunk of the byte stream. Ignores it after an error, and after `discard()`. One that lies in the
   * {@link readBuffer} is only borrowed.
   */
  push(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (chunk.length >= WORTHWHILE_BYTES) keepMemory();
    if (this.#hasMore() || this.#waiting !== undefined) {
      (this.#waiting ??= new ChunkQueue()).push(keep(chunk));
    } else {
      this.#begin(chunk);
      this.#isLent = isLent(chunk);
    }
  }

  /** Copies what is not parsed yet of a borrowed chunk: the next read will overwrite it. */
  keep(): void {
    if (!this.#isLent) return;
    if (this.#hasMore()) this.#begin(keep(this.#chunk.subarray(this.#position)));
    else this.#letGo();
  }

  /** Whether all that was pushed has been returned as frames: nothing of it is left here. */
  get isIdle(): boolean {
    const isBetweenFrames = !this.#inPayload && this.#header === undefined;
    return isBetweenFrames && this.#chunk === EMPTY && this.#waiting === undefined && this.#end === undefined;
  }

  /**
   * The next frame, or `undefined` until more bytes are pushed.
   *
   * @throws ProtocolError when the bytes break a rule; from then on, at every call, the same one.
   */
  next(): Frame | undefined {
    if (this.#end?.error !== undefined) throw this.#end.error;
    for (;;) {
      const frame = this.#inPayload ? this.#readPayload() : this.#startFrame();
      if (frame !== undefined || !this.#advance()) return frame;
    }
  }

  /**
   * Takes a message by a short way, where what comes next is one as most are: a single frame of at most
   * {@link MAX_SHORT_MESSAGE_BYTES}, neither compressed nor broken off, and no broken rule about it. `undefined` for
   * anything else, of which nothing is taken then: {@link next} tells what it is.
   *
   * @param readsText whether text is wanted too
   */
  nextShort(readsText: boolean): string | Uint8Array | undefined {
    const chunk = this.#chunk;
    const at = this.#position;
    if (chunk.length - at < 2 || this.#inPayload || this.#header !== undefined) return undefined;
    const isText = chunk[at] === FINAL_TEXT && readsText;
    if (!isText && chunk[at] !== FINAL_BINARY) return undefined;
    const isMasked = this.#options.role === "server";
    // With the wrong bit for a mask this is no short length.
    const length = chunk[at + 1]! ^ (isMasked ? 0x80 : 0);
    const start = at + (isMasked ? 6 : 2);
    const end = start + length;
    if (length > MAX_SHORT_MESSAGE_BYTES || end > chunk.length) return undefined;
    const key = isMasked ? keyAt(chunk, at + 2) : 0;
    if (key !== 0) mask(chunk, start, end, key);
    this.#position = end;
    if (!isText) {
      const payload = this.#view(start, end);
      return this.#isLent ? keep(payload) : payload;
    }
    const text = readText(chunk, start, end);
    if (text !== undefined) return text;
    // Not UTF-8: as it was, for whoever has to say so.
    if (key !== 0) mask(chunk, start, end, key);
    this.#position = at;
    return undefined;
  }

  /** Drops everything, and all that comes: the bytes of a connection that has failed are nobody's business. */
  discard(): void {
    this.#end ??= { error: undefined };
    this.#letGo();
    this.#waiting = undefined;
    this.#collected = undefined;
  }

  /** Goes on to the next chunk, if another is there. Where no frame came of this one, it is used up. */
  #advance(): boolean {
    const next = this.#waiting?.shift();
    if (next !== undefined) {
      this.#begin(next);
      return true;
    }
    this.#waiting = undefined;
    this.#letGo();
    return false;
  }

  #hasMore(): boolean {
    return this.#position < this.#chunk.length;
  }

  /** Goes on with a chunk that is not borrowed. */
  #begin(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#position = 0;
    this.#memory = chunk.buffer;
    this.#memoryOffset = chunk.byteOffset;
    this.#isLent = false;
  }

  #letGo(): void {
    this.#chunk = EMPTY;
    this.#position = 0;
    this.#memory = NO_MEMORY;
    this.#memoryOffset = 0;
    this.#isLent = false;
  }

  /** Reads a header, from the chunk where it lies whole in it, and goes on with its payload. */
  #startFrame(): Frame | undefined {
    const chunk = this.#chunk;
    const at = this.#position;
    const available = chunk.length - at;
    if (available >= 2 && this.#header === undefined) {
      const size = headerSize(chunk[at + 1]!);
      if (available >= size) {
        this.#readHeader(chunk, at, size);
        this.#position = at + size;
        return this.#startPayload();
      }
    }
    return available > 0 && this.#completeHeader() ? this.#startPayload() : undefined;
  }

  /** Collects a header that is spread over chunks, octet by octet; true when it is whole and read. */
  #completeHeader(): boolean {
    const header = (this.#header ??= { bytes: new Uint8Array(MAX_HEADER_BYTES), length: 0 });
    const { bytes } = header;
    while (this.#position < this.#chunk.length) {
      bytes[header.length++] = this.#chunk[this.#position++]!;
      if (header.length < 2) continue;
      // What the first two octets already prove wrong needs no further ones.
      if (header.length === 2) this.#checkFirstOctets(bytes[0]!, bytes[1]!);
      const size = headerSize(bytes[1]!);
      if (header.length === size) {
        this.#header = undefined;
        this.#readHeader(bytes, 0, size);
        return true;
      }
    }
    return false;
  }

  #readHeader(bytes: Uint8Array, at: number, size: number): void {
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    this.#checkFirstOctets(first, second);
    this.#first = first;

    let length = second & 0x7f;
    if (length >= 126) length = this.#readExtendedLength(bytes, at + 2, length);
    const { maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES } = this.#options;
    if (length > maxPayloadBytes && !isControlOpcode(first & 0xf)) {
      this.#fail(
        "MESSAGE_TOO_BIG",
        `Cannot accept a frame of ${length} bytes: maxPayloadBytes is ${maxPayloadBytes}`,
      );
    }
    this.#payloadLength = length;

    if ((second & 0x80) !== 0) {
      this.#maskKey = keyAt(bytes, at + size - 4);
    }
  }

  #checkFirstOctets(first: number, second: number): void {
    const opcode = first & 0xf;
    // RFC 6455 §5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
    const { role, reservedBits = 0 } = this.#options;
    const unexpected = (first >> 4) & 0x7 & ~reservedBits;
    if (unexpected !== 0)
      this.#fail(
        "RESERVED_BITS",
        `Cannot accept reserved bits ${unexpected}: no extension uses them`,
        unexpected,
      );
    // RFC 6455 §5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
    if (!isKnownOpcode(opcode))
      this.#fail("RESERVED_OPCODE", `Cannot accept opcode ${opcode}: it is reserved`, opcode);
    if (isControlOpcode(opcode)) {
      // RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
      if ((first & 0x80) === 0)
        this.#fail("FRAGMENTED_CONTROL", `Cannot accept control frame ${opcode} without FIN`);
      if ((second & 0x7f) > MAX_CONTROL_PAYLOAD_BYTES) {
        this.#fail(
          "CONTROL_TOO_LONG",
          `Cannot accept control frame ${opcode} of more than 125 bytes`,
          second & 0x7f,
        );
      }
    }
    if (((second & 0x80) !== 0) !== (role === "server")) {
      // RFC 6455 §5.1: "The server MUST close the connection upon receiving a frame that is not masked."
      if (role === "server") this.#fail("MASK_MISSING", "Cannot accept an unmasked frame from a client");
      // RFC 6455 §5.1: "A client MUST close a connection if it detects a masked frame."
      this.#fail("MASK_FORBIDDEN", "Cannot accept a masked frame from a server");
    }
  }

  #readExtendedLength(bytes: Uint8Array, at: number, form: number): number {
    // RFC 6455 §5.2: "in all cases, the minimal number of bytes MUST be used to encode the length"
    if (form === 126) {
      const length = (bytes[at]! << 8) | bytes[at + 1]!;
      if (length < 126)
        this.#fail("LENGTH_NOT_MINIMAL", `Cannot accept length ${length} in 16 bits: 7 suffice`);
      return length;
    }
    const high = readUint32(bytes, at);
    const low = readUint32(bytes, at + 4);
    // RFC 6455 §5.2: "the most significant bit MUST be 0"
    if (high > 0x7fffffff) this.#fail("LENGTH_OVERFLOW", "Cannot accept a length of 2^63 or more");
    if (high === 0 && low <= 0xffff) {
      this.#fail("LENGTH_NOT_MINIMAL", `Cannot accept length ${low} in 64 bits: 16 suffice`);
    }
    // Beyond 2^53 this rounds, which no limit (a safe integer) can tell apart.
    return high * 0x100000000 + low;
  }

  /** The payload right behind its header: mostly all of it is there, and the frame is a view. */
  #startPayload(): Frame | undefined {
    const start = this.#position;
    const end = start + this.#payloadLength;
    this.#payloadOffset = 0;
    if (end <= this.#chunk.length) {
      this.#position = end;
      const payload = this.#unmaskedView(start, end);
      return this.#frame(this.#isLent ? keep(payload) : payload);
    }
    this.#inPayload = true;
    const part = this.#readPayload();
    if (part !== undefined || !this.#deliversParts()) return part;
    // Not a byte of it yet, but the header says enough to be judged.
    return this.#frame(EMPTY);
  }

  /** Goes on with a payload that did not lie whole in one chunk. */
  #readPayload(): Frame | undefined {
    const start = this.#position;
    const end = Math.min(this.#chunk.length, start + this.#payloadLength - this.#payloadOffset);
    if (start === end) return undefined;
    this.#position = end;
    const offset = this.#payloadOffset + end - start;
    this.#inPayload = offset < this.#payloadLength;
    if (this.#deliversParts()) {
      // Behind a header that came alone all of it may come at once, and is no part then.
      const isWhole = end - start === this.#payloadLength;
      const frame = this.#frame(isWhole ? this.#unmaskedView(start, end) : this.#view(start, end));
      this.#payloadOffset = offset;
      return frame;
    }
    const collected = (this.#collected ??= new GrowingBuffer());
    collected.append(this.#view(start, end), this.#payloadLength, this.#maskKey, this.#payloadOffset);
    this.#payloadOffset = offset;
    if (this.#inPayload) return undefined;
    this.#payloadOffset = 0;
    this.#collected = undefined;
    return this.#frame(collected.take());
  }

  #deliversParts(): boolean {
    return this.#options.partial === true && !isControlOpcode(this.#first & 0xf);
  }

  /** Of a payload that is whole. */
  #unmaskedView(start: number, end: number): Uint8Array {
    if (this.#maskKey !== 0) mask(this.#chunk, start, end, this.#maskKey);
    return this.#view(start, end);
  }

  #view(start: number, end: number): Uint8Array {
    // Cheaper than subarray(), and plain even where the chunk is a Buffer.
    return new Uint8Array(this.#memory, this.#memoryOffset + start, end - start);
  }

  #frame(payload: Uint8Array): Frame {
    const first = this.#first;
    return {
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 0x7,
      opcode: first & 0xf,
      masked: this.#options.role === "server",
      maskKey: this.#maskKey,
      payloadLength: this.#payloadLength,
      payloadOffset: this.#payloadOffset,
      payload,
    };
  }

  #fail(code: ProtocolErrorCode, message: string, value?: number): never {
    const error = new ProtocolError(code, message, value);
    this.discard();
    this.#end = { error };
    throw error;
  }
}

interface PartialHeader {
  readonly bytes: Uint8Array;
  length: number;
}

/** Chunks in order. shift() on a long array moves all of it: a flood of small chunks would cost the square of their number. */
class ChunkQueue {
  /** Last one first. */
  #following: Uint8Array[] = [];
  #behind: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    this.#behind.push(chunk);
  }

  shift(): Uint8Array | undefined {
    if (this.#following.length === 0) {
      this.#following = this.#behind.reverse();
      this.#behind = [];
    }
    return this.#following.pop();
  }
}

/** How long the header is, by its second octet. */
function headerSize(second: number): number {
  const length = second & 0x7f;
  return 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + ((second & 0x80) === 0 ? 0 : 4);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return keyAt(bytes, at) >>> 0;
}

function keyAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
