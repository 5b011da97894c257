// One direction of one connection: what the feed tells of it, decoded by @ws/frame. How a header stands on the wire, which a
// decoder has no reason to keep, is read beside it. Knows nothing of messages.
import { FrameDecoder, isLastPart, ProtocolError, unmaskPart } from "@ws/frame";
import type { CapturedFrame, Direction, LengthBits } from "../../../shared/inspector.ts";
import { FeedFlag } from "../../../shared/inspector-feed.ts";
import { readWireHeader } from "../../../shared/inspector-wire.ts";
import { joined } from "./message-inflater.ts";

/** A frame that is being read: the record, which grows. */
export type GrowingFrame = { -readonly [Key in keyof CapturedFrame]: CapturedFrame[Key] };

export interface FrameReaderEvents {
  /** A frame has begun; its payload may still come. */
  readonly onBegin: (frame: GrowingFrame) => void;
  /** A frame has ended, whole, cut or in an error. */
  readonly onEnd: (frame: GrowingFrame) => void;
}

export class FrameReader {
  readonly #connection: number;
  readonly #direction: Direction;
  readonly #reservedBits: number;
  readonly #events: FrameReaderEvents;
  #decoder: FrameDecoder;
  #frame: GrowingFrame | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  /** @param reservedBits those that an extension gave a meaning */
  constructor(connection: number, direction: Direction, reservedBits: number, events: FrameReaderEvents) {
    this.#connection = connection;
    this.#direction = direction;
    this.#reservedBits = reservedBits;
    this.#events = events;
    this.#decoder = this.#newDecoder();
  }

  /** @param bytes are unmasked in place */
  push(time: number, flags: number, bytes: Uint8Array): void {
    if ((flags & FeedFlag.frameStart) !== 0) this.#begin(time, flags, bytes);
    this.#decoder.push(bytes);
    try {
      for (let part = this.#decoder.next(); part !== undefined; part = this.#decoder.next()) {
        unmaskPart(part);
        if (part.payload.length > 0) this.#parts.push(part.payload);
        this.#partBytes += part.payload.length;
        if (isLastPart(part)) this.#end();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (this.#frame !== undefined) this.#frame.error = { code: error.code, message: error.message };
      this.#breakOff();
    }
    if ((flags & FeedFlag.cut) !== 0) this.#breakOff();
  }

  /** What has begun will not go on: the connection has ended, or the feed has. */
  end(): void {
    if (this.#frame !== undefined) this.#breakOff();
  }

  #begin(time: number, flags: number, bytes: Uint8Array): void {
    if (this.#frame !== undefined) this.#breakOff();
    const wire = readWireHeader(bytes);
    const [first = 0, second = 0] = bytes;
    const unfinished = { lengthBits: 7 as LengthBits, payloadLength: 0, maskKey: 0, size: bytes.length };
    const { lengthBits, payloadLength, maskKey, size } = wire ?? unfinished;
    const frame: GrowingFrame = {
      number: 0,
      connection: this.#connection,
      time,
      direction: this.#direction,
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0xf,
      isMasked: (second & 0x80) !== 0,
      maskKey,
      lengthBits,
      header: bytes.slice(0, size),
      payloadLength,
      payload: new Uint8Array(0),
      isRedacted: (flags & FeedFlag.redacted) !== 0,
      isCut: wire === undefined,
      message: 0,
    };
    this.#frame = frame;
    this.#events.onBegin(frame);
  }

  #end(): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    this.#frame = undefined;
    frame.payload = joined(this.#parts, this.#partBytes);
    this.#parts = [];
    this.#partBytes = 0;
    if (frame.payload.length < frame.payloadLength && frame.error === undefined) frame.isCut = true;
    this.#events.onEnd(frame);
  }

  /** The decoder waits for what will not come: the next frame begins with one that knows of nothing. */
  #breakOff(): void {
    this.#end();
    this.#decoder = this.#newDecoder();
  }

  #newDecoder(): FrameDecoder {
    return new FrameDecoder({
      role: this.#direction === "received" ? "server" : "client",
      // Parts are handed on as they come, so nothing is allocated for a length that is only announced.
      partial: true,
      maxPayloadBytes: Number.MAX_SAFE_INTEGER,
      reservedBits: this.#reservedBits,
    });
  }
}
