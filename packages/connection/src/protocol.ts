// The WebSocket protocol as a pure machine (RFC 6455 §5–§7): bytes and calls in, events and bytes out.
// No stream, socket or timer: whoever owns those feeds `receive`, pulls `next`, and writes what `output` collected.
import {
  type ClosePayload,
  decodeClosePayload,
  encodeClosePayload,
  type Frame,
  type FrameDecoder,
  isControlOpcode,
  isLastPart,
  isPart,
  MAX_CLOSE_REASON_BYTES,
  MAX_CONTROL_PAYLOAD_BYTES,
  MAX_SHORT_MESSAGE_BYTES,
  Opcode,
  ProtocolError,
  type Role,
  unmaskPart,
  utf8Length,
} from "@ws/frame";
import type { CloseResult } from "./close-result.ts";
import { ClosingHandshake } from "./closing-handshake.ts";
import { decoders } from "./decoders.ts";
import { FrameCounts, NO_FRAMES } from "./frame-counts.ts";
import type { FrameObserver } from "./frame-observer.ts";
import type { Fragments } from "./fragments.ts";
import {
  type AssemblyOwner,
  type Message,
  MessageAssembly,
  type MessagePart,
  receiveWhole,
  type TextForm,
} from "./message-assembly.ts";
import type { MessageCompression } from "./message-compression.ts";
import { MessageOutput } from "./message-output.ts";
import { Meter, NOTHING_METERED } from "./meter.ts";
import { numberOption } from "./number-option.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import { type Manners, mannersOf, type ProtocolOptions } from "./protocol-options.ts";
import type { Spare } from "./spare.ts";

/** What the bytes of a peer amounted to. */
export type ProtocolEvent =
  | { readonly type: "message"; readonly data: Message }
  /** A piece of a message that is received as a stream, see {@link Protocol.streamMessages}. */
  | ({ readonly type: "part" } & MessagePart)
  | { readonly type: "ping" | "pong"; readonly data: Uint8Array }
  /** The peer's close frame: nothing of it comes any more. */
  | ({ readonly type: "close" } & ClosePayload)
  /** The peer broke the protocol: the connection has failed, nothing of it is read any more. */
  | { readonly type: "error"; readonly error: ProtocolError };

/** Bytes that a {@link Protocol} wants written. */
export interface ProtocolOutput {
  /** How many there are. */
  readonly byteLength: number;
  /** Hands them over, in order; they may share their memory with others, so keep a copy of what you keep for long. */
  take(): readonly Uint8Array[];
  /** Adds one frame as it is, whether or not the protocol allows it: to see what a peer makes of it. */
  frame(opcode: number, payload: Message, fin?: boolean, rsv?: number): void;
}

/**
 * One side of a WebSocket connection after its opening handshake, without any I/O.
 *
 * @example
 * ```ts
 * const protocol = new Protocol({ role: "server", maxMessageBytes: 1024 * 1024 });
 * protocol.receive(bytesFromTheSocket);
 * for (let event = protocol.next(); event; event = protocol.next()) {
 *   if (event.type === "message") protocol.send(event.data);
 * }
 * for (const bytes of protocol.output.take()) socket.write(bytes);
 * if (protocol.mustEndTransport) socket.end();
 * ```
 */
export class Protocol implements AssemblyOwner {
  // Many connections wait for long: what one needs only now and then is made when it does.
  /** Who we are. */
  readonly role: Role;
  /** The compression that was agreed, if any. */
  readonly compression: MessageCompression | undefined;
  /** Once something was sent. */
  #sending: MessageOutput | undefined;
  /** While bytes wait, or a frame is unfinished. */
  #decoder: FrameDecoder | undefined;
  /** The message that is unfinished. */
  #assembly: MessageAssembly | undefined;
  /** Once a close frame has gone either way, the peer broke a rule, or the transport has ended. */
  #closing: ClosingHandshake | undefined;
  readonly #manners: Manners;
  readonly #observer: FrameObserver | undefined;
  #framesReceived: FrameCounts | undefined;
  #inflated: Meter | undefined;

  /** The largest message accepted, in bytes; a change holds from the next frame on. */
  maxMessageBytes: number;
  #isStreaming = false;
  /** Whether a frame has begun that has not ended. */
  #inFrame = false;
  #holdsPongs = false;
  /** The pong owed to the newest ping, while pongs are held. */
  #owedPong: Uint8Array | undefined;

  /** @throws TypeError or RangeError for a role or a limit that is none. */
  constructor(options: ProtocolOptions) {
    const { role, compression } = options;
    // An endpoint that is neither would accept unmasked frames and send unmasked ones.
    if (role !== "server" && role !== "client") {
      throw new TypeError(`Cannot take the role ${String(role)}: it must be "server" or "client"`);
    }
    this.maxMessageBytes = numberOption(options, "maxMessageBytes", 1024 * 1024);
    this.role = role;
    this.compression = compression;
    this.#manners = mannersOf(options);
    this.#observer = options.observer;
  }

  /** In which form text arrives. */
  get text(): TextForm {
    return this.#manners.text;
  }

  /** The bytes to be written, in order: answers to the peer and what was sent. */
  get output(): ProtocolOutput {
    return this.#messages();
  }

  /** Whether there are any. */
  get hasOutput(): boolean {
    return this.#sending !== undefined && this.#sending.byteLength > 0;
  }

  /** Frames so far, by opcode. */
  get framesReceived(): FrameCounts {
    return this.#framesReceived ?? NO_FRAMES;
  }

  /** The frames that were sent, by kind. */
  get framesSent(): FrameCounts {
    return this.#sending === undefined ? NO_FRAMES : this.#sending.frames;
  }

  /** What compression saved on messages sent. */
  get deflated(): Meter {
    return this.#sending === undefined ? NOTHING_METERED : this.#sending.deflated;
  }

  /** What compression saved on messages received; on those received as streams, whoever decompresses them adds it. */
  get inflated(): Meter {
    if (this.compression === undefined) return NOTHING_METERED;
    return (this.#inflated ??= new Meter());
  }

  /** From the next message on, messages come in pieces as they arrive, whatever their size, and stay compressed. */
  streamMessages(): void {
    this.#isStreaming = true;
  }

  /** `"open"` until either side begins to close; `"closed"` once the transport has ended. */
  get state(): "open" | "closing" | "closed" {
    if (this.#closing === undefined) return "open";
    return this.#closing.isClosed ? "closed" : "closing";
  }

  /** Whether messages can still be sent: no close frame of ours has left. */
  get maySend(): boolean {
    return this.#closing === undefined || this.#closing.mayStillSend;
  }

  /** Whether bytes of the peer still mean anything. */
  get mayReceive(): boolean {
    return this.#closing === undefined || this.#closing.mayStillReceive;
  }

  /** Whether to end the transport once the output is written; the peer's last bytes should still be read. */
  get mustEndTransport(): boolean {
    return this.#closing !== undefined && this.#closing.mustEndTransport;
  }

  /** How the connection ended, final once {@link Protocol.state} is `"closed"`. */
  get result(): CloseResult {
    return (this.#closing ?? new ClosingHandshake(this.role)).result;
  }

  /** Whether the next byte of the peer begins a frame. Says no as well where something waits that nobody has asked for. */
  get isBetweenFrames(): boolean {
    return this.#decoder === undefined && this.mayReceive;
  }

  /** Takes over a chunk from the transport. Ignores it once nothing may be received. */
  receive(chunk: Uint8Array): void {
    if (!this.mayReceive) return;
    this.#decoder ??= this.#decoders().take();
    this.#decoder.push(chunk);
  }

  /** Copies what has not been dealt with of a chunk that lies in the `readBuffer`; to be called before the next read. */
  keep(): void {
    this.#decoder?.keep();
  }

  /** The peer, or the network, ended the transport: nothing comes, and nothing can be sent. */
  receiveEnd(): void {
    this.#beginClosing().transportEnded();
    this.#decoder = undefined;
  }

  /** The next event, or `undefined` until more bytes are received. Never throws: a broken rule is an event. */
  next(): ProtocolEvent | undefined {
    while (this.mayReceive) {
      const short = this.#nextShort();
      if (short !== undefined) return { type: "message", data: short };
      try {
        const frame = this.#decoder?.next();
        if (frame === undefined) return this.#release();
        const event = isControlOpcode(frame.opcode) ? this.#receiveControl(frame) : this.#receiveData(frame);
        if (event !== undefined) return event;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.fail(error, error.closeCode);
        return { type: "error", error };
      }
    }
    return undefined;
  }

  /**
   * Sends a message in one frame, text or binary by its type. Call only while {@link Protocol.maySend}.
   *
   * @param compress `false` sends it as it is, even where compression was agreed
   */
  send(data: Message | PreparedMessage, compress = true): void {
    this.#messages().send(data, compress);
  }

  /**
   * Begins a message that is sent in several frames, so that control frames can go between them. The caller takes
   * them one by one; no other message may be sent until the last.
   */
  sendInFragments(data: Message | PreparedMessage, compress = true): Fragments {
    return this.#messages().sendInFragments(data, compress);
  }

  /**
   * Sends the next piece of a message whose end is not known yet, as one frame. No other message may be sent until
   * the last piece was. A string is whole characters; bytes of text need not be, but all of them are UTF-8.
   *
   * @param isText heard with the first piece only, as is `compress`
   */
  sendPart(data: Message, isLast: boolean, isText: boolean, compress = true): void {
    this.#messages().sendPart(data, isLast, isText, compress);
  }

  /**
   * Sends a ping, or an unsolicited pong (RFC 6455 §5.5.2, §5.5.3).
   *
   * @throws RangeError for more than 125 bytes.
   */
  sendControl(opcode: typeof Opcode.ping | typeof Opcode.pong, data: Message): void {
    const length = typeof data === "string" ? utf8Length(data) : data.length;
    if (length > MAX_CONTROL_PAYLOAD_BYTES) {
      throw new RangeError(`Cannot send a control frame of ${length} bytes: it has room for 125`);
    }
    if (this.maySend) this.#messages().frame(opcode, data);
  }

  /**
   * Sends a close frame, unless one was sent before.
   *
   * @throws RangeError or TypeError as {@link encodeClosePayload} does; nothing is sent then.
   */
  close(code?: number, reason?: string): void {
    const payload = encodeClosePayload(code, reason);
    if (!this.maySend) return;
    this.#beginClosing().sent();
    this.#messages().frame(Opcode.close, payload);
  }

  /**
   * Fails the connection (RFC 6455 §7.1.7): sends a close frame, unless one was sent, and reads nothing any more.
   *
   * @param error goes into the result
   */
  fail(error: Error, closeCode: number): void {
    if (!this.mayReceive) return;
    // RFC 6455 §7.1.7: "the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4) before proceeding"
    this.close(closeCode, this.#manners.echoesReason ? "" : error.message.slice(0, MAX_CLOSE_REASON_BYTES));
    this.#beginClosing().failed(error);
    this.#decoder = undefined;
  }

  /** Whether pongs are held, see {@link Protocol.holdPongs}. */
  get holdsPongs(): boolean {
    return this.#holdsPongs;
  }

  /**
   * While pongs are held, only the newest ping is remembered: a peer that floods us with pings and does not read
   * the answers costs one pong, not one each.
   *
   * RFC 6455 §5.5.3: "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to previous
   * Ping frame(s), the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame."
   */
  holdPongs(hold: boolean): void {
    this.#holdsPongs = hold;
    if (hold || this.#owedPong === undefined) return;
    if (this.mayReceive) this.#messages().frame(Opcode.pong, this.#owedPong);
    this.#owedPong = undefined;
  }

  #messages(): MessageOutput {
    return (this.#sending ??= new MessageOutput(this, this.#observer));
  }

  #decoders(): Spare<FrameDecoder> {
    return decoders[this.role][this.compression === undefined ? "plain" : "compressed"];
  }

  /** There are no more frames: unless one is unfinished, somebody else may have the decoder. */
  #release(): undefined {
    const decoder = this.#decoder;
    if (decoder === undefined || !decoder.isIdle) return;
    this.#decoder = undefined;
    this.#decoders().giveBack(decoder);
  }

  #beginClosing(): ClosingHandshake {
    return (this.#closing ??= new ClosingHandshake(this.role));
  }

  #noteReceived(frame: Frame): void {
    const { opcode, fin, rsv, payloadLength } = frame;
    (this.#framesReceived ??= new FrameCounts()).count(opcode);
    const observer = this.#observer;
    if (observer === undefined || !observer.wantsReceived) return;
    const payload = unmaskedPayload(frame);
    observer.onFrame({ direction: "received", opcode, fin, rsv, payloadLength, payload });
  }

  /** A message by the short way, where nothing asks for more than the message itself. */
  #nextShort(): Message | undefined {
    const decoder = this.#decoder;
    if (decoder === undefined || this.#assembly !== undefined || this.#isStreaming) return undefined;
    if (this.maxMessageBytes < MAX_SHORT_MESSAGE_BYTES || this.#observer?.wantsReceived) return undefined;
    const message = decoder.nextShort(this.#manners.text === "string");
    if (message === undefined) return undefined;
    (this.#framesReceived ??= new FrameCounts()).count(
      typeof message === "string" ? Opcode.text : Opcode.binary,
    );
    return message;
  }

  #receiveData(frame: Frame): ProtocolEvent | undefined {
    const startsFrame = !this.#inFrame;
    if (startsFrame) this.#noteReceived(frame);
    const isLast = isLastPart(frame);
    this.#inFrame = !isLast;
    if (this.#assembly === undefined) {
      const { opcode, rsv, fin } = frame;
      // RFC 6455 §5.4: "a fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames with the FIN bit clear and the opcode set to 0"
      if (opcode === Opcode.continuation) throw unexpectedContinuation();
      if (startsFrame && isLast && fin && rsv === 0 && !this.#isStreaming) {
        return { type: "message", data: receiveWhole(frame, this) };
      }
      this.#assembly = new MessageAssembly(frame, this.#isStreaming, this);
    } else if (startsFrame) {
      assertContinues(frame);
    }
    const data = this.#assembly.receive(frame, startsFrame);
    if (isLast && frame.fin) this.#assembly = undefined;
    if (data === undefined) return undefined;
    if (typeof data === "object" && "isLast" in data) return { type: "part", ...data };
    return { type: "message", data };
  }

  #receiveControl(frame: Frame): ProtocolEvent {
    this.#noteReceived(frame);
    const { opcode, payload, rsv } = frame;
    // RFC 7692 §6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames"
    if (rsv !== 0)
      throw new ProtocolError("RESERVED_BITS", `Cannot accept RSV1 on control frame ${opcode}`, rsv);
    if (opcode === Opcode.pong) return { type: "pong", data: payload };
    if (opcode === Opcode.close) return this.#receiveClose(payload);
    // RFC 6455 §5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame."
    if (!this.#manners.autoPong) return { type: "ping", data: payload };
    if (this.#holdsPongs) this.#owedPong = payload.slice();
    // RFC 6455 §5.5.3: "A Pong frame sent in response to a Ping frame must have identical "Application data""
    else this.#messages().frame(Opcode.pong, payload);
    return { type: "ping", data: payload };
  }

  #receiveClose(payload: Uint8Array): ProtocolEvent {
    const { code, reason } = decodeClosePayload(payload);
    const closing = this.#beginClosing();
    closing.received({ code, reason });
    // RFC 6455 §5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame in response." "the endpoint typically echos the status code it received"
    if (closing.mayStillSend) {
      closing.sent();
      this.#messages().frame(Opcode.close, this.#manners.echoesReason ? payload : payload.subarray(0, 2));
    }
    this.#decoder = undefined;
    return { type: "close", code, reason };
  }
}

/** A part is unmasked by whoever takes it. Before that it is to be looked at only as a copy. */
function unmaskedPayload(frame: Frame): Uint8Array {
  if (!isPart(frame)) return frame.payload;
  const copy = { ...frame, payload: new Uint8Array(frame.payload) };
  unmaskPart(copy);
  return copy.payload;
}

function unexpectedContinuation(): ProtocolError {
  return new ProtocolError(
    "UNEXPECTED_CONTINUATION",
    "Cannot accept a continuation: no message is unfinished",
    Opcode.continuation,
  );
}

/** Whether a frame may follow those of a message that is unfinished. */
function assertContinues({ opcode, rsv }: Frame): void {
  // RFC 6455 §5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
  if (opcode !== Opcode.continuation) {
    throw new ProtocolError(
      "UNFINISHED_MESSAGE",
      "Cannot accept a new message: the one before is unfinished",
      opcode,
    );
  }
  // RFC 7692 §6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message."
  if (rsv !== 0) throw new ProtocolError("RESERVED_BITS", "Cannot accept RSV1 on a continuation", rsv);
}
