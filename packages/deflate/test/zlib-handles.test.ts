// What zlib holds for a stream lies outside of the heap: whoever opens one closes it, and does not wait for the garbage
// collector.
import type * as Zlib from "node:zlib";
import { deflateRawSync, type InflateRaw } from "node:zlib";
import { beforeEach, expect, it, vi } from "vitest";
import { concat, noise, side } from "./messages.ts";
import { collect } from "./parts.ts";

const opened: InflateRaw[] = [];
vi.mock("node:zlib", async (importOriginal) => {
  const zlib = await importOriginal<typeof Zlib>();
  const createInflateRaw: typeof zlib.createInflateRaw = (options) => {
    const stream = zlib.createInflateRaw(options);
    opened.push(stream);
    return stream;
  };
  return { ...zlib, createInflateRaw };
});

beforeEach(() => {
  opened.length = 0;
});

const message = noise(300_000);
const final = deflateRawSync(message);
const parts = [final, final, Uint8Array.of(0)];
const whole = concat([message, message]);

/** How many zlib streams have been opened, and how many of them are not closed. */
const streams = (): [opened: number, open: number] => [
  opened.length,
  opened.filter(({ destroyed }) => !destroyed).length,
];

it("zlib › a message that is not begun needs no stream", async () => {
  const iterator = side("server").decompressParts(parts);
  expect(streams()).toEqual([0, 0]);
  await iterator.next();
  expect(streams()).toEqual([1, 1]);
  await iterator.return();
});

it("zlib › a message read to its end leaves none open, one for each final block (RFC 7692 §7.2.3.4)", async () => {
  expect((await collect(side("server").decompressParts(parts))).length).toBe(whole.length);
  expect(streams()).toEqual([3, 0]);
});

it("zlib › nor does one that was returned from, wherever", async () => {
  const deflate = side("server", 15, true);
  for (const chunks of [1, 3, 5, 7, 10]) {
    const iterator = deflate.decompressParts(parts);
    for (let i = 0; i < chunks; i++) expect((await iterator.next()).done).toBe(false);
    expect(streams()[1]).toBe(1);
    await iterator.return();
    expect(streams()[1]).toBe(0);
  }
});

it.each<[string, Iterable<Uint8Array>, number?]>([
  ["damaged", [final.subarray(0, 1000), noise(1000), noise(100_000)]],
  ["cut off", [final.subarray(0, 1000)]],
  ["too large", parts, 400_000],
  ["in too many pieces", Array.from({ length: 100 }, () => Uint8Array.of(3, 0))],
])("zlib › nor does one that is %s", async (_, source, maxBytes) => {
  expect(await collect(side("server").decompressParts(source, maxBytes))).toBeTypeOf("string");
  expect(streams()[0]).toBeGreaterThan(0);
  expect(streams()[1]).toBe(0);
});

it("zlib › nor does one whose source fails", async () => {
  const source = (function* () {
    yield final.subarray(0, 1000);
    throw new Error("The connection is gone");
  })();
  await expect(collect(side("server").decompressParts(source))).rejects.toThrow("The connection is gone");
  expect(streams()).toEqual([1, 0]);
});
