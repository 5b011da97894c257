// Messages to frames: the sending half of a protocol. Owns what leaves, what compression makes of it, and the message
// that is sent in pieces; whether anything may be sent now is not its business.
import { encodeUtf8, FrameEncoder, Opcode, type Role, RSV1 } from "@ws/frame";
import { Fragments } from "./fragments.ts";
import { FrameCounts, NO_FRAMES } from "./frame-counts.ts";
import type { FrameObserver } from "./frame-observer.ts";
import type { Message } from "./message-assembly.ts";
import type { MessageCompression } from "./message-compression.ts";
import { Meter, NOTHING_METERED } from "./meter.ts";
import { PreparedMessage } from "./prepared-message.ts";
import { Spare } from "./spare.ts";
import { isText as isTextMessage } from "./text-bytes.ts";

/** What was agreed. */
export interface OutputTerms {
  readonly role: Role;
  readonly compression: MessageCompression | undefined;
}

const encoders = {
  server: new Spare(() => new FrameEncoder({ role: "server" })),
  client: new Spare(() => new FrameEncoder({ role: "client" })),
} as const;

export class MessageOutput {
  readonly #terms: OutputTerms;
  readonly #observer: FrameObserver | undefined;
  /** While frames wait to be taken. */
  #encoder: FrameEncoder | undefined;
  #frames: FrameCounts | undefined;
  #deflated: Meter | undefined;
  /** The message that is being sent in pieces, and whether they are compressed. */
  #unfinished: { readonly isCompressed: boolean } | undefined;

  constructor(terms: OutputTerms, observer: FrameObserver | undefined) {
    this.#terms = terms;
    this.#observer = observer;
  }

  /** How many bytes wait to be taken. */
  get byteLength(): number {
    return this.#encoder === undefined ? 0 : this.#encoder.byteLength;
  }

  take(): readonly Uint8Array[] {
    const encoder = this.#encoder;
    if (encoder === undefined) return [];
    this.#encoder = undefined;
    const parts = encoder.take();
    encoders[this.#terms.role].giveBack(encoder);
    return parts;
  }

  get frames(): FrameCounts {
    return this.#frames ?? NO_FRAMES;
  }

  get deflated(): Meter {
    if (this.#terms.compression === undefined) return NOTHING_METERED;
    return (this.#deflated ??= new Meter());
  }

  /** Writes a message in one frame. */
  send(data: Message | PreparedMessage, compress: boolean): void {
    const compression = compress ? this.#terms.compression : undefined;
    if (!(data instanceof PreparedMessage)) {
      this.#sendMessage(data, compression);
    } else if (
      this.#terms.role === "server" &&
      (compression === undefined || compression.variant !== undefined)
    ) {
      this.#sendPrepared(data, compression);
    } else {
      // A client masks each frame with a key of its own, and a compressor with a memory compresses it differently each
      // time: no two are the same bytes.
      this.#sendMessage(data.data, compression);
    }
  }

  /** Writes a message in as many frames as its size asks for, one each time that the caller wants the next. */
  sendInFragments(data: Message | PreparedMessage, compress: boolean): Fragments {
    const compression = compress ? this.#terms.compression : undefined;
    const isPrepared = data instanceof PreparedMessage;
    const isText = isTextMessage(isPrepared ? data.data : data);
    const message = isPrepared ? data.bytes : data;
    const compressed =
      isPrepared && compression?.variant !== undefined
        ? this.#meter(data, data.compressedPayload(compression))
        : this.#compress(message, compression);
    const isCompressed = compressed !== undefined;
    return new Fragments(compressed ?? message, isText && !isCompressed, (payload, isFirst, isLast) =>
      this.#fragment(payload, isFirst, isLast, isText, isCompressed),
    );
  }

  /** Writes the next piece of a message in one frame. */
  sendPart(data: Message, isLast: boolean, isText: boolean, compress: boolean): void {
    const isFirst = this.#unfinished === undefined;
    const { isCompressed } = this.#unfinished ?? {
      isCompressed: compress && this.#terms.compression !== undefined,
    };
    this.#unfinished = isLast ? undefined : { isCompressed };
    let payload = data;
    if (isCompressed) {
      const bytes = typeof data === "string" ? encodeUtf8(data) : data;
      payload = this.#terms.compression!.compressPart(bytes, isLast);
      this.deflated.add(bytes.length, payload.length);
    }
    this.#fragment(payload, isFirst, isLast, isText, isCompressed);
  }

  /** Writes one frame. */
  frame(opcode: number, payload: Message, fin = true, rsv = 0): void {
    this.#note(opcode, payload, fin, rsv);
    this.#frameEncoder().frame(opcode, payload, fin, rsv);
  }

  #frameEncoder(): FrameEncoder {
    return (this.#encoder ??= encoders[this.#terms.role].take());
  }

  // RFC 6455 §5.4: "The primary purpose of fragmentation is to allow sending a message that is of unknown size when the message is started without having to buffer that message."
  #fragment(
    payload: Message,
    isFirst: boolean,
    isLast: boolean,
    isText: boolean,
    isCompressed: boolean,
  ): void {
    if (!isFirst) return this.frame(Opcode.continuation, payload, isLast);
    this.frame(isText ? Opcode.text : Opcode.binary, payload, isLast, isCompressed ? RSV1 : 0);
  }

  #sendMessage(data: Message, compression: MessageCompression | undefined): void {
    const opcode = isTextMessage(data) ? Opcode.text : Opcode.binary;
    const compressed = this.#compress(data, compression);
    if (compressed === undefined) this.frame(opcode, data);
    else this.frame(opcode, compressed, true, RSV1);
  }

  #sendPrepared(message: PreparedMessage, compression: MessageCompression | undefined): void {
    const { data } = message;
    const opcode = isTextMessage(data) ? Opcode.text : Opcode.binary;
    const compressed = this.#meter(message, compression && message.compressedPayload(compression));
    this.#note(opcode, compressed ?? data, true, compressed === undefined ? 0 : RSV1);
    this.#frameEncoder().shared(
      compressed === undefined ? message.frame : message.compressedFrame(compression!),
    );
  }

  #compress(data: Message, compression: MessageCompression | undefined): Uint8Array | undefined {
    if (compression === undefined) return undefined;
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    const compressed = compression.compress(bytes);
    if (compressed !== undefined) this.deflated.add(bytes.length, compressed.length);
    return compressed;
  }

  /** Counts what somebody else may have compressed. */
  #meter(message: PreparedMessage, compressed: Uint8Array | undefined): Uint8Array | undefined {
    if (compressed !== undefined) this.deflated.add(message.bytes.length, compressed.length);
    return compressed;
  }

  #note(opcode: number, payload: Message, fin: boolean, rsv: number): void {
    (this.#frames ??= new FrameCounts()).count(opcode);
    const observer = this.#observer;
    if (observer === undefined || !observer.wantsSent) return;
    const payloadLength = typeof payload === "string" ? undefined : payload.length;
    observer.onFrame({ direction: "sent", opcode, fin, rsv, payloadLength, payload });
  }
}
