// The numbers of docs/compression.md: synchronous zlib with windows of our own (@ws/deflate) against zlib streams, one per
// connection and direction, as most implementations keep them. Each way compresses and decompresses the same messages,
// and each result is compared with its message. Each scenario runs in a process of its own. Takes less than a minute.
import { fork } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { argv, memoryUsage } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  deflateRawSync,
  type InflateRaw,
} from "node:zlib";
import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";

const SIZES = { "200 B": 200, "1 KiB": 1024, "16 KiB": 16 * 1024, "1 MiB": 1024 * 1024 } as const;
const CONNECTIONS = 1000;
const MEASURE_MS = 300;
const LOAD_MS = 1200;
const TICK_MS = 5;
const MAX_BYTES = 2 * 1024 * 1024;
const OPTIONS = resolveDeflateOptions("server", { thresholdBytes: 0 });

/** One connection: a compressor and, as if it were the peer's, the decompressor to it. */
interface Codec {
  compress(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
  decompress(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const CODECS: Readonly<Record<string, () => Codec>> = {
  "sync, no takeover": () => new SyncCodec(true),
  "sync, takeover": () => new SyncCodec(false),
  "sync, takeover, 2^12": () => new SyncCodec(false, 12),
  "streams, no takeover": () => new StreamCodec(true),
  "streams, takeover": () => new StreamCodec(false),
};

class SyncCodec implements Codec {
  readonly #from: MessageDeflate;
  readonly #to: MessageDeflate;

  constructor(noContextTakeover: boolean, windowBits = 15) {
    const agreement = {
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: noContextTakeover,
      serverMaxWindowBits: windowBits,
      clientMaxWindowBits: windowBits,
    };
    this.#from = new MessageDeflate("server", agreement, OPTIONS);
    this.#to = new MessageDeflate("client", agreement, OPTIONS);
  }

  compress(message: Uint8Array): Uint8Array {
    const data = this.#from.compress(message);
    if (data === undefined) throw new Error("Not compressed");
    return data;
  }

  decompress(data: Uint8Array): Uint8Array {
    const message = this.#to.decompress(data, MAX_BYTES);
    if (typeof message === "string") throw new Error(message);
    return message;
  }
}

const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** Streams that work in threads of libuv, one message at a time. */
class StreamCodec implements Codec {
  readonly #noContextTakeover: boolean;
  readonly #deflate: DeflateRaw = createDeflateRaw({ level: OPTIONS.level, memLevel: OPTIONS.memLevel });
  readonly #inflate: InflateRaw = createInflateRaw();
  #chunks: Buffer[] = [];

  constructor(noContextTakeover: boolean) {
    this.#noContextTakeover = noContextTakeover;
    for (const stream of [this.#deflate, this.#inflate]) {
      stream.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    }
  }

  async compress(message: Uint8Array): Promise<Uint8Array> {
    const data = await this.#flush(this.#deflate, [message]);
    return data.subarray(0, -TAIL.length);
  }

  decompress(data: Uint8Array): Promise<Uint8Array> {
    return this.#flush(this.#inflate, [data, TAIL]);
  }

  async #flush(stream: DeflateRaw | InflateRaw, input: readonly Uint8Array[]): Promise<Buffer> {
    this.#chunks = [];
    for (const bytes of input) stream.write(bytes);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    if (this.#noContextTakeover) stream.reset();
    return Buffer.concat(this.#chunks);
  }
}

/** Text as an application sends it: events that resemble each other, no two the same. */
function messageOf(size: number, seed: number): Uint8Array {
  let text = "";
  for (let i = seed * 7919; text.length < size; i++) {
    const user = (i * 2_654_435_761) >>> 0;
    text += `{"type":"move","user":"u${user % 5000}","at":${1_700_000_000_000 + i * 37},"x":${user % 1920},"y":${user % 1080},"note":"${["", "hello", "on my way", "see the document"][user % 4]}"}\n`;
  }
  return Buffer.from(text.slice(0, size));
}

function check(received: Uint8Array, message: Uint8Array): void {
  if (Buffer.compare(received, message) !== 0) throw new Error("What was decompressed is not the message");
}

interface Speed {
  readonly compress: number;
  readonly decompress: number;
  readonly percent: number;
}

/** Microseconds for a message, one after the other: medians, which a busy machine disturbs least. */
async function speed(codec: Codec, size: number): Promise<Speed> {
  // More than fit into a window before the first comes again.
  const messages = Array.from({ length: 4 + Math.ceil(100_000 / size) }, (_, i) => messageOf(size, i));
  const compress: number[] = [];
  const decompress: number[] = [];
  let bytes = 0;
  for (const isWarm of [false, true]) {
    compress.length = decompress.length = bytes = 0;
    const end = performance.now() + (isWarm ? MEASURE_MS : MEASURE_MS / 4);
    for (let i = 0; performance.now() < end; i++) {
      const message = messages[i % messages.length]!;
      const start = performance.now();
      const made = codec.compress(message);
      const data = made instanceof Promise ? await made : made;
      const between = performance.now();
      const read = codec.decompress(data);
      const received = read instanceof Promise ? await read : read;
      decompress.push(performance.now() - between);
      compress.push(between - start);
      bytes += data.length;
      check(received, message);
    }
  }
  return {
    compress: percentile(compress, 50) * 1000,
    decompress: percentile(decompress, 50) * 1000,
    percent: (100 * bytes) / compress.length / size,
  };
}

function percentile(values: number[], percent: number): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(((values.length - 1) * percent) / 100)] ?? Number.NaN;
}

/** How long one message holds up the process, by zlib's level: milliseconds, and what is left of it in percent. */
function levels(): Record<string, Record<string, string>> {
  const worst = new Uint8Array(1024 * 1024);
  // Two letters in no order: everything has been there before, nothing of it for long. A generator, so that runs agree.
  for (let i = 0, state = 1; i < worst.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    worst[i] = state >>> 31 === 0 ? 97 : 98;
  }
  const json = messageOf(1024 * 1024, 1);
  const rows: Record<string, Record<string, string>> = {};
  for (const level of [1, 4, 6, 9]) {
    const row: Record<string, string> = {};
    for (const [name, bytes] of Object.entries({ JSON: json, "worst text": worst })) {
      for (const [size, length] of Object.entries({ "64 KiB": 64 * 1024, "1 MiB": 1024 * 1024 })) {
        const message = bytes.subarray(0, length);
        const times: number[] = [];
        let left = 0;
        for (let i = 0; i < 3 && (i === 0 || times[0]! < 500); i++) {
          const start = performance.now();
          left = deflateRawSync(message, { level }).length;
          times.push(performance.now() - start);
        }
        row[`${name}, ${size}`] = `${number(Math.min(...times))} ms → ${number((100 * left) / length)} %`;
      }
    }
    rows[`level ${level}`] = row;
  }
  return rows;
}

interface Memory {
  readonly rss: number;
  readonly external: number;
}

/** KiB per connection, after each has sent and received sixteen messages of 4 KiB. */
async function memory(create: () => Codec): Promise<Memory> {
  const messages = Array.from({ length: 16 }, (_, i) => messageOf(4096, i));
  // What the first use costs once is not counted.
  for (const message of messages) check(await exchange(create(), message), message);
  globalThis.gc?.();
  const before = memoryUsage();
  const codecs: Codec[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const codec = create();
    for (const message of messages) check(await exchange(codec, message), message);
    codecs.push(codec);
  }
  await sleep(50);
  globalThis.gc?.();
  await sleep(50);
  globalThis.gc?.();
  const after = memoryUsage();
  const perConnection = (bytes: number): number => bytes / 1024 / codecs.length;
  return {
    rss: perConnection(after.rss - before.rss),
    external: perConnection(after.external - before.external),
  };
}

async function exchange(codec: Codec, message: Uint8Array): Promise<Uint8Array> {
  return codec.decompress(await codec.compress(message));
}

interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly latency99: number;
}

/** A thousand clients, each with a message to compress every so many milliseconds, in turns. */
async function load(create: () => Codec, size: number, everyMs: number): Promise<Load> {
  const codecs = Array.from({ length: CONNECTIONS }, () => create());
  const messages = Array.from({ length: 50 }, (_, i) => messageOf(size, i));
  const sent = codecs.map((): { message: Uint8Array; data: Uint8Array }[] => []);
  const isBusy = codecs.map(() => false);
  const latencies: number[] = [];
  const perTick = (CONNECTIONS * TICK_MS) / everyMs;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let due = 0;
  let next = 0;
  const running: Promise<void>[] = [];

  const one = async (index: number, dueAt: number): Promise<void> => {
    isBusy[index] = true;
    const message = messages[(index + sent[index]!.length) % messages.length]!;
    const made = codecs[index]!.compress(message);
    const data = made instanceof Promise ? await made : made;
    latencies.push(performance.now() - dueAt);
    sent[index]!.push({ message, data: data.slice() });
    isBusy[index] = false;
  };

  delay.enable();
  const start = performance.now();
  const timer = setInterval(() => {
    const dueAt = performance.now();
    // What is overdue is not caught up with: who cannot keep up sends less.
    due = Math.min(due + perTick, perTick * 2);
    for (; due >= 1; due--) {
      const index = next++ % CONNECTIONS;
      if (!isBusy[index]) running.push(one(index, dueAt));
    }
  }, TICK_MS);
  await sleep(LOAD_MS);
  clearInterval(timer);
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  const perSecond = latencies.length / seconds;
  await Promise.all(running);

  await Promise.all(
    sent.map(async (list, index) => {
      for (const { message, data } of list) check(await codecs[index]!.decompress(data), message);
    }),
  );
  return {
    perSecond,
    p50: delay.percentile(50) / 1e6,
    p99: delay.percentile(99) / 1e6,
    max: delay.max / 1e6,
    latency99: percentile(latencies, 99),
  };
}

const SCENARIOS = {
  speed: async (create: () => Codec): Promise<Record<string, Speed>> => {
    const results: Record<string, Speed> = {};
    for (const [name, size] of Object.entries(SIZES)) results[name] = await speed(create(), size);
    return results;
  },
  memory,
  "1 KiB every 100 ms": (create: () => Codec) => load(create, 1024, 100),
  "16 KiB every 400 ms": (create: () => Codec) => load(create, 16 * 1024, 400),
  "16 KiB every 100 ms": (create: () => Codec) => load(create, 16 * 1024, 100),
};
type Results = { [Name in keyof typeof SCENARIOS]: Awaited<ReturnType<(typeof SCENARIOS)[Name]>> };

/** Runs a scenario in a process of its own, so that none pays for the one before. */
async function run<Name extends keyof Results>(scenario: Name, codec: string): Promise<Results[Name]> {
  const child = fork(fileURLToPath(import.meta.url), [scenario, codec], { execArgv: ["--expose-gc"] });
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`Cannot measure ${scenario} with ${codec}: exit code ${String(code)}`);
  });
  const [result] = (await Promise.race([once(child, "message"), exited])) as [Results[Name]];
  exited.catch(() => {});
  return result;
}

const number = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

async function report(): Promise<void> {
  const names = Object.keys(CODECS);
  const speeds: Record<string, Record<string, string>> = {};
  const memories: Record<string, Record<string, string>> = {};
  for (const name of names) {
    const row: Record<string, string> = {};
    for (const [size, { compress, decompress, percent }] of Object.entries(await run("speed", name))) {
      row[size] = `${number(compress)} + ${number(decompress)} µs → ${number(percent)} %`;
    }
    speeds[name] = row;
    const { rss, external } = await run("memory", name);
    memories[name] = { "RSS, KiB": number(rss), "external, KiB": number(external) };
  }
  console.log("\nCompress + decompress one message, and what is left of it");
  console.table(speeds);
  console.log(
    `\nMemory per connection, of ${CONNECTIONS}, after sixteen messages of 4 KiB in each direction`,
  );
  console.table(memories);

  console.log("\nHow long one message holds up the process, by zlib's level");
  console.table(levels());

  for (const scenario of ["1 KiB every 100 ms", "16 KiB every 400 ms", "16 KiB every 100 ms"] as const) {
    const rows: Record<string, Record<string, string>> = {};
    for (const name of names.filter((each) => !each.endsWith("2^12"))) {
      const { perSecond, p50, p99, max, latency99 } = await run(scenario, name);
      rows[name] = {
        "messages/s": perSecond.toFixed(0),
        "loop delay p50, ms": number(p50),
        "p99, ms": number(p99),
        "max, ms": number(max),
        "message compressed p99, ms": number(latency99),
      };
    }
    console.log(`\n${CONNECTIONS} clients, each compressing ${scenario}`);
    console.table(rows);
  }
}

const [, , scenario, codec] = argv;
if (scenario === undefined || codec === undefined) {
  await report();
} else {
  const result = await SCENARIOS[scenario as keyof typeof SCENARIOS](CODECS[codec]!);
  process.send?.(result, () => process.exit());
}
