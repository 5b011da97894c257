// What a connection costs while it does nothing, as docs/compression.md says.
import { afterEach, beforeAll, expect, it } from "vitest";
import { heldBytes } from "./memory.ts";
import { prose, side } from "./messages.ts";

const CONNECTIONS = 100;
const KiB = 1024;
const message = prose(64 * KiB);
let connections: unknown[] = [];

afterEach(() => {
  connections = [];
});

/** The bytes held per connection, after each has sent and received so many messages. */
async function measure(
  windowBits: number,
  noContextTakeover: boolean,
  bytes: number,
  times = 1,
): Promise<number> {
  const peer = side("client", windowBits, true, { level: 1 });
  const data = peer.compress(message.subarray(0, bytes))!;
  await turn();
  const before = heldBytes();
  for (let i = 0; i < CONNECTIONS; i++) {
    const deflate = side("server", windowBits, noContextTakeover, { level: 1 });
    connections.push(deflate);
    for (let n = 0; n < times; n++) {
      if (deflate.compress(message.subarray(n, n + bytes)) === undefined) throw new Error("Not compressed");
      if (typeof deflate.decompress(data, bytes) === "string") throw new Error("Not decompressed");
    }
  }
  await turn();
  return (heldBytes() - before) / CONNECTIONS;
}

/** The lesser of two measurements: on a busy machine one of them now and then counts 2 KiB that are nobody's. */
async function price(...connection: Parameters<typeof measure>): Promise<number> {
  return Math.min(await measure(...connection), await measure(...connection));
}

/** zlib's handles are let go of in the ticks that follow their use. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// What the first run leaves in the heap, such as compiled code, is no price of a connection.
beforeAll(async () => {
  await price(15, false, 50 * KiB, 2);
  connections = [];
});

it("memory › without context takeover a connection holds no window, whatever it has sent", async () => {
  expect(await price(15, true, 50 * KiB, 2)).toBeLessThan(2 * KiB);
});

it("memory › with context takeover it holds what it has sent, as long as that is less than a window", async () => {
  expect(await price(15, false, KiB)).toBeLessThan(5 * KiB);
});

it("memory › with context takeover it never holds more than a window in, and 8 KiB out, and a quarter of both", async () => {
  expect(await price(15, false, 9 * KiB, 6)).toBeLessThan(50 * KiB + 6 * KiB);
  expect(await price(15, false, 50 * KiB, 2)).toBeGreaterThan(32 * KiB);
});

it("memory › smaller windows cost less", async () => {
  expect(await price(10, false, 9 * KiB, 3)).toBeLessThan(8 * KiB);
});
