// Two connections, end to end, and whatever two applications may do with them.
import { duplexPair } from "node:stream";
import { Connection, type Role } from "@ws/connection";
import fc from "fast-check";
import { expect, it } from "vitest";
import { deflate } from "./deflate.ts";
import { ROLES } from "./wire.ts";

type Step =
  | { readonly do: "send" | "send stream"; readonly size: number; readonly chunks: number }
  | { readonly do: "abort"; readonly size: number; readonly chunks: number }
  | { readonly do: "ping" | "pause" | "resume" | "wait" | "close" };

const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.nat(100_000) },
  { weight: 1, arbitrary: fc.integer({ min: 1_048_570, max: 2_200_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), size, chunks: fc.constant(1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("send stream" as const), size, chunks: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abort" as const), size, chunks: fc.nat(5) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("ping" as const, "pause" as const, "resume" as const, "wait" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const) }) },
);

/** One end: what was sent, what became of each, and what came. */
class End {
  readonly connection: Connection;
  readonly fates: string[][] = [];
  readonly sent: string[] = [];
  readonly received: string[] = [];
  readonly reading: Promise<void>;

  constructor(connection: Connection, isStreaming: boolean) {
    this.connection = connection;
    this.reading = isStreaming ? this.#readStreams() : this.#listen();
  }

  async run(what: Step): Promise<void> {
    const { connection } = this;
    if ("size" in what) this.#send(what.do, what.size, what.chunks);
    else if (what.do === "ping") connection.ping();
    else if (what.do === "pause") connection.pause();
    else if (what.do === "resume") connection.resume();
    else if (what.do === "close") void connection.close();
    else await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #send(how: "send" | "send stream" | "abort", length: number, chunks: number): void {
    const index = this.sent.length;
    const message = `${index}:${["x", "é", "😀"][index % 3]}`.padEnd(length, `${index % 10}€`);
    const fate: string[] = [];
    this.sent.push(message);
    this.fates.push(fate);
    const settle = (error?: unknown): void => void fate.push(error ? "failed" : "sent");
    if (how === "send") return void this.connection.send(message, settle);
    const aborting = new AbortController();
    const signal = aborting.signal;
    void this.connection.sendStream(cut(message, chunks), { signal }).then(() => settle(), settle);
    if (how === "abort") setImmediate(() => aborting.abort());
  }

  async #listen(): Promise<void> {
    this.connection.on("message", (data) => this.received.push(String(data)));
    await this.connection.closed;
  }

  async #readStreams(): Promise<void> {
    for await (const message of this.connection.messageStreams()) {
      // What the connection closed amid has failed for whoever sent it.
      await message.text().then(
        (text) => this.received.push(text),
        () => {},
      );
    }
  }
}

async function* cut(message: string, chunks: number): AsyncGenerator<string> {
  const length = Math.ceil(message.length / (chunks + 1));
  for (let at = 0; at < message.length; at += length) yield message.slice(at, at + length);
}

it.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])(
  "whatever is accepted arrives once, in order, or is told of, once; streamed: %s, compressed: %s",
  async (isStreaming, isCompressed) => {
    const steps = fc.array(fc.tuple(fc.constantFrom(...ROLES), step), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(steps, async (program) => {
        const [left, right] = duplexPair();
        const limits = { maxMessageBytes: 8e6, maxBufferedBytes: 4e6, whenBufferFull: "drop" } as const;
        const create = (role: Role, duplex: typeof left): End => {
          const compression = isCompressed ? deflate(role, { thresholdBytes: 50 }) : undefined;
          return new End(new Connection(duplex, { role, ...limits, ...compression }), isStreaming);
        };
        const ends = { server: create("server", left), client: create("client", right) };
        for (const [role, what] of program) await ends[role].run(what);
        for (const { connection } of Object.values(ends)) connection.resume();
        await Promise.all(Object.values(ends).map(({ fates }) => settled(fates)));
        await ends.client.connection.close();
        await ends.server.connection.closed;
        await Promise.all([ends.client.reading, ends.server.reading]);
        // What waited until resume() comes in a tick of its own, even behind the end.
        await new Promise<void>((resolve) => setImmediate(resolve));
        const pairs = [
          [ends.client, ends.server],
          [ends.server, ends.client],
        ] as const;
        for (const [from, to] of pairs) {
          expect(from.fates.map((fate) => fate.length)).toEqual(from.fates.map(() => 1));
          const arrived = from.sent.filter((_, i) => from.fates[i]![0] === "sent");
          expect(to.received.map(label)).toEqual(arrived.map(label));
          expect(to.received.every((text, i) => text === arrived[i])).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  },
);

/** Waits until each message that was sent has had its fate. */
async function settled(fates: readonly string[][]): Promise<void> {
  while (fates.some((fate) => fate.length === 0)) await new Promise<void>((resolve) => setImmediate(resolve));
}

const label = (text: string): string => `${text.slice(0, 8)} ${text.length}`;
