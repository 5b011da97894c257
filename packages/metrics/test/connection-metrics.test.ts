import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { ConnectionMetrics, METRICS, type NumberName } from "@ws/metrics";
import { describe, expect, it, onTestFinished } from "vitest";
import { close, next, startPeers } from "./traffic.ts";

const CHANNELS = [
  "ws:connection:open",
  "ws:connection:close",
  "ws:handshake:accepted",
  "ws:handshake:rejected",
  "ws:limit:exceeded",
];

function start(): ConnectionMetrics {
  const metrics = new ConnectionMetrics();
  onTestFinished(() => metrics.stop());
  return metrics;
}

/** The numbers of a metric, by their labels. */
function numbers(metrics: ConnectionMetrics, name: NumberName): Record<string, number> {
  const entries = metrics.read()[name].map(({ labels, value }) => [Object.values(labels).join(" "), value]);
  return Object.fromEntries(entries) as Record<string, number>;
}

describe("ConnectionMetrics", () => {
  it("counts connections by role, and how they ended by code", async () => {
    const metrics = start();
    const peers = await startPeers();
    const [first, second, third] = [await peers.open(), await peers.open(), await peers.open()];
    expect(numbers(metrics, "connections.open")).toEqual({ server: 3, client: 3 });
    await close(first);
    await close(second, 4321);
    third.client.terminate();
    await Promise.all([third.client.closed, third.server.closed]);
    expect(numbers(metrics, "connections.open")).toEqual({ server: 0, client: 0 });
    expect(numbers(metrics, "connections.opened")).toEqual({ server: 3, client: 3 });
    const codes = (role: string): Record<string, number> => ({
      [`${role} 1000`]: 1,
      [`${role} 4000-4999`]: 1,
      [`${role} 1006`]: 1,
    });
    expect(numbers(metrics, "connections.closed")).toEqual({ ...codes("server"), ...codes("client") });
  });

  it("counts messages, frames and bytes of connections that are open and of those that were", async () => {
    const metrics = start();
    const peers = await startPeers();
    const pair = await peers.open();
    pair.client.send("hello");
    await once(pair.server, "message");
    const open = { "server received": 1, "server sent": 0, "client received": 0, "client sent": 1 };
    expect(numbers(metrics, "messages")).toEqual(open);
    expect(numbers(metrics, "io")).toEqual({
      "server received": 11,
      "server sent": 0,
      "client received": 0,
      "client sent": 11,
    });
    await close(pair);
    expect(numbers(metrics, "messages")).toEqual(open);
    // A close frame with a code has 8 bytes masked, and 4 unmasked.
    expect(numbers(metrics, "io")).toEqual({
      "server received": 19,
      "server sent": 4,
      "client received": 4,
      "client sent": 19,
    });

    const other = await peers.open();
    other.server.send(Uint8Array.of(1));
    await once(other.client, "message");
    expect(numbers(metrics, "messages")).toEqual({ ...open, "server sent": 1, "client received": 1 });
    expect(numbers(metrics, "frames")).toMatchObject({
      "server received text": 1,
      "server received close": 1,
      "server sent binary": 1,
      "server sent ping": 0,
    });
  });

  it("counts handshakes, and those that were refused by status", async () => {
    const metrics = start();
    const peers = await startPeers();
    await peers.open();
    await expect(peers.open({ origin: "http://elsewhere.example" })).rejects.toThrow("403");
    expect(numbers(metrics, "handshakes.accepted")).toEqual({ server: 1, client: 1 });
    expect(numbers(metrics, "handshakes.rejected")).toEqual({ "server 403": 1, "client 403": 1 });
  });

  it("keeps what peers choose within few values", async () => {
    // Each value of a label is a time series: a server of somebody else's could have made any number of them.
    const metrics = start();
    const rejected = channel("ws:handshake:rejected");
    for (let status = 100; status < 1000; status++) {
      rejected.publish({ role: "client", error: { response: { status } } });
    }
    rejected.publish({ role: "client", error: new Error("no answer") });
    const counts = numbers(metrics, "handshakes.rejected");
    expect(counts).toMatchObject({ "client none": 1, "client 404": 1, "client other": 400 });
    expect(Object.keys(counts).length).toBeLessThan(80);

    const peers = await startPeers();
    for (const code of [3000, 3001, 4000, 4999]) await close(await peers.open(), code);
    expect(numbers(metrics, "connections.closed")).toMatchObject({
      "server 3000-3999": 2,
      "server 4000-4999": 2,
    });
  });

  it("counts limits that were exceeded, by name", async () => {
    const metrics = start();
    const peers = await startPeers();
    const { server, client } = await peers.open();
    server.setLimits({ maxMessageBytes: 10 });
    server.on("message", () => {});
    client.send("more than ten bytes");
    await server.closed;
    expect(numbers(metrics, "limits.exceeded")).toEqual({ "server maxMessageBytes": 1 });
  });

  it("tells how many connections are stalled or backed up, and what waits", async () => {
    const metrics = start();
    const peers = await startPeers();
    const { client } = await peers.open();
    const stalled = next("ws:queue:stalled");
    for (let i = 0; i < 20; i++) client.send("nobody takes this");
    await stalled;
    expect(numbers(metrics, "connections.stalled")).toEqual({ server: 1, client: 0 });
    client.send("x".repeat(100_000));
    expect(numbers(metrics, "connections.backed_up")).toEqual({ server: 0, client: 1 });
    expect(numbers(metrics, "buffered")).toEqual({ server: 0, client: client.bufferedAmount });
    expect(client.bufferedAmount).toBeGreaterThan(100_000);
  });

  it("tells each round trip once, and how long connections were open", async () => {
    const startedAt = performance.now();
    const told: [string, string, number][] = [];
    const metrics = new ConnectionMetrics((name, seconds, { role }) => told.push([name, role!, seconds]));
    onTestFinished(() => metrics.stop());
    const peers = await startPeers();
    const pair = await peers.open();
    for (const payload of ["a", "b"]) {
      pair.server.ping(payload);
      await once(pair.server, "pong");
      metrics.read();
      metrics.read();
    }
    const roundTrip = ["round_trip.duration", "server", expect.any(Number)];
    expect(told).toEqual([roundTrip, roundTrip]);
    await close(pair);
    const passed = performance.now() - startedAt;
    for (const [, , seconds] of told) expect(seconds * 1000).toBeLessThanOrEqual(passed);
    expect(
      told
        .slice(2)
        .map(([name, role]) => `${name} ${role}`)
        .toSorted(),
    ).toEqual(["connection.duration client", "connection.duration server"]);
  });

  it("a round trip behind the last reading is told at the end", async () => {
    const told: string[] = [];
    const metrics = new ConnectionMetrics((name, _seconds, { role }) => told.push(`${role} ${name}`));
    onTestFinished(() => metrics.stop());
    const peers = await startPeers();
    const pair = await peers.open();
    pair.client.ping();
    await once(pair.client, "pong");
    await close(pair);
    expect(told).toContain("client round_trip.duration");
  });

  it("ignores connections that were open before it", async () => {
    const peers = await startPeers();
    const before = await peers.open();
    const metrics = start();
    await close(before);
    expect(numbers(metrics, "connections.open")).toEqual({});
    await peers.open();
    expect(numbers(metrics, "connections.open")).toEqual({ server: 1, client: 1 });
  });

  it("hears of nothing once it is stopped, and nobody listens any more", async () => {
    const metrics = new ConnectionMetrics();
    expect(CHANNELS.every((name) => channel(name).hasSubscribers)).toBe(true);
    const peers = await startPeers();
    await peers.open();
    metrics.stop();
    metrics.stop();
    expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual([]);
    await peers.open();
    expect(numbers(metrics, "connections.opened")).toEqual({ server: 1, client: 1 });
    expect(numbers(metrics, "connections.open")).toEqual({ server: 0, client: 0 });
  });

  it("counts no less once it is stopped", async () => {
    // The messages of connections that were open were taken back, and a counter must not fall.
    const metrics = new ConnectionMetrics();
    onTestFinished(() => metrics.stop());
    const peers = await startPeers();
    const { server, client } = await peers.open();
    client.send("hello");
    await once(server, "message");
    const before = metrics.read();
    metrics.stop();
    metrics.stop();
    const after = metrics.read();
    for (const name of ["messages", "frames", "io"] as const) expect(after[name]).toEqual(before[name]);
  });

  it("watches no message", () => {
    start();
    for (const what of ["frame", "message", "transport"]) {
      for (const way of ["received", "sent"]) {
        expect(channel(`ws:${what}:${way}`).hasSubscribers).toBe(false);
      }
    }
  });
});

it("METRICS › has every number that is read, with the labels it is read with", async () => {
  const metrics = start();
  const peers = await startPeers();
  const pair = await peers.open();
  await close(pair);
  await peers.open({ origin: "http://elsewhere.example" }).catch(() => {});
  channel("ws:limit:exceeded").publish({ connection: pair.server, limit: "gone" });
  const read = metrics.read();
  const names = Object.entries(METRICS).filter(([, { kind }]) => kind !== "histogram");
  expect(Object.keys(read).toSorted()).toEqual(names.map(([name]) => name).toSorted());
  for (const [name, { labels }] of names) {
    for (const sample of read[name as NumberName]) {
      expect(Object.keys(sample.labels)).toEqual(["role", ...labels]);
    }
  }
});
