// Bytes in, frames out (RFC 6455 §5.2), by pulling: push a chunk, then call next() until it has no more.
// Owns the bytes not parsed yet and the frame they broke off in. Knows frames one by one: what a message is, and
// whether a continuation may come now, is for the layer above.
// What a header says, and what of it is refused, is frame-header.ts.
import { ChunkQueue } from "./chunk-queue.ts";
import { type Frame, MAX_HEADER_BYTES } from "./frame.ts";
import {
  checkFirstOctets,
  headerSize,
  type HeaderRules,
  int32At,
  MASK_KEY_BYTES,
  readLength,
} from "./frame-header.ts";
import { GrowingBuffer } from "./growing-buffer.ts";
import { keepMemory, WORTHWHILE_BYTES } from "./kept-memory.ts";
import { mask } from "./mask.ts";
import { isControlOpcode, Opcode } from "./opcode.ts";
import { readText } from "./platform.ts";
import { ProtocolError } from "./protocol-error.ts";
import { isLent, keep } from "./read-buffer.ts";

/** How a {@link FrameDecoder} judges what it reads, and how it hands it out. */
export interface FrameDecoderOptions extends HeaderRules {
  /**
   * Deliver the payload of data frames as it arrives, in several {@link Frame} objects, the first as soon as the
   * header is there. Those parts come as they are on the wire, masked: see {@link Frame}. Control frames always come
   * whole. Default: `false`.
   */
  readonly partial?: boolean;
}

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
    try {
      for (;;) {
        const frame = this.#inPayload ? this.#readPayload() : this.#startFrame();
        if (frame !== undefined || !this.#advance()) return frame;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.discard();
      this.#end = { error };
      throw error;
    }
  }

  /**
   * Takes a message by a short way, where what comes next is one as most are: a single frame of at most
   * {@link MAX_SHORT_MESSAGE_BYTES}, neither compressed nor broken off, and no broken rule about it. `undefined` for
   * anything else, of which nothing is taken then: {@link next} tells what it is. Not to be asked while a fragmented message
   * is unfinished: it would hand out one that must not come then (RFC 6455 §5.4).
   *
   * @param readsText whether text is wanted too
   */
  nextShort(readsText: boolean): string | Uint8Array | undefined {
    const chunk = this.#chunk;
    const at = this.#position;
    if (chunk.length - at < 2 || this.#inPayload || this.#header !== undefined) return undefined;
    const isText = chunk[at] === FINAL_TEXT && readsText;
    if (!isText && chunk[at] !== FINAL_BINARY) return undefined;
    const { role, maxPayloadBytes = MAX_SHORT_MESSAGE_BYTES } = this.#options;
    const isMasked = role === "server";
    // With the wrong bit for a mask this is no short length.
    const length = chunk[at + 1]! ^ (isMasked ? 0x80 : 0);
    const start = at + (isMasked ? 6 : 2);
    const end = start + length;
    if (length > MAX_SHORT_MESSAGE_BYTES || length > maxPayloadBytes || end > chunk.length) return undefined;
    const key = isMasked ? int32At(chunk, at + 2) : 0;
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
      if (header.length === 2) checkFirstOctets(bytes[0]!, bytes[1]!, this.#options);
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
    checkFirstOctets(first, second, this.#options);
    this.#first = first;
    this.#payloadLength = readLength(bytes, at, this.#options);
    if ((second & 0x80) !== 0) this.#maskKey = int32At(bytes, at + size - MASK_KEY_BYTES);
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
}

interface PartialHeader {
  readonly bytes: Uint8Array;
  length: number;
}
