// What is measured: a name, a unit and labels for each number, from which the adapters make the names that their systems
// are used to. Every label has few values, whatever peers send.

/** The numbers that are read: they stand for themselves. */
export type NumberName =
  | "connections.open"
  | "connections.opened"
  | "connections.closed"
  | "connections.stalled"
  | "connections.backed_up"
  | "handshakes.accepted"
  | "handshakes.rejected"
  | "messages"
  | "frames"
  | "io"
  | "buffered"
  | "limits.exceeded";

/** The times that are recorded one by one. */
export type DurationName = "connection.duration" | "round_trip.duration";

/** The name of any metric. */
export type MetricName = NumberName | DurationName;

/** What a metric is. */
export interface Metric {
  /** A `counter` only grows; a `sum` goes up and down; a `histogram` is of many values. */
  readonly kind: "counter" | "sum" | "histogram";
  /** A unit of UCUM, as OpenTelemetry has them: `By` for bytes, `s` for seconds, `{connection}` for what is counted. */
  readonly unit: string;
  /** A sentence, for people. */
  readonly description: string;
  /** Besides `role`, which all have: `"server"` or `"client"`. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly boundaries?: readonly number[];
}

/** Labels and their values. */
export type Labels = Readonly<Record<string, string>>;

/** One number of a metric. */
export interface Sample {
  /** What it is about. */
  readonly labels: Labels;
  /** In the unit of its metric. */
  readonly value: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** All metrics, by name. */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  "connections.open": {
    kind: "sum",
    unit: "{connection}",
    description: "Connections that are open or closing.",
    labels: [],
  },
  "connections.opened": {
    kind: "counter",
    unit: "{connection}",
    description: "Connections that were opened.",
    labels: [],
  },
  "connections.closed": {
    kind: "counter",
    unit: "{connection}",
    description: "Connections that have ended, by close code; 1005 is none, 1006 no close frame.",
    labels: ["code"],
  },
  "connections.stalled": {
    kind: "sum",
    unit: "{connection}",
    description: "Connections that are not read from, because nobody takes their messages.",
    labels: [],
  },
  "connections.backed_up": {
    kind: "sum",
    unit: "{connection}",
    description: "Connections with more than highWaterMarkBytes waiting for the peer to read.",
    labels: [],
  },
  "connection.duration": {
    kind: "histogram",
    unit: "s",
    description: "How long connections were open.",
    labels: [],
    boundaries: [1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR],
  },
  "round_trip.duration": {
    kind: "histogram",
    unit: "s",
    description: "From a ping to its pong; at most one per connection and reading.",
    labels: [],
    boundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  "handshakes.accepted": {
    kind: "counter",
    unit: "{handshake}",
    description: "Opening handshakes that opened a connection.",
    labels: [],
  },
  "handshakes.rejected": {
    kind: "counter",
    unit: "{handshake}",
    description: "Opening handshakes that opened none, by HTTP status; none where there was no answer.",
    labels: ["status"],
  },
  messages: {
    kind: "counter",
    unit: "{message}",
    description: "Messages that were begun.",
    labels: ["direction"],
  },
  frames: {
    kind: "counter",
    unit: "{frame}",
    description: "Frames, by opcode.",
    labels: ["direction", "opcode"],
  },
  io: {
    kind: "counter",
    unit: "By",
    description: "Bytes on the wire, frame headers included, opening handshakes not.",
    labels: ["direction"],
  },
  buffered: {
    kind: "sum",
    unit: "By",
    description: "Bytes that were sent and have not reached the transport.",
    labels: [],
  },
  "limits.exceeded": {
    kind: "counter",
    unit: "{event}",
    description: "How often a connection went beyond a limit, by the name of the option.",
    labels: ["limit"],
  },
};
