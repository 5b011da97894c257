import { once } from "node:events";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { METRICS } from "@ws/metrics";
import { collectOpenTelemetry } from "@ws/metrics/opentelemetry";
import { expect, it, onTestFinished } from "vitest";
import { close, startPeers } from "./traffic.ts";

/** Reads when the test wants it. */
class Reader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  /** The points of a metric, by their attributes. */
  async points(name: string): Promise<Record<string, unknown>> {
    const { resourceMetrics } = await this.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const points = metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    return Object.fromEntries(
      points.map(({ attributes, value }) => [
        Object.entries(attributes)
          .map(([key, of]) => `${key}=${String(of)}`)
          .join(" "),
        value,
      ]),
    );
  }
}

it("collectOpenTelemetry › a collection has the numbers of that moment, and no new ones once it is stopped", async () => {
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  onTestFinished(() => provider.shutdown());
  const { stop } = collectOpenTelemetry(provider.getMeter("test"));
  onTestFinished(stop);

  const peers = await startPeers();
  const closed = await peers.open();
  const { server, client } = await peers.open();
  client.send("hello");
  await once(server, "message");
  server.ping("p");
  await once(server, "pong");
  await close(closed, 4000);

  expect(await reader.points("websocket.connections.open")).toEqual({
    "websocket.role=server": 1,
    "websocket.role=client": 1,
  });
  expect(await reader.points("websocket.connections.closed")).toEqual({
    "websocket.role=server websocket.code=4000-4999": 1,
    "websocket.role=client websocket.code=4000-4999": 1,
  });
  expect(await reader.points("websocket.messages")).toMatchObject({
    "websocket.role=server websocket.direction=received": 1,
    "websocket.role=server websocket.direction=sent": 0,
  });
  expect(await reader.points("websocket.connection.duration")).toMatchObject({
    "websocket.role=server": { count: 1, buckets: { boundaries: METRICS["connection.duration"].boundaries } },
  });
  expect(await reader.points("websocket.round_trip.duration")).toMatchObject({
    "websocket.role=server": { count: 1 },
  });

  const { resourceMetrics } = await reader.collect();
  const described = resourceMetrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .map(({ descriptor: { name, unit, description } }) => ({ name, unit, description }));
  for (const { name, ...rest } of described) {
    const key = name.replace("websocket.", "") as keyof typeof METRICS;
    expect(rest).toEqual({ unit: METRICS[key].unit, description: METRICS[key].description });
  }

  stop();
  await close({ server, client });
  await peers.open();
  // It goes on telling what it saw last.
  expect(await reader.points("websocket.connections.opened")).toMatchObject({ "websocket.role=server": 2 });
  expect(await reader.points("websocket.connections.open")).toMatchObject({ "websocket.role=server": 1 });
  expect(await reader.points("websocket.connection.duration")).toMatchObject({
    "websocket.role=server": { count: 1 },
  });
});
