// Frames as they are on the wire, in both directions of connections that we dialled: decoded by @ws/frame from what the
// connections publish on node:diagnostics_channel. Knows nothing of how they are shown.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Connection } from "@ws/client";
import { type Frame, FrameDecoder, isLastPart, RSV1 } from "@ws/frame";

export type Direction = "received" | "sent";

/** One frame that passed. */
export interface WatchedFrame {
  readonly direction: Direction;
  /** When its end passed, in milliseconds since 1970. */
  readonly time: number;
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** As a number of 32 bits, first octet highest. */
  readonly maskKey: number;
  /** How the length stands in the header (RFC 6455 §5.2). */
  readonly lengthBits: 7 | 16 | 64;
  readonly headerBytes: number;
  readonly payloadLength: number;
  /** The payload, unmasked and not inflated; no more of it than was asked for. */
  readonly payload: Uint8Array;
}

export type FrameListener = (frame: WatchedFrame, connection: Connection) => void;

interface Told {
  readonly connection: Connection;
}

/** Frames that pass before anybody knows whose they are: those that came with the answer of the handshake. */
const MAX_EARLY_FRAMES = 100;

/** Watches the connections that it is told to follow, from their first byte on. */
export class FrameWatch {
  readonly #onFrame: FrameListener;
  readonly #maxPayloadBytes: number;
  readonly #early = new WeakMap<Connection, WatchedFrame[]>();
  readonly #followed = new WeakSet<Connection>();
  readonly #readers = new WeakMap<Connection, Readonly<Record<Direction, FrameReader>>>();

  /** @param maxPayloadBytes how much of each payload is kept */
  constructor(maxPayloadBytes: number, onFrame: FrameListener) {
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#onFrame = onFrame;
  }

  /** Begins to watch; before the connection is dialled, or its first frames are missed. */
  start(): void {
    subscribe("ws:connection:open", this.#opened);
    subscribe("ws:transport:received", this.#received);
    subscribe("ws:transport:sent", this.#sent);
  }

  stop(): void {
    unsubscribe("ws:connection:open", this.#opened);
    unsubscribe("ws:transport:received", this.#received);
    unsubscribe("ws:transport:sent", this.#sent);
  }

  /** Tells of this connection's frames, those that have passed already first. */
  follow(connection: Connection): void {
    this.#followed.add(connection);
    for (const frame of this.#early.get(connection) ?? []) this.#onFrame(frame, connection);
    this.#early.delete(connection);
  }

  readonly #opened = (message: unknown): void => {
    const { connection, role } = message as Told & { readonly role: "client" | "server" };
    if (role !== "client") return;
    const early: WatchedFrame[] = [];
    this.#early.set(connection, early);
    const onFrame = (frame: WatchedFrame): void => {
      if (this.#followed.has(connection)) this.#onFrame(frame, connection);
      else if (early.length < MAX_EARLY_FRAMES) early.push(frame);
    };
    const reservedBits = connection.extensions.includes("permessage-deflate") ? RSV1 : 0;
    const reader = (direction: Direction): FrameReader =>
      new FrameReader(direction, reservedBits, this.#maxPayloadBytes, onFrame);
    this.#readers.set(connection, { received: reader("received"), sent: reader("sent") });
  };

  readonly #received = (message: unknown): void => this.#push("received", message);
  readonly #sent = (message: unknown): void => this.#push("sent", message);

  #push(direction: Direction, message: unknown): void {
    const { connection, chunk } = message as Told & { readonly chunk: Uint8Array };
    this.#readers.get(connection)?.[direction].push(chunk);
  }
}

/** One direction of one connection. */
class FrameReader {
  readonly #direction: Direction;
  readonly #maxPayloadBytes: number;
  readonly #onFrame: (frame: WatchedFrame) => void;
  readonly #decoder: FrameDecoder;
  #parts: Uint8Array[] = [];
  #kept = 0;
  #isBroken = false;

  constructor(
    direction: Direction,
    reservedBits: number,
    maxPayloadBytes: number,
    onFrame: (frame: WatchedFrame) => void,
  ) {
    this.#direction = direction;
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#onFrame = onFrame;
    // In parts, so that a large frame is never held whole for the sake of its beginning.
    this.#decoder = new FrameDecoder({
      role: direction === "received" ? "client" : "server",
      partial: true,
      maxPayloadBytes: Number.MAX_SAFE_INTEGER,
      reservedBits,
    });
  }

  push(chunk: Uint8Array): void {
    if (this.#isBroken) return;
    // A copy: the decoder unmasks in place, and these bytes have yet to leave. `slice` of a Buffer would be none.
    this.#decoder.push(new Uint8Array(chunk));
    try {
      for (let part = this.#decoder.next(); part !== undefined; part = this.#decoder.next()) this.#add(part);
    } catch {
      // The connection says what the peer did wrong, in the result of its close.
      this.#isBroken = true;
    }
  }

  #add(part: Frame): void {
    const wanted = Math.min(part.payload.length, this.#maxPayloadBytes - this.#kept);
    if (wanted > 0) this.#parts.push(part.payload.subarray(0, wanted));
    this.#kept += wanted;
    if (!isLastPart(part)) return;
    const payload = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#kept = 0;
    this.#onFrame(toWatched(part, this.#direction, payload));
  }
}

function toWatched(last: Frame, direction: Direction, payload: Uint8Array): WatchedFrame {
  const { fin, rsv, opcode, masked, maskKey, payloadLength } = last;
  const lengthBits = payloadLength <= 125 ? 7 : payloadLength <= 0xffff ? 16 : 64;
  const extended = lengthBits === 7 ? 0 : lengthBits / 8;
  return {
    direction,
    time: Date.now(),
    fin,
    rsv,
    opcode,
    isMasked: masked,
    maskKey: maskKey >>> 0,
    lengthBits,
    headerBytes: 2 + extended + (masked ? 4 : 0),
    payloadLength,
    payload,
  };
}
