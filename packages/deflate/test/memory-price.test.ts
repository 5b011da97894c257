// What a connection costs while it does nothing, as docs/compression.md says.
import { afterEach, expect, it } from "vitest";
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
function price(windowBits: number, noContextTakeover: boolean, bytes: number, times = 1): number {
  const peer = side("client", windowBits, true, { level: 1 });
  const data = peer.compress(message.subarray(0, bytes))!;
  const before = heldBytes();
  for (let i = 0; i < CONNECTIONS; i++) {
    const deflate = side("server", windowBits, noContextTakeover, { level: 1 });
    connections.push(deflate);
    for (let n = 0; n < times; n++) {
      if (deflate.compress(message.subarray(n, n + bytes)) === undefined) throw new Error("Not compressed");
      if (typeof deflate.decompress(data, bytes) === "string") throw new Error("Not decompressed");
    }
  }
  return (heldBytes() - before) / CONNECTIONS;
}

it("memory › without context takeover a connection holds no window, whatever it has sent", () => {
  expect(price(15, true, 50 * KiB, 2)).toBeLessThan(2 * KiB);
});

it("memory › with context takeover it holds what it has sent, as long as that is less than a window", () => {
  expect(price(15, false, KiB)).toBeLessThan(5 * KiB);
});

it("memory › with context takeover it never holds more than a window and a quarter per direction", () => {
  expect(price(15, false, 9 * KiB, 6)).toBeLessThan(2 * 40 * KiB + 6 * KiB);
  expect(price(15, false, 50 * KiB, 2)).toBeGreaterThan(60 * KiB);
});

it("memory › smaller windows cost less", () => {
  expect(price(10, false, 9 * KiB, 3)).toBeLessThan(8 * KiB);
});
