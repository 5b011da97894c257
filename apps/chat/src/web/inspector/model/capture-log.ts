// What the page has of all connections: the records of the feed, decoded, up to a bound of frames and bytes; the oldest are
// forgotten first. Pure: knows no socket and no view. Whoever shows it looks at `version`.
import { decodeClosePayload, Opcode, RSV1 } from "@ws/frame";
import type {
  Capture,
  CapturedConnection,
  CapturedFrame,
  CapturedMessage,
  ConnectionFacts,
  Direction,
  RefusedHandshake,
  StateChange,
} from "../../../shared/inspector.ts";
import { FeedFlag, type FeedHello, type FeedRecord } from "../../../shared/inspector-feed.ts";
import { FrameHistory, type HistoryLimits } from "./frame-history.ts";
import { FrameReader, type GrowingFrame } from "./frame-reader.ts";
import { MessageReader } from "./message-reader.ts";
import { Traffic } from "./traffic.ts";

export interface CaptureLimits extends HistoryLimits {
  readonly maxMessageBytes: number;
  /** Connections that have ended are forgotten beyond so many, with the oldest first. */
  readonly maxConnections: number;
}

export const DEFAULT_CAPTURE_LIMITS: CaptureLimits = {
  maxFrames: 20_000,
  maxBytes: 32 * 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  maxConnections: 200,
};
const MAX_NOTES = 500;

/** Something that happened on a connection, besides its frames. */
export interface Note {
  readonly time: number;
  readonly connection: number;
  readonly text: string;
}

type Following = { -readonly [Key in keyof CapturedConnection]: CapturedConnection[Key] } & {
  states: StateChange[];
};

interface Readers {
  readonly frames: FrameReader;
  readonly messages: MessageReader;
}

const EMPTY = new Uint8Array(0);

export class CaptureLog {
  readonly #limits: CaptureLimits;
  readonly connections: Map<number, CapturedConnection> = new Map();
  readonly refused: { readonly time: number; readonly refused: RefusedHandshake }[] = [];
  readonly notes: Note[] = [];
  traffic: Traffic = new Traffic();
  hello: FeedHello | undefined;
  /** Counts changes. */
  version = 0;
  readonly #history: FrameHistory;
  #leftOut = { frames: 0, bytes: 0 };
  readonly #readers = new Map<string, Readers>();
  /** Added to the numbers of the feed, so that those of an earlier feed stay apart. */
  #base = 0;
  #lastConnection = 0;

  constructor(limits: CaptureLimits = DEFAULT_CAPTURE_LIMITS) {
    this.#limits = limits;
    this.#history = new FrameHistory(limits);
  }

  /** Oldest first, and none missing between its first and its last. */
  get frames(): readonly CapturedFrame[] {
    return this.#history.frames;
  }

  get messages(): ReadonlyMap<number, CapturedMessage> {
    return this.#history.messages;
  }

  /** How much of them is kept. */
  get bytes(): number {
    return this.#history.bytes;
  }

  /** What was kept, and is not any more. */
  get forgotten(): { readonly frames: number; readonly bytes: number } {
    return this.#history.forgotten;
  }

  get limits(): CaptureLimits {
    return this.#limits;
  }

  /** Frames and bytes that passed and are not here. */
  get leftOut(): { readonly frames: number; readonly bytes: number } {
    return {
      frames: this.#leftOut.frames + this.forgotten.frames,
      bytes: this.#leftOut.bytes + this.forgotten.bytes,
    };
  }

  add(record: FeedRecord): void {
    this.version++;
    const { time } = record;
    const connection = record.connection + this.#base;
    if (record.kind === "hello") this.#newFeed(record.body);
    else if (record.kind === "opened") this.#opened(connection, record.body);
    else if (record.kind === "refused") this.#refused(time, record.body);
    else this.#happened({ ...record, connection });
  }

  /** The feed is gone: what was being read will not go on, and how connections end will not be heard. */
  feedEnded(time: number): void {
    this.version++;
    for (const { frames } of this.#readers.values()) frames.end();
    this.#readers.clear();
    for (const connection of this.connections.values()) {
      if (connection.end === undefined) this.#note(time, connection.id, "The feed has ended");
    }
  }

  /** The frame with this number, unless it was forgotten. */
  frame(number: number): CapturedFrame | undefined {
    return this.#history.frame(number);
  }

  /** Forgets frames, messages and counts; connections that are open stay. */
  clear(): void {
    this.version++;
    this.#history.clear();
    this.#leftOut = { frames: 0, bytes: 0 };
    this.traffic = new Traffic();
    this.notes.length = 0;
    this.refused.length = 0;
    for (const [id, { end }] of this.connections) if (end !== undefined) this.connections.delete(id);
  }

  /** All of it, to be exported. */
  capture(): Capture {
    return {
      connections: [...this.connections.values()],
      frames: [...this.frames],
      messages: [...this.messages.values()],
      leftOut: this.leftOut,
    };
  }

  #newFeed(hello: FeedHello): void {
    // Each feed numbers connections anew, and a server that was started again does.
    this.#base = this.#lastConnection;
    this.hello = hello;
  }

  #opened(id: number, facts: ConnectionFacts): void {
    const { status } = facts.handshake.response;
    const { method } = facts.handshake.request;
    const opening = { time: facts.openedAt, state: "connecting", cause: `${method} ${facts.path}` } as const;
    const open = { time: facts.openedAt, state: "open", cause: `Answered with ${status}` } as const;
    const connection: Following = { ...facts, id, states: [opening, open] };
    this.connections.set(id, connection);
    this.#lastConnection = Math.max(this.#lastConnection, id);
    for (const direction of ["received", "sent"] as const) {
      this.#readers.set(`${id} ${direction}`, this.#newReaders(connection, direction));
    }
    this.#forgetConnections();
  }

  #refused(time: number, refused: RefusedHandshake): void {
    this.refused.push({ time, refused });
    if (this.refused.length > MAX_NOTES) this.refused.splice(0, MAX_NOTES / 10);
  }

  #happened(record: Exclude<FeedRecord, { kind: "hello" | "opened" | "refused" }>): void {
    const { connection: id, time } = record;
    switch (record.kind) {
      case "bytes": {
        const direction = (record.flags & FeedFlag.sent) === 0 ? "received" : "sent";
        this.#readers.get(`${id} ${direction}`)?.frames.push(time, record.flags, record.bytes);
        return;
      }
      case "leftOut": {
        const { direction, frames, bytes } = record.body;
        this.#readers.get(`${id} ${direction}`)?.messages.skip();
        this.#leftOut = { frames: this.#leftOut.frames + frames, bytes: this.#leftOut.bytes + bytes };
        this.traffic.leftOut(time, direction, frames, bytes);
        const arrow = direction === "received" ? "from" : "to";
        if (frames > 0)
          this.#note(time, id, `${frames} frames ${arrow} the client left out: too many a second`);
        return;
      }
      case "sample":
        return this.traffic.sample(id, time, record.body);
      case "queue":
        this.traffic.buffered(id, time, record.body.bufferedBytes);
        return this.#note(time, id, QUEUE_TEXTS[record.body.event]);
      case "limit":
        return this.#note(time, id, `${record.body.limit} exceeded: ${record.body.message ?? ""}`);
      case "closed":
        return this.#closed(record);
    }
  }

  #closed({ connection: id, time, body: end }: FeedRecord & { kind: "closed" }): void {
    this.traffic.closed(id);
    for (const direction of ["received", "sent"] as const) {
      this.#readers.get(`${id} ${direction}`)?.frames.end();
      this.#readers.delete(`${id} ${direction}`);
    }
    const connection = this.connections.get(id) as Following | undefined;
    if (connection === undefined) return;
    connection.end = end;
    // What has no close code was no frame's fault, but the transport's or a deadline's.
    if (end.error?.closeCode !== undefined) this.#blame(id, end.error);
    const cause = end.error?.message ?? (end.wasClean ? "Both close frames, then TCP ended" : "TCP ended");
    this.#enter(connection, { time, state: "closed", cause });
  }

  /** The last frame of the client before the server gave up is what it gave up on, where no header said so already. */
  #blame(id: number, error: { readonly code: string; readonly message: string }): void {
    const last = this.frames.findLast((frame) => frame.connection === id && frame.direction === "received");
    if (last !== undefined && last.error === undefined) (last as GrowingFrame).error = error;
  }

  #newReaders(connection: Following, direction: Direction): Readers {
    const { id, extensions, isFromStart } = connection;
    const isCompressed = extensions.includes("permessage-deflate");
    const side = direction === "received" ? "client" : "server";
    const messages = new MessageReader({
      connection: id,
      direction,
      maxMessageBytes: this.#limits.maxMessageBytes,
      keepsContext: !extensions.includes(`${side}_no_context_takeover`),
      onBegin: (message) => this.#history.beginMessage(message),
      onEnd: (message) => {
        this.#history.endMessage(message);
        this.traffic.message(message);
      },
    });
    if (!isFromStart) messages.skip();
    const frames = new FrameReader(id, direction, isCompressed ? RSV1 : 0, {
      onBegin: (frame) => {
        this.#history.beginFrame(frame);
        messages.begin(frame);
      },
      onEnd: (frame) => {
        this.#history.endFrame(frame);
        this.traffic.frame(frame);
        messages.end(frame);
        if (frame.opcode === Opcode.close) this.#closeFrame(connection, frame);
        this.#history.trim();
      },
    });
    return { frames, messages };
  }

  #closeFrame(connection: Following, { time, direction, payload }: CapturedFrame): void {
    const who = direction === "received" ? "Client" : "Server";
    const cause = `${who} sent a close frame: ${describeClose(payload)}`;
    this.#enter(connection, { time, state: "closing", cause });
  }

  #enter(connection: Following, change: StateChange): void {
    connection.states = [...connection.states, change];
  }

  #note(time: number, connection: number, text: string): void {
    this.notes.push({ time, connection, text });
    if (this.notes.length > MAX_NOTES) this.notes.splice(0, MAX_NOTES / 10);
  }

  #forgetConnections(): void {
    let surplus = this.connections.size - this.#limits.maxConnections;
    for (const [id, { end }] of this.connections) {
      if (surplus <= 0) return;
      if (end === undefined) continue;
      this.connections.delete(id);
      surplus--;
    }
  }
}

const QUEUE_TEXTS = {
  stalled: "The application takes no messages: the transport is not read any more",
  resumed: "The transport is read again",
  "backed-up": "The client does not keep up: what is sent waits",
  drained: "What waited has left",
} as const;

/** A close frame's payload in words. */
export function describeClose(payload: Uint8Array = EMPTY): string {
  try {
    const { code, reason } = decodeClosePayload(payload);
    if (payload.length === 0) return "no code";
    return reason === "" ? String(code) : `${code} “${reason.replaceAll("\0", "•")}”`;
  } catch {
    return "malformed";
  }
}
