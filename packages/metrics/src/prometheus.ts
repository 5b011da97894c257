// The metrics in a registry of prom-client. Counts nothing itself: a scrape asks, and gets what connection-metrics.ts has.
import { Counter, Gauge, Histogram, type Registry, register } from "prom-client";
import { ConnectionMetrics } from "./connection-metrics.ts";
import { type Metric, METRICS, type NumberName } from "./metric.ts";

/** Options of {@link collectPrometheus}. */
export interface PrometheusOptions {
  /** Where the metrics go. Default: prom-client's own registry. */
  readonly register?: Registry;
  /** What their names begin with. Default: `"websocket_"`. */
  readonly prefix?: string;
}

/**
 * Adds the metrics of all WebSocket connections of this process to a registry, from now on.
 *
 * @returns `stop`, which takes them out again
 * @throws Error when the registry has metrics of these names already
 *
 * @example
 * ```ts
 * collectPrometheus();
 * http.createServer(async (_request, response) => response.end(await register.metrics())).listen(9100);
 * ```
 */
export function collectPrometheus(options: PrometheusOptions = {}): { readonly stop: () => void } {
  const { register: registry = register, prefix = "websocket_" } = options;
  const histograms = new Map<string, Histogram>();
  const source = new ConnectionMetrics((name, seconds, labels) =>
    histograms.get(name)!.observe(labels, seconds),
  );
  const names: string[] = [];
  let reading: ReturnType<ConnectionMetrics["read"]> | undefined;

  /** All metrics of a scrape ask in the same tick: one reading does for them. */
  const read = (): ReturnType<ConnectionMetrics["read"]> => {
    if (reading === undefined) {
      reading = source.read();
      process.nextTick(() => (reading = undefined));
    }
    return reading;
  };
  const stop = (): void => {
    source.stop();
    for (const name of names.splice(0)) registry.removeSingleMetric(name);
  };

  try {
    for (const [key, metric] of Object.entries(METRICS)) {
      const name = prometheusName(prefix, key, metric);
      const { description: help, labels, boundaries } = metric;
      const common = { name, help, labelNames: ["role", ...labels], registers: [] };
      if (metric.kind === "histogram") {
        // The round trips are told by a reading.
        const collect = (): void => void read();
        const histogram = new Histogram({ ...common, buckets: [...boundaries!], collect });
        histograms.set(key, histogram);
        registry.registerMetric(histogram);
      } else if (metric.kind === "counter") {
        const counter: Counter = new Counter({
          ...common,
          collect() {
            counter.reset();
            for (const { labels: of, value } of read()[key as NumberName]) counter.inc(of, value);
          },
        });
        registry.registerMetric(counter);
      } else {
        const gauge: Gauge = new Gauge({
          ...common,
          collect() {
            for (const { labels: of, value } of read()[key as NumberName]) gauge.set(of, value);
          },
        });
        registry.registerMetric(gauge);
      }
      names.push(name);
    }
  } catch (error) {
    stop();
    throw error;
  }
  return { stop };
}

/** `websocket_io_bytes_total`: the unit in the name, and `_total` behind what is counted. */
function prometheusName(prefix: string, key: string, { kind, unit }: Metric): string {
  const units: Readonly<Record<string, string>> = { By: "_bytes", s: "_seconds" };
  return `${prefix}${key.replaceAll(".", "_")}${units[unit] ?? ""}${kind === "counter" ? "_total" : ""}`;
}
