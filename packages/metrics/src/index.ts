export { ConnectionMetrics, type OnDuration } from "./connection-metrics.ts";
export {
  type DurationName,
  type Labels,
  type Metric,
  type MetricName,
  METRICS,
  type NumberName,
  type Sample,
} from "./metric.ts";
