import * as api from "@ws/metrics";
import * as opentelemetry from "@ws/metrics/opentelemetry";
import * as prometheus from "@ws/metrics/prometheus";
import { expect, it } from "vitest";

it("exports › are exactly these", () => {
  expect(Object.keys(api).toSorted()).toEqual(["ConnectionMetrics", "METRICS"]);
  expect(Object.keys(prometheus)).toEqual(["collectPrometheus"]);
  expect(Object.keys(opentelemetry)).toEqual(["collectOpenTelemetry"]);
});
