// What it costs to watch connections through node:diagnostics_channel: messages pass between two connections in memory,
// with nobody subscribed, with metrics, and with a subscriber that does nothing on each kind of channel; then a scrape.
// Each measurement has a process of its own, and they take turns. Takes less than a minute.
import { fork } from "node:child_process";
import { channel, subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { argv, cpuUsage } from "node:process";
import { duplexPair } from "node:stream";
import { fileURLToPath } from "node:url";
import { Connection } from "@ws/connection";
import { ConnectionMetrics } from "@ws/metrics";

const ROUNDS = 7;
const WARM_UP = 200_000;
const MESSAGES = 500_000;
const PER_TICK = 50;
const MESSAGE = new Uint8Array(64);
const SCRAPED = 10_000;
const LOOKS = 100_000_000;
/**
 * How often a message of one frame asks whether anybody listens: as it is sent and as it is received for the message, and
 * for both directions of frames. What is asked once per write and per chunk comes on top, a fiftieth of it here.
 */
const LOOKS_PER_MESSAGE = 6;

const watch = (...names: string[]): void => {
  for (const name of names) subscribe(name, () => {});
};

const MODES: Readonly<Record<string, () => void>> = {
  nobody: () => {},
  "nobody, once more": () => {},
  "@ws/metrics": () => void new ConnectionMetrics(),
  "ws:message:*": () => watch("ws:message:received", "ws:message:sent"),
  "ws:frame:*": () => watch("ws:frame:received", "ws:frame:sent"),
  "ws:transport:*": () => watch("ws:transport:received", "ws:transport:sent"),
};

function pair(): [server: Connection, client: Connection] {
  const [left, right] = duplexPair();
  return [new Connection(left, { role: "server" }), new Connection(right, { role: "client" })];
}

/** Nanoseconds of processor time for a message from one connection to the other, sending and receiving together. */
function exchange(): Promise<number> {
  const [server, client] = pair();
  const sendSome = (): void => {
    for (let i = 0; i < PER_TICK; i++) server.send(MESSAGE);
  };
  return new Promise((resolve) => {
    let received = 0;
    let start = 0;
    client.on("message", () => {
      received++;
      if (received === WARM_UP) start = busyMicroseconds();
      if (received === WARM_UP + MESSAGES) resolve(((busyMicroseconds() - start) * 1000) / MESSAGES);
      else if (received % PER_TICK === 0) sendSome();
    });
    sendSome();
  });
}

/** Unlike time on the clock it does not grow with what else the machine does. */
function busyMicroseconds(): number {
  const { user, system } = cpuUsage();
  return user + system;
}

/** Nanoseconds for each connection that is open when the metrics are read. */
function scrape(): number {
  const metrics = new ConnectionMetrics();
  const connections = Array.from({ length: SCRAPED / 2 }, pair);
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    metrics.read();
    times.push(performance.now() - start);
  }
  for (const connection of connections.flat()) connection.terminate();
  return (Math.min(...times) * 1e6) / SCRAPED;
}

/** Nanoseconds to ask whether anybody listens. */
function look(): number {
  const nobody = channel("ws:frame:received");
  let found = 0;
  const start = performance.now();
  for (let i = 0; i < LOOKS; i++) if (nobody.hasSubscribers) found++;
  const end = performance.now();
  if (found > 0) throw new Error("Somebody listens");
  return ((end - start) * 1e6) / LOOKS;
}

async function run(mode: string): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [mode]);
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`Cannot measure ${mode}: exit code ${String(code)}`);
  });
  const [result] = (await Promise.race([once(child, "message"), exited])) as [number];
  exited.catch(() => {});
  return result;
}

async function report(): Promise<void> {
  const modes = Object.keys(MODES);
  const times: Record<string, number[]> = Object.fromEntries(modes.map((mode) => [mode, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const mode of modes) times[mode]!.push(await run(mode));
  }
  // The fastest of each: what disturbs a run only makes it slower.
  const base = Math.min(...times["nobody"]!);
  const rows: Record<string, Record<string, string>> = {};
  for (const mode of modes) {
    const time = Math.min(...times[mode]!);
    rows[mode] = {
      "ns per message": time.toFixed(0),
      "of nobody's": `${((100 * time) / base).toFixed(0)} %`,
    };
  }
  console.log(
    `\nOne message of ${MESSAGE.length} bytes, sent and received, ${PER_TICK} at a time, by who subscribed`,
  );
  console.table(rows);
  const each = await run("look");
  const share = (100 * each * LOOKS_PER_MESSAGE) / base;
  console.log(
    `\nTo see that nobody listens takes ${each.toFixed(1)} ns, ${LOOKS_PER_MESSAGE} times a message: ${share.toFixed(1)} % of it`,
  );
  console.log(
    `Reading the metrics takes ${(await run("scrape")).toFixed(0)} ns per open connection, of ${SCRAPED}`,
  );
}

async function measure(mode: string): Promise<number> {
  if (mode === "look") return look();
  if (mode === "scrape") return scrape();
  MODES[mode]!();
  return exchange();
}

const [, , mode] = argv;
if (mode === undefined) {
  await report();
} else {
  const result = await measure(mode);
  process.send?.(result, () => process.exit());
}
