// Connection over a wire in memory with no listener attached: whatever comes, it ends in a result, nothing is thrown
// behind its back, and what it wrote is valid for its peer.
import type { Duplex } from "node:stream";
import { type CloseResult, Connection, type ConnectionInit, type Message, type Role } from "@ws/connection";
import { concat } from "../bytes.ts";
import { type ActionName, ACTIONS, type FuzzCase } from "../fuzz-case.ts";
import { actions, stretches } from "../generate/actions.ts";
import { deflateFor } from "../generate/compression.ts";
import { randomCut } from "../generate/cut.ts";
import { frameInput } from "../generate/frame-input.ts";
import { agreement } from "../generate/session.ts";
import { check, checkEqual, Finding } from "../oracle/finding.ts";
import { noteBufferBytes } from "../oracle/memory.ts";
import { judgeWritten, type WrittenFrame } from "../oracle/written.ts";
import type { Random } from "../random.ts";
import { WireEnd } from "./duplex-pair.ts";
import type { Target } from "./target.ts";

export type ConnectionUnderTest = Pick<
  Connection,
  "send" | "ping" | "close" | "closed" | "pause" | "resume" | "terminate" | "state" | "bufferedAmount"
> & { [Symbol.asyncIterator](): AsyncIterableIterator<Message> };

interface Outcome {
  readonly result: readonly (string | number | boolean | undefined)[];
  readonly written: readonly WrittenFrame[];
  readonly producedBytes: number;
}

/** How many turns of the loop a connection gets to end; it needs a handful. */
const MAX_TURNS = 200;

export class ConnectionTarget implements Target {
  readonly name = "connection";
  readonly #create: (duplex: Duplex, init: ConnectionInit) => ConnectionUnderTest;

  constructor(
    create: (duplex: Duplex, init: ConnectionInit) => ConnectionUnderTest = (duplex, init) =>
      new Connection(duplex, init),
  ) {
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    const role: Role = random.pick(["server", "client"]);
    const compression = random.oneIn(3) ? agreement(random) : undefined;
    const { input } = frameInput(random, role, compression);
    const options = {
      role,
      maxBytes: random.pick([0, 100, 9000, 1 << 20]),
      ...(compression && { compression }),
      headBytes: random.oneIn(2) ? random.below(Math.min(40, input.length + 1)) : 0,
      actions: actions(random, input.length, ACTIONS),
    };
    return { input, cut: randomCut(random, input.length), options };
  }

  async run(fuzzCase: FuzzCase): Promise<number> {
    const { input, cut, options } = fuzzCase;
    const one = await this.#play(fuzzCase, cut);
    let { producedBytes } = one;
    if ((options.actions ?? []).length === 0) {
      const other = await this.#play(fuzzCase, []);
      checkEqual("recut", "the result, whole", other.result, one.result);
      checkEqual("recut", "the output, whole", other.written, one.written);
      producedBytes += other.producedBytes;
    }
    const { maxBytes = 1 << 20, compression } = options;
    const messages = input.length / 2 + 8;
    const bombs = compression === undefined ? 0 : Math.min(messages, 300) * 4 * (maxBytes + 100_000);
    return 4_000_000 + 60 * input.length + 16 * producedBytes + bombs;
  }

  async #play({ input, options }: FuzzCase, cut: readonly number[]): Promise<Outcome> {
    const { role = "server", maxBytes = 9000, compression, headBytes = 0 } = options;
    const [near, far] = WireEnd.pair();
    const written: Uint8Array[] = [];
    far.on("data", (chunk: Uint8Array) => written.push(chunk));
    const behind: unknown[] = [];
    const forget = catchUncaught(behind);
    try {
      const connection = this.#create(near, {
        role,
        maxMessageBytes: maxBytes,
        maxBufferedBytes: 200_000,
        pingIntervalMs: 0,
        head: input.slice(0, headBytes),
        ...(compression && { compression: deflateFor(role, compression) }),
      });
      const player = new Player(connection, far);
      const rest = input.subarray(headBytes);
      const shifted = (options.actions ?? []).map((action) => ({
        ...action,
        at: Math.max(0, action.at - headBytes),
      }));
      let turns = 0;
      for (const { chunks, action } of stretches(rest, cut, shifted)) {
        for (const chunk of chunks) {
          if (!far.destroyed && !far.writableEnded) far.write(chunk);
          // Now and then the loop turns, as it does between two packets.
          if (++turns % 16 === 0) await turn();
        }
        if (action !== undefined) player.act(action);
        check("invariant", connection.bufferedAmount >= 0, "bufferedAmount is negative");
      }
      noteBufferBytes();
      const { result, producedBytes } = await player.finish();
      check("exception", behind.length === 0, () => `behind its back: ${String(behind[0])}`);
      check("invariant", connection.state === "closed", `it has ended, and is ${connection.state}`);
      check("invariant", !result.wasClean || result.code !== 1006, "it ended cleanly without a close frame");

      const bytes = concat(written);
      const peer = role === "server" ? "client" : "server";
      const frames = judgeWritten(bytes, role, compression && deflateFor(peer, compression), true);
      const code = result.error === undefined ? undefined : (result.error as { code?: string }).code;
      return {
        result: [result.code, result.reason, result.wasClean, result.error?.name, code],
        written: frames,
        producedBytes: producedBytes + bytes.length,
      };
    } finally {
      forget();
      far.destroy();
      near.destroy();
    }
  }
}

/** The application on one end and the peer on the other. */
class Player {
  readonly #connection: ConnectionUnderTest;
  readonly #far: WireEnd;
  #iterator: AsyncIterableIterator<Message> | undefined;
  #producedBytes = 0;

  constructor(connection: ConnectionUnderTest, far: WireEnd) {
    this.#connection = connection;
    this.#far = far;
  }

  act(action: ActionName): void {
    const connection = this.#connection;
    switch (action) {
      case "sendText":
        connection.send("grüße ".repeat(5));
        return;
      case "sendBinary":
        connection.send(new Uint8Array(200));
        return;
      case "sendLarge":
        connection.send("x".repeat(70_000));
        return;
      case "ping":
        return connection.ping("still there?");
      case "close":
        void connection.close(1001, "going away");
        return;
      case "holdPongs":
      case "pause":
        return connection.pause();
      case "releasePongs":
      case "resume":
        return connection.resume();
      case "read":
        return this.#read();
      case "leave":
        void this.#iterator?.return?.();
        this.#iterator = undefined;
        return;
      case "blockPeer":
        this.#far.pause();
        return;
      case "unblockPeer":
        this.#far.resume();
        return;
      case "terminate":
        return connection.terminate();
    }
  }

  /** The peer ends, the application closes: now it must come to an end, without a timer. */
  async finish(): Promise<{ result: CloseResult; producedBytes: number }> {
    const far = this.#far;
    const connection = this.#connection;
    far.resume();
    for (let turns = 0; turns < 3; turns++) await turn();
    if (!far.destroyed) far.end();
    for (let turns = 0; turns < 3; turns++) await turn();
    connection.resume();
    // With nobody there a session may lie unread; to close is what makes its end be seen.
    const result = await soon(connection.close());
    if (result === undefined) {
      connection.terminate();
      throw new Finding("steps", `it has not ended after ${MAX_TURNS} turns: it is ${connection.state}`);
    }
    // What waited can still be taken, and then the iteration ends.
    const iterator = this.#iterator ?? connection[Symbol.asyncIterator]();
    for (let messages = 0; ; messages++) {
      const next = await soon(iterator.next());
      if (next === undefined) throw new Finding("invariant", "an iterator does not end with the connection");
      if (next.done === true) break;
      this.#producedBytes += next.value.length;
      if (messages > 1_000_000) throw new Finding("steps", "an iterator does not end");
    }
    return { result, producedBytes: this.#producedBytes };
  }

  #read(): void {
    this.#iterator ??= this.#connection[Symbol.asyncIterator]();
    void this.#iterator
      .next()
      .then(({ value }) => (this.#producedBytes += (value as Message | undefined)?.length ?? 0));
  }
}

/** What the promise comes to within a number of turns of the loop; `undefined` where it comes to nothing. */
async function soon<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  const settled: Value[] = [];
  void promise.then((value) => settled.push(value));
  for (let turns = 0; settled.length === 0 && turns < MAX_TURNS; turns++) await turn();
  return settled[0];
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Keeps what nobody caught, instead of the end of the process. */
function catchUncaught(caught: unknown[]): () => void {
  const names = ["uncaughtException", "unhandledRejection"] as const;
  const keep = (thrown: unknown): void => void caught.push(thrown);
  const before = names.map((name) => process.listeners(name as "uncaughtException"));
  for (const name of names) process.removeAllListeners(name).on(name, keep);
  return () => {
    for (const [at, name] of names.entries()) {
      process.removeListener(name, keep);
      for (const listener of before[at]!) process.on(name, listener);
    }
  };
}
