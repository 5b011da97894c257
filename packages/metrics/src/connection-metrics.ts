// The numbers of all connections of this process, for whatever system they go to. Hears of connections through
// node:diagnostics_channel, a few events in the life of each; what passes through them it does not watch but reads, from
// their own counts, when somebody wants to know. So messages cost nothing, and a reading costs a look at each connection.
import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { CloseResult, Connection } from "@ws/connection";
import { codeLabel, statusLabel } from "./bounded-labels.ts";
import type { DurationName, Labels, NumberName, Sample } from "./metric.ts";
import { Tally } from "./tally.ts";
import { Traffic } from "./traffic.ts";

/** Told of each time that is measured, in seconds. */
export type OnDuration = (name: DurationName, seconds: number, labels: Labels) => void;

type Role = "server" | "client";

/** A connection that is open. */
interface Open {
  readonly role: Role;
  readonly since: number;
  /** The round trip that was told last. */
  roundTripMs: number | undefined;
}

/** What was counted in one role. */
class Counts {
  opened = 0;
  accepted = 0;
  readonly closed = new Tally();
  readonly rejected = new Tally();
  readonly exceeded = new Tally();
  /** Of the connections that have ended. */
  readonly traffic = new Traffic();
}

/**
 * Counts from its construction on: connections that were open by then are not known, so construct it before the server.
 *
 * @example
 * ```ts
 * const metrics = new ConnectionMetrics((name, seconds) => statsd.timing(name, seconds * 1000));
 * setInterval(() => statsd.gauge("open", metrics.read()["connections.open"][0]?.value ?? 0), 10_000);
 * ```
 */
export class ConnectionMetrics {
  readonly #onDuration: OnDuration;
  readonly #open = new Map<Connection, Open>();
  readonly #roles = new Map<Role, Counts>();
  readonly #listeners: readonly [channel: string, listener: ChannelListener][];

  constructor(onDuration: OnDuration = () => {}) {
    this.#onDuration = onDuration;
    this.#listeners = [
      ["ws:connection:open", (event) => this.#opened(event as { connection: Connection; role: Role })],
      [
        "ws:connection:close",
        (event) => this.#closed(event as { connection: Connection; result: CloseResult }),
      ],
      ["ws:handshake:accepted", (event) => void this.#of((event as { role: Role }).role).accepted++],
      ["ws:handshake:rejected", (event) => this.#rejected(event as { role: Role })],
      ["ws:limit:exceeded", (event) => this.#exceeded(event as { connection: Connection; limit: string })],
    ];
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  /** The numbers as they are now, of each role that was seen so far; tells of the round trips since the last time. */
  read(): Readonly<Record<NumberName, readonly Sample[]>> {
    const samples: Record<NumberName, Sample[]> = {
      "connections.open": [],
      "connections.opened": [],
      "connections.closed": [],
      "connections.stalled": [],
      "connections.backed_up": [],
      "handshakes.accepted": [],
      "handshakes.rejected": [],
      messages: [],
      frames: [],
      io: [],
      buffered: [],
      "limits.exceeded": [],
    };
    for (const [role, counts] of this.#roles) {
      const now = this.#readOpen(role, counts.traffic.copy());
      const { io, messages, frames } = now.traffic.samples(role);
      const labels = { role };
      samples["connections.open"].push({ labels, value: now.open });
      samples["connections.opened"].push({ labels, value: counts.opened });
      samples["connections.closed"].push(...counts.closed.samples(role, "code"));
      samples["connections.stalled"].push({ labels, value: now.stalled });
      samples["connections.backed_up"].push({ labels, value: now.backedUp });
      samples["handshakes.accepted"].push({ labels, value: counts.accepted });
      samples["handshakes.rejected"].push(...counts.rejected.samples(role, "status"));
      samples.messages.push(...messages);
      samples.frames.push(...frames);
      samples.io.push(...io);
      samples.buffered.push({ labels, value: now.bufferedBytes });
      samples["limits.exceeded"].push(...counts.exceeded.samples(role, "limit"));
    }
    return samples;
  }

  /** Hears of nothing any more, and forgets the connections; what has passed through them stays counted. */
  stop(): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
    for (const [connection, { role }] of this.#open) this.#of(role).traffic.add(connection.getStats());
    this.#open.clear();
  }

  #readOpen(
    role: Role,
    traffic: Traffic,
  ): { traffic: Traffic; open: number; stalled: number; backedUp: number; bufferedBytes: number } {
    const now = { traffic, open: 0, stalled: 0, backedUp: 0, bufferedBytes: 0 };
    for (const [connection, entry] of this.#open) {
      if (entry.role !== role) continue;
      const stats = connection.getStats();
      traffic.add(stats);
      this.#tellRoundTrip(entry, stats.roundTripMs);
      now.open++;
      if (stats.isStalled) now.stalled++;
      if (stats.bufferedBytes > connection.limits.highWaterMarkBytes) now.backedUp++;
      now.bufferedBytes += stats.bufferedBytes;
    }
    return now;
  }

  /** The last one only is known, and it may be known already: no two are the same to the nanosecond. */
  #tellRoundTrip(entry: Open, roundTripMs: number | undefined): void {
    if (roundTripMs === undefined || roundTripMs === entry.roundTripMs) return;
    entry.roundTripMs = roundTripMs;
    this.#onDuration("round_trip.duration", roundTripMs / 1000, { role: entry.role });
  }

  #opened({ connection, role }: { connection: Connection; role: Role }): void {
    this.#of(role).opened++;
    this.#open.set(connection, { role, since: performance.now(), roundTripMs: undefined });
  }

  #closed({ connection, result }: { connection: Connection; result: CloseResult }): void {
    const entry = this.#open.get(connection);
    if (entry === undefined) return;
    this.#open.delete(connection);
    const { role, since } = entry;
    const counts = this.#of(role);
    const stats = connection.getStats();
    counts.closed.add(codeLabel(result.code));
    counts.traffic.add(stats);
    this.#tellRoundTrip(entry, stats.roundTripMs);
    this.#onDuration("connection.duration", (performance.now() - since) / 1000, { role });
  }

  #rejected({ role, ...event }: { role: Role; status?: number; error?: unknown }): void {
    // A server says which status it sent; a client has an error, with the answer if there was one.
    const { response } = (event.error ?? {}) as { response?: { status?: number } };
    this.#of(role).rejected.add(statusLabel(event.status ?? response?.status));
  }

  #exceeded({ connection, limit }: { connection: Connection; limit: string }): void {
    const entry = this.#open.get(connection);
    if (entry !== undefined) this.#of(entry.role).exceeded.add(limit);
  }

  #of(role: Role): Counts {
    let counts = this.#roles.get(role);
    if (counts === undefined) this.#roles.set(role, (counts = new Counts()));
    return counts;
  }
}
