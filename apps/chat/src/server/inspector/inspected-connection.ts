// One connection that can be looked at: what is known of it from its handshake, and its bytes cut into frames for as long as
// somebody looks. Knows no viewer.
import type { Connection } from "@ws/connection";
import type { ConnectionSample, Direction, HandshakeRecord } from "../../shared/inspector.ts";
import { FrameCutter, type FramePiece } from "../../shared/inspector-wire.ts";

export interface ConnectionOrigin {
  readonly path: string;
  readonly remoteAddress: string | undefined;
  readonly handshake: HandshakeRecord;
  /** Whose it is, where anybody's. */
  readonly session: string | undefined;
}

export class InspectedConnection {
  readonly id: number;
  readonly connection: Connection;
  readonly origin: ConnectionOrigin;
  readonly openedAt: number;
  readonly #cutters: Record<Direction, FrameCutter | undefined> = { received: undefined, sent: undefined };

  constructor(id: number, connection: Connection, origin: ConnectionOrigin, openedAt: number) {
    this.id = id;
    this.connection = connection;
    this.origin = origin;
    this.openedAt = openedAt;
  }

  /** Whether nothing has passed yet. */
  get isUntouched(): boolean {
    const { bytesReceived, bytesSent } = this.connection.getStats();
    return bytesReceived + bytesSent === 0;
  }

  /**
   * Cuts bytes that pass. Until a chunk comes that is known to begin a frame, the end of a frame passes whose beginning
   * nobody saw.
   */
  cut(
    direction: Direction,
    chunk: Uint8Array,
    isFrameStart: boolean,
    onPiece: (piece: FramePiece) => void,
  ): void {
    if (isFrameStart && this.#cutters[direction] === undefined) this.#cutters[direction] = new FrameCutter();
    this.#cutters[direction]?.push(chunk, onPiece);
  }

  /** What has come of a header that did not come whole. */
  unfinishedHead(direction: Direction): Uint8Array | undefined {
    return this.#cutters[direction]?.unfinishedHead;
  }

  /** Nobody looks any more: what passes now is not seen, so where frames begin has to be learnt again. */
  forget(): void {
    this.#cutters.received = undefined;
    this.#cutters.sent = undefined;
  }

  sample(): ConnectionSample {
    const stats = this.connection.getStats();
    const { bufferedBytes, isStalled, roundTripMs } = stats;
    return {
      bytes: { received: stats.bytesReceived, sent: stats.bytesSent },
      messages: { received: stats.messagesReceived, sent: stats.messagesSent },
      frames: { received: sum(stats.framesReceived), sent: sum(stats.framesSent) },
      bufferedBytes,
      isStalled,
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }
}

function sum(counts: object): number {
  return Object.values(counts).reduce((total: number, count: number) => total + count, 0);
}
