// One open WebSocket connection to the endpoint under test, as seen from the other side: writes whatever bytes a case
// wants, reads what comes back as messages, pongs, a close or an end, and lets the observer see every frame.
import { type Agreement, rulesFor } from "../deflate/agreement.ts";
import type { Role } from "../role.ts";
import { Compressor } from "../deflate/compressor.ts";
import type { Judgement } from "../suite/verdict.ts";
import { encodeFrame, type FrameSpec } from "../wire/frame.ts";
import { FrameReader, type ReceivedFrame } from "../wire/frame-reader.ts";
import { Opcode } from "../wire/opcode.ts";
import { describeBytes, describeFrame, type WireLog } from "../wire/wire-log.ts";
import type { Deadline } from "./deadline.ts";
import { type Message, MessageReader } from "./message-reader.ts";
import { Observer } from "./observer.ts";
import type { Transport } from "./transport.ts";

export type Arrival =
  | Message
  | { readonly kind: "pong"; readonly payload: Buffer }
  | { readonly kind: "close"; readonly code: number | undefined; readonly reason: string }
  | { readonly kind: "end" }
  | { readonly kind: "reset"; readonly reason: string }
  /** Nothing came in the time that was given. */
  | { readonly kind: "quiet" };

export interface PeerOptions {
  /** Role of the endpoint under test; ours is the other one. */
  readonly role: Role;
  readonly transport: Transport;
  readonly judgement: Judgement;
  readonly log: WireLog;
  readonly deadline: Deadline;
  readonly agreement?: Agreement | undefined;
}

/** What a case may choose about a frame; the mask is legal for our role unless it says otherwise. */
export type FrameChoice = Omit<FrameSpec, "mask"> & { readonly mask?: FrameSpec["mask"] };

export class Peer {
  readonly role: Role;
  readonly transport: Transport;
  readonly judgement: Judgement;
  /** Whoever goes on after the case sets a new one. */
  deadline: Deadline;
  readonly agreement: Agreement | undefined;
  readonly observer: Observer;
  readonly #log: WireLog;
  readonly #frames = new FrameReader();
  readonly #messages: MessageReader;
  readonly #arrivals: Arrival[] = [];
  readonly #compressor: Compressor | undefined;
  #closeReceived = false;
  #closeSent = false;

  constructor({ role, transport, judgement, log, deadline, agreement }: PeerOptions) {
    this.role = role;
    this.transport = transport;
    this.judgement = judgement;
    this.deadline = deadline;
    this.agreement = agreement;
    this.observer = new Observer(role, judgement, agreement !== undefined);
    this.#log = log;
    this.#messages = new MessageReader(role, judgement, agreement);
    this.#compressor =
      agreement && new Compressor(rulesFor(agreement, role === "server" ? "client" : "server"));
  }

  get closeReceived(): boolean {
    return this.#closeReceived;
  }

  get closeSent(): boolean {
    return this.#closeSent;
  }

  /** Whether the peer's frames leave a message, or a frame, unfinished. */
  get midMessage(): boolean {
    return this.#messages.inside || this.#frames.inside;
  }

  /** Our compressing side; only in cases that asked for compression. */
  get compressor(): Compressor {
    if (this.#compressor === undefined) throw new Error("compressor used without an agreement");
    return this.#compressor;
  }

  // Bytes to send.

  frame(choice: FrameChoice): Buffer {
    return encodeFrame({ ...choice, mask: choice.mask ?? this.role === "server" });
  }

  text(text: string | Uint8Array): Buffer {
    return this.frame({ opcode: Opcode.text, payload: Buffer.from(text) });
  }

  binary(payload: Uint8Array): Buffer {
    return this.frame({ opcode: Opcode.binary, payload });
  }

  ping(payload: string | Uint8Array = ""): Buffer {
    return this.frame({ opcode: Opcode.ping, payload: Buffer.from(payload) });
  }

  close(code?: number, reason: string | Uint8Array = ""): Buffer {
    const body = code === undefined ? [] : [Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)];
    return this.frame({ opcode: Opcode.close, payload: Buffer.concat(body) });
  }

  // Sending them.

  /** Sends everything in one piece. */
  send(...parts: Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    this.#note(bytes, "");
    return this.transport.write(bytes);
  }

  /** Sends in pieces of `size` octets. */
  sendInChops(bytes: Buffer, size = 1): Promise<void> {
    this.#note(bytes, ` (in chops of ${size})`);
    return this.transport.writeInChops(bytes, size);
  }

  #note(bytes: Buffer, manner: string): void {
    // A Close is sent as a piece of its own or at the end of one; looking at the whole piece would cost too much.
    if (bytes.length <= 4096) {
      const last = new FrameReader().push(bytes).findLast(({ opcode }) => opcode === Opcode.close);
      if (last !== undefined) this.#closeSent = true;
    }
    this.#log.sent(describeBytes(bytes) + manner, bytes);
  }

  // Receiving.

  /** The next thing from the peer. Without `withinMs` it waits as long as the case has, and then fails it. */
  async next(awaited: string, withinMs?: number): Promise<Arrival> {
    const until = withinMs === undefined ? Infinity : performance.now() + withinMs;
    while (this.#arrivals.length === 0) {
      const left = Math.min(this.deadline.leftMs, until - performance.now());
      const read = await this.transport.read(left);
      if (read.kind === "data") {
        this.#take(read.bytes);
      } else if (read.kind !== "quiet") {
        this.#log.received(read.kind === "end" ? "TCP end" : `TCP reset (${read.reason})`);
        return read;
      } else if (withinMs !== undefined && (this.deadline.leftMs <= 0 || performance.now() >= until)) {
        return read;
      } else if (this.deadline.leftMs <= 0) {
        this.judgement.fail(`nothing more came within ${this.deadline.totalMs} ms; awaited: ${awaited}`);
      }
    }
    return this.#arrivals.shift() as Arrival;
  }

  /** Puts back what another expectation should find. */
  unread(arrivals: readonly Arrival[]): void {
    this.#arrivals.unshift(...arrivals);
  }

  #take(bytes: Buffer): void {
    for (const frame of this.#frames.push(bytes)) {
      this.#log.received(describeFrame(frame), frame.payload);
      this.observer.see(frame);
      const arrival = this.#arrival(frame);
      if (arrival !== undefined) this.#arrivals.push(arrival);
    }
    const { unreadable } = this.#frames;
    if (unreadable !== undefined) this.judgement.fail(`what came is not a sequence of frames: ${unreadable}`);
  }

  #arrival(frame: ReceivedFrame): Arrival | undefined {
    const { opcode, payload } = frame;
    if (opcode === Opcode.ping) {
      // A keep-alive of the peer; answered here so that no case has to think of it.
      void this.transport.write(this.frame({ opcode: Opcode.pong, payload }));
      return undefined;
    }
    if (opcode === Opcode.pong) return { kind: "pong", payload };
    if (opcode === Opcode.close) {
      this.#closeReceived = true;
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
      return { kind: "close", code, reason: payload.toString("utf8", 2) };
    }
    return this.#messages.push(frame);
  }
}
