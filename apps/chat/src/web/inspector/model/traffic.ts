// Counts what passes: by direction and kind since the beginning, and by second for the charts. What the feed left out is
// counted too, as far as it is known. Bounded: the last two minutes of seconds.
import { Opcode } from "@ws/frame";
import type {
  CapturedFrame,
  CapturedMessage,
  ConnectionSample,
  Direction,
} from "../../../shared/inspector.ts";

export const CHART_SECONDS = 120;

/** Kinds of frames, as they are listed. */
export const FRAME_KINDS = ["text", "binary", "continuation", "ping", "pong", "close", "reserved"] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface Count {
  frames: number;
  /** On the wire, headers included. */
  wireBytes: number;
  payloadBytes: number;
}

/** What compressed messages were on the wire, and what they are. */
export interface Compression {
  compressedBytes: number;
  inflatedBytes: number;
}

/** The compressed size in percent of the inflated one; undefined where nothing was compressed. */
export function compressionPercent({ compressedBytes, inflatedBytes }: Compression): number | undefined {
  return inflatedBytes === 0 ? undefined : (compressedBytes / inflatedBytes) * 100;
}

/** Its compression is of messages that could be inflated. */
export interface DirectionTotals extends Count, Compression {
  messages: number;
  readonly byKind: Record<FrameKind, Count>;
  leftOutFrames: number;
  leftOutBytes: number;
}

/** One second. */
export interface Second {
  readonly at: number;
  readonly frames: Record<Direction, number>;
  readonly bytes: Record<Direction, number>;
  /** Of compressed messages that ended in it and could be inflated. */
  readonly compression: Record<Direction, Compression>;
  /** The most that waited, `undefined` where nobody looked. */
  buffered: number | undefined;
  roundTripMs: number | undefined;
}

const KIND_BY_OPCODE = new Map<number, FrameKind>(
  Object.entries(Opcode).map(([name, opcode]) => [opcode, name as FrameKind]),
);

export function kindOf(opcode: number): FrameKind {
  return KIND_BY_OPCODE.get(opcode) ?? "reserved";
}

export class Traffic {
  readonly totals: Record<Direction, DirectionTotals> = { received: newTotals(), sent: newTotals() };
  #seconds: Second[] = [];
  /** What waits on each connection at the moment. */
  readonly #buffered = new Map<number, number>();
  /** Pings of ours that were not answered: when, by connection and payload. */
  readonly #pings = new Map<string, number>();

  frame({ direction, opcode, header, payload, payloadLength, time, connection }: CapturedFrame): void {
    const totals = this.totals[direction];
    for (const count of [totals, totals.byKind[kindOf(opcode)]]) {
      count.frames++;
      count.wireBytes += header.length + payloadLength;
      count.payloadBytes += payloadLength;
    }
    const second = this.#second(time);
    if (second !== undefined) {
      second.frames[direction]++;
      second.bytes[direction] += header.length + payloadLength;
    }
    if (opcode === Opcode.ping && direction === "sent") this.#noteControl(connection, payload, time);
    if (opcode === Opcode.pong && direction === "received") this.#answer(connection, payload, time);
  }

  message({ direction, isCompressed, isComplete, wireBytes, data, endTime }: CapturedMessage): void {
    if (!isComplete) return;
    const totals = this.totals[direction];
    totals.messages++;
    if (!isCompressed || data === undefined) return;
    for (const sum of [totals, this.#second(endTime)?.compression[direction]]) {
      if (sum === undefined) continue;
      sum.compressedBytes += wireBytes;
      sum.inflatedBytes += data.length;
    }
  }

  leftOut(time: number, direction: Direction, frames: number, bytes: number): void {
    const totals = this.totals[direction];
    totals.leftOutFrames += frames;
    totals.leftOutBytes += bytes;
    const second = this.#second(time);
    if (second === undefined) return;
    second.frames[direction] += frames;
    second.bytes[direction] += bytes;
  }

  /** What waits on a connection. */
  buffered(connection: number, time: number, bytes: number): void {
    if (bytes === 0) this.#buffered.delete(connection);
    else this.#buffered.set(connection, bytes);
    const second = this.#second(time);
    if (second === undefined) return;
    const now = [...this.#buffered.values()].reduce((sum, each) => sum + each, 0);
    second.buffered = Math.max(second.buffered ?? 0, now);
  }

  sample(connection: number, time: number, { bufferedBytes }: ConnectionSample): void {
    this.buffered(connection, time, bufferedBytes);
  }

  closed(connection: number): void {
    this.#buffered.delete(connection);
    for (const key of this.#pings.keys()) if (key.startsWith(`${connection} `)) this.#pings.delete(key);
  }

  /** The seconds up to now, oldest first, those without traffic included. */
  seconds(now: number): readonly Second[] {
    const last = Math.floor(now / 1000);
    const byTime = new Map(this.#seconds.map((second) => [second.at, second]));
    const waiting = [...this.#buffered.values()].reduce((sum, each) => sum + each, 0);
    return Array.from({ length: CHART_SECONDS }, (_, i) => {
      const at = last - CHART_SECONDS + 1 + i;
      return byTime.get(at) ?? { ...newSecond(at), buffered: at === last ? waiting : undefined };
    });
  }

  /** The second of that time; undefined where it is older than all that are kept. */
  #second(time: number): Second | undefined {
    const at = Math.floor(time / 1000);
    const newest = this.#seconds.at(-1);
    if (newest === undefined || at > newest.at) {
      const second = newSecond(at);
      this.#seconds.push(second);
      if (this.#seconds.length > CHART_SECONDS) this.#seconds = this.#seconds.slice(-CHART_SECONDS);
      return second;
    }
    return this.#seconds.findLast((second) => second.at === at);
  }

  #noteControl(connection: number, payload: Uint8Array, time: number): void {
    if (this.#pings.size >= 1000) this.#pings.clear();
    this.#pings.set(`${connection} ${payload.join(",")}`, time);
  }

  #answer(connection: number, payload: Uint8Array, time: number): void {
    const key = `${connection} ${payload.join(",")}`;
    const sentAt = this.#pings.get(key);
    if (sentAt === undefined) return;
    this.#pings.delete(key);
    const second = this.#second(time);
    if (second !== undefined) second.roundTripMs = Math.max(second.roundTripMs ?? 0, time - sentAt);
  }
}

function newCount(): Count {
  return { frames: 0, wireBytes: 0, payloadBytes: 0 };
}

function newTotals(): DirectionTotals {
  const kinds = FRAME_KINDS.map((kind) => [kind, newCount()] as const);
  return {
    ...newCount(),
    messages: 0,
    byKind: Object.fromEntries(kinds) as Record<FrameKind, Count>,
    ...{ compressedBytes: 0, inflatedBytes: 0, leftOutFrames: 0, leftOutBytes: 0 },
  };
}

function newSecond(at: number): Second {
  return {
    at,
    frames: { received: 0, sent: 0 },
    bytes: { received: 0, sent: 0 },
    compression: {
      received: { compressedBytes: 0, inflatedBytes: 0 },
      sent: { compressedBytes: 0, inflatedBytes: 0 },
    },
    buffered: undefined,
    roundTripMs: undefined,
  };
}
