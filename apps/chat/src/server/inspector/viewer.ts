// One who looks: what of everything they are told, and how much. Owns their rate, what waits for them, and which frames they
// have been told in part, so that a frame is told from its beginning or not at all. Knows nothing of where it comes from.
import { type Connection, TokenBucket } from "@ws/connection";
import { MAX_HEADER_BYTES } from "@ws/frame";
import type { ConnectionEnd, Direction, InspectorScope, RefusedHandshake } from "../../shared/inspector.ts";
import { encodeRecord, FeedFlag, type FeedRecord } from "../../shared/inspector-feed.ts";
import type { FramePiece } from "../../shared/inspector-wire.ts";
import { now } from "./clock.ts";
import type { InspectedConnection } from "./inspected-connection.ts";
import { redactedHandshake, redactedPayload } from "./redact.ts";

export interface ViewerLimits {
  /** Frames told a second; those beyond are counted. */
  readonly maxFramesPerSecond: number;
  /** Bytes of frames told a second. */
  readonly maxBytesPerSecond: number;
  /** How much of one frame is told. */
  readonly maxFrameBytes: number;
  /** How much may wait for a viewer that does not keep up. */
  readonly maxBufferedBytes: number;
  /** How many connections are told at the same time. */
  readonly maxConnections: number;
}

export interface Audience {
  readonly scope: InspectorScope;
  readonly session: string | undefined;
}

/** So much leaves at once, without waiting for the next flush. */
const BATCH_BYTES = 64 * 1024;

interface Told {
  readonly isRedacted: boolean;
  /** Whether the frame that passes is being told. */
  readonly isTelling: Record<Direction, boolean>;
  readonly leftOut: Record<Direction, { frames: number; bytes: number }>;
  lastSample: string;
}

export class Viewer {
  readonly #feed: Connection;
  readonly #audience: Audience;
  readonly #limits: ViewerLimits;
  readonly #told = new Map<InspectedConnection, Told>();
  readonly #frames: TokenBucket;
  readonly #bytes: TokenBucket;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;

  constructor(feed: Connection, audience: Audience, limits: ViewerLimits) {
    const { maxFramesPerSecond, maxBytesPerSecond } = limits;
    this.#feed = feed;
    this.#audience = audience;
    this.#limits = limits;
    this.#frames = new TokenBucket(maxFramesPerSecond, maxFramesPerSecond);
    const { maxFrameBytes } = limits;
    const largest = maxFrameBytes + MAX_HEADER_BYTES;
    this.#bytes = new TokenBucket(Math.max(maxBytesPerSecond, largest), maxBytesPerSecond);
    this.#tell({
      ...{ kind: "hello", connection: 0, time: now() },
      body: { scope: audience.scope, maxFramesPerSecond, maxFrameBytes },
    });
  }

  /** @param isFromStart whether nothing of it has passed that this viewer was not told */
  opened(inspected: InspectedConnection, isFromStart: boolean): void {
    const isOwn = this.#isOwn(inspected.origin.session);
    if (!isOwn && this.#audience.scope === "own") return;
    if (this.#told.size >= this.#limits.maxConnections || !this.#hasRoom()) return;
    this.#told.set(inspected, {
      isRedacted: !isOwn,
      isTelling: { received: false, sent: false },
      leftOut: { received: { frames: 0, bytes: 0 }, sent: { frames: 0, bytes: 0 } },
      lastSample: "",
    });
    const { path, remoteAddress, handshake } = inspected.origin;
    const { protocol, extensions } = inspected.connection;
    this.#tell({
      ...{ kind: "opened", connection: inspected.id, time: now() },
      body: {
        ...{ protocol, extensions, path },
        ...(remoteAddress !== undefined && { remoteAddress }),
        ...{ openedAt: inspected.openedAt, isFromStart, isRedacted: !isOwn },
        handshake: isOwn ? handshake : redactedHandshake(handshake),
      },
    });
  }

  refused(refused: RefusedHandshake, session: string | undefined): void {
    const isOwn = this.#isOwn(session);
    if ((!isOwn && this.#audience.scope === "own") || !this.#hasRoom() || this.#frames.take() > 0) return;
    const { handshake } = refused;
    const body = isOwn ? refused : { ...refused, handshake: redactedHandshake(handshake) };
    this.#tell({ kind: "refused", connection: 0, time: now(), body });
  }

  piece(inspected: InspectedConnection, direction: Direction, time: number, piece: FramePiece): void {
    const told = this.#told.get(inspected);
    if (told === undefined) return;
    const { head, payload, payloadOffset, isLast } = piece;
    const { isTelling } = told;
    if (head !== undefined) isTelling[direction] = this.#begins(inspected, told, direction, piece);
    if (!isTelling[direction]) {
      told.leftOut[direction].bytes += payload.length + (head?.length ?? 0);
      return;
    }
    const room = this.#limits.maxFrameBytes - payloadOffset;
    const isCut = payload.length > room || (!isLast && !this.#hasRoom());
    const shown = payload.length > room ? payload.subarray(0, Math.max(0, room)) : payload;
    const bytes = told.isRedacted ? redactedPayload({ ...piece, payload: shown }) : shown;
    if (isCut) isTelling[direction] = false;
    this.#tell({
      ...{ kind: "bytes", connection: inspected.id, time },
      flags:
        (direction === "sent" ? FeedFlag.sent : 0) |
        (head === undefined ? 0 : FeedFlag.frameStart) |
        (isCut ? FeedFlag.cut : 0) |
        (told.isRedacted ? FeedFlag.redacted : 0),
      bytes: head === undefined ? bytes : joined(head, bytes),
    });
  }

  queue(inspected: InspectedConnection, event: (FeedRecord & { kind: "queue" })["body"]["event"]): void {
    if (!this.#told.has(inspected) || !this.#hasRoom() || this.#frames.take() > 0) return;
    const { bufferedAmount } = inspected.connection;
    this.#tell({
      ...{ kind: "queue", connection: inspected.id, time: now() },
      body: { event, bufferedBytes: bufferedAmount },
    });
  }

  limit(inspected: InspectedConnection, limit: string, message: string | undefined): void {
    if (!this.#told.has(inspected) || !this.#hasRoom() || this.#frames.take() > 0) return;
    const body = { limit, ...(message !== undefined && { message }) };
    this.#tell({ kind: "limit", connection: inspected.id, time: now(), body });
  }

  closed(inspected: InspectedConnection, end: ConnectionEnd): void {
    const told = this.#told.get(inspected);
    if (told === undefined) return;
    this.#told.delete(inspected);
    for (const direction of ["received", "sent"] as const) {
      this.#tellLeftOut(inspected, told, direction);
      this.#tellUnfinishedHead(inspected, told, direction);
    }
    this.#sample(inspected, told);
    // What the peer gave as its reason is the peer's.
    const body = told.isRedacted && end.reason !== "" ? { ...end, reason: "•••" } : end;
    this.#tell({ kind: "closed", connection: inspected.id, time: now(), body });
  }

  /** Tells what is counted. To be called now and then. */
  sample(): void {
    for (const [inspected, told] of this.#told) {
      if (!this.#hasRoom()) return;
      this.#sample(inspected, told);
    }
  }

  /** Sends what waits. To be called often. */
  flush(): void {
    for (const [inspected, told] of this.#told) {
      if (!this.#hasRoom()) break;
      this.#tellLeftOut(inspected, told, "received");
      this.#tellLeftOut(inspected, told, "sent");
    }
    if (this.#batchBytes > 0) this.#send();
  }

  #isOwn(session: string | undefined): boolean {
    return session !== undefined && session === this.#audience.session;
  }

  #hasRoom(): boolean {
    return this.#batchBytes + this.#feed.bufferedAmount < this.#limits.maxBufferedBytes;
  }

  /** Whether a frame that begins is told. */
  #begins(inspected: InspectedConnection, told: Told, direction: Direction, { header }: FramePiece): boolean {
    const size = header.size + Math.min(header.payloadLength, this.#limits.maxFrameBytes);
    const isTold = this.#hasRoom() && this.#frames.take() === 0 && this.#bytes.take(size) === 0;
    if (isTold) this.#tellLeftOut(inspected, told, direction);
    else told.leftOut[direction].frames++;
    return isTold;
  }

  #tellLeftOut({ id }: InspectedConnection, told: Told, direction: Direction): void {
    const { frames, bytes } = told.leftOut[direction];
    if (frames === 0 && bytes === 0) return;
    told.leftOut[direction] = { frames: 0, bytes: 0 };
    this.#tell({ kind: "leftOut", connection: id, time: now(), body: { direction, frames, bytes } });
  }

  /** A connection that ended amid a header: those bytes passed too. */
  #tellUnfinishedHead(inspected: InspectedConnection, told: Told, direction: Direction): void {
    const bytes = inspected.unfinishedHead(direction);
    if (bytes === undefined || bytes.length === 0 || !this.#hasRoom()) return;
    const flags =
      (direction === "sent" ? FeedFlag.sent : 0) |
      (FeedFlag.frameStart | FeedFlag.cut) |
      (told.isRedacted ? FeedFlag.redacted : 0);
    this.#tell({ kind: "bytes", connection: inspected.id, time: now(), flags, bytes });
  }

  #sample(inspected: InspectedConnection, told: Told): void {
    const body = inspected.sample();
    const text = JSON.stringify(body);
    if (text === told.lastSample) return;
    told.lastSample = text;
    this.#tell({ kind: "sample", connection: inspected.id, time: now(), body });
  }

  #tell(record: FeedRecord): void {
    const encoded = encodeRecord(record);
    this.#batch.push(encoded);
    this.#batchBytes += encoded.length;
    if (this.#batchBytes >= BATCH_BYTES) this.#send();
  }

  #send(): void {
    const batch = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    this.#feed.send(batch);
  }
}

function joined(head: Uint8Array, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}
