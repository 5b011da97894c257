// The metrics as instruments of an OpenTelemetry meter. Counts nothing itself: a collection asks, and gets what
// connection-metrics.ts has.
import type { Attributes, BatchObservableResult, Histogram, Meter, Observable } from "@opentelemetry/api";
import { ConnectionMetrics } from "./connection-metrics.ts";
import { type Labels, METRICS, type NumberName } from "./metric.ts";

/**
 * Lets a meter observe all WebSocket connections of this process, from now on.
 *
 * @returns `stop`, after which nothing is observed any more; the meter may go on telling what it has seen
 *
 * @example
 * ```ts
 * import { metrics } from "@opentelemetry/api";
 *
 * collectOpenTelemetry(metrics.getMeter("my-service"));
 * ```
 */
export function collectOpenTelemetry(meter: Meter): { readonly stop: () => void } {
  const observables = new Map<NumberName, Observable>();
  const histograms = new Map<string, Histogram>();
  for (const [key, { kind, unit, description, boundaries }] of Object.entries(METRICS)) {
    const name = `websocket.${key}`;
    if (kind === "histogram") {
      const advice = { explicitBucketBoundaries: [...boundaries!] };
      histograms.set(key, meter.createHistogram(name, { unit, description, advice }));
    } else {
      const options = { unit, description };
      const instrument =
        kind === "counter"
          ? meter.createObservableCounter(name, options)
          : meter.createObservableUpDownCounter(name, options);
      observables.set(key as NumberName, instrument);
    }
  }

  const source = new ConnectionMetrics((name, seconds, labels) =>
    histograms.get(name)!.record(seconds, attributes(labels)),
  );
  const observe = (result: BatchObservableResult): void => {
    const samples = source.read();
    for (const [name, observable] of observables) {
      for (const { labels, value } of samples[name]) result.observe(observable, value, attributes(labels));
    }
  };
  const all = [...observables.values()];
  meter.addBatchObservableCallback(observe, all);
  return {
    stop: () => {
      meter.removeBatchObservableCallback(observe, all);
      source.stop();
    },
  };
}

/** Attributes have names of their own in OpenTelemetry: those of the protocol begin with its name. */
function attributes(labels: Labels): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`websocket.${name}`, value]));
}
