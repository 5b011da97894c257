import { once } from "node:events";
import { collectPrometheus } from "@ws/metrics/prometheus";
import { Counter, register, Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { close, startPeers } from "./traffic.ts";

describe("collectPrometheus", () => {
  it("a scrape has the numbers of that moment, by the names that Prometheus is used to", async () => {
    const registry = new Registry();
    const { stop } = collectPrometheus({ register: registry });
    onTestFinished(stop);
    const peers = await startPeers();
    const closed = await peers.open();
    const { server, client } = await peers.open();
    client.send("hello");
    await once(server, "message");
    server.ping("p");
    await once(server, "pong");
    await close(closed);
    await expect(peers.open({ origin: "http://elsewhere.example" })).rejects.toThrow("403");

    const text = await registry.metrics();
    for (const line of [
      "# TYPE websocket_connections_open gauge",
      'websocket_connections_open{role="server"} 1',
      'websocket_connections_open{role="client"} 1',
      "# TYPE websocket_connections_opened_total counter",
      'websocket_connections_opened_total{role="server"} 2',
      'websocket_connections_closed_total{role="server",code="1000"} 1',
      'websocket_connections_stalled{role="server"} 0',
      'websocket_connections_backed_up{role="client"} 0',
      'websocket_handshakes_accepted_total{role="server"} 2',
      'websocket_handshakes_rejected_total{role="server",status="403"} 1',
      'websocket_messages_total{role="server",direction="received"} 1',
      'websocket_frames_total{role="client",direction="sent",opcode="text"} 1',
      "# TYPE websocket_io_bytes_total counter",
      // hello, a close and a pong
      'websocket_io_bytes_total{role="server",direction="received"} 26',
      'websocket_buffered_bytes{role="server"} 0',
      "# TYPE websocket_limits_exceeded_total counter",
      "# TYPE websocket_connection_duration_seconds histogram",
      'websocket_connection_duration_seconds_bucket{le="86400",role="server"} 1',
      'websocket_connection_duration_seconds_count{role="server"} 1',
      // Told by the same scrape that it is in.
      'websocket_round_trip_duration_seconds_count{role="server"} 1',
    ]) {
      expect(text.split("\n")).toContain(line);
    }

    await close({ server, client });
    const later = await registry.metrics();
    expect(later).toContain('websocket_connections_open{role="server"} 0');
    expect(later).toContain('websocket_connections_closed_total{role="server",code="1000"} 2');
    expect(later).toContain('websocket_round_trip_duration_seconds_count{role="server"} 1');
  });

  it("a metric that is asked for by itself is up to date", async () => {
    const registry = new Registry();
    const { stop } = collectPrometheus({ register: registry });
    onTestFinished(stop);
    const { server } = await (await startPeers()).open();
    server.ping("p");
    await once(server, "pong");
    const text = await registry.getSingleMetricAsString("websocket_round_trip_duration_seconds");
    expect(text).toContain('websocket_round_trip_duration_seconds_count{role="server"} 1');
  });

  it("goes to prom-client's own registry unless told otherwise, with another prefix when asked", async () => {
    const first = collectPrometheus();
    onTestFinished(first.stop);
    const second = collectPrometheus({ prefix: "other_" });
    onTestFinished(second.stop);
    expect(register.getSingleMetric("websocket_io_bytes_total")).toBeDefined();
    expect(register.getSingleMetric("other_io_bytes_total")).toBeDefined();
    first.stop();
    expect(register.getMetricsAsArray().every(({ name }) => name.startsWith("other_"))).toBe(true);
    // Once is enough: by now the names may be somebody else's.
    const third = collectPrometheus();
    onTestFinished(third.stop);
    first.stop();
    expect(register.getSingleMetric("websocket_io_bytes_total")).toBeDefined();
    third.stop();
    second.stop();
    expect(register.getMetricsAsArray()).toEqual([]);
  });

  it("throws for names that are taken, and leaves nothing behind", () => {
    const registry = new Registry();
    const taken = new Counter({ name: "websocket_messages_total", help: "mine", registers: [registry] });
    expect(() => collectPrometheus({ register: registry })).toThrow("already been registered");
    expect(registry.getMetricsAsArray()).toEqual([taken]);
  });
});
