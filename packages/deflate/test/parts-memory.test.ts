// What a message in parts holds while it passes: the same however large it is, and nothing afterwards.
import { constants, deflateRawSync, inflateRaw } from "node:zlib";
import { expect, it } from "vitest";
import { heldBytes, peakBytes } from "./memory.ts";
import { concat, prose, side } from "./messages.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** A mebibyte of zeros in a kibibyte. It refers to nothing before it. */
const MEBIBYTE = deflateRawSync(new Uint8Array(MiB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** The bytes that are really held, those of zlib among them. */
function allHeldBytes(): number {
  heldBytes();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Long enough for zlib's threads to have done whatever they were told. */
async function threadsDone(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => {
      inflateRaw(MEBIBYTE, { finishFlush: constants.Z_SYNC_FLUSH }, resolve);
    });
  }
}

/** Sends so many mebibytes from one to the other. */
async function pass(mebibytes: number, noTakeover: boolean): Promise<number> {
  const from = side("client", 15, noTakeover);
  const to = side("server", 15, noTakeover);
  const part = prose(64 * KiB);
  const count = mebibytes * 16;
  let size = 0;
  const payloads = (function* () {
    for (let i = 0; i < count; i++) yield from.compressPart(part, i === count - 1);
  })();
  for await (const chunk of to.decompressParts(payloads)) size += chunk.length;
  return size / MiB;
}

it.each([true, false])(
  "memory › 128 MiB pass in parts, compressed and decompressed, in constant memory; no context takeover: %s",
  async (noTakeover) => {
    await pass(16, noTakeover);
    const before = peakBytes();
    const held = heldBytes();
    expect(await pass(128, noTakeover)).toBe(128);
    expect(heldBytes() - held).toBeLessThan(MiB);
    // Of which most are chunks that nobody has swept up yet.
    expect(peakBytes() - before).toBeLessThan(32 * MiB);
  },
);

it("memory › a bomb of 1 KiB parts is inflated no faster than it is read, however many there are", async () => {
  let taken = 0;
  const parts = (function* () {
    for (;;) {
      taken++;
      yield MEBIBYTE;
    }
  })();
  const iterator = side("server").decompressParts(parts);
  await iterator.next();
  const before = peakBytes();
  for (let i = 1; i < 16; i++) expect((await iterator.next()).value?.length).toBe(64 * KiB);
  await threadsDone();
  expect(taken).toBe(1);
  for (let i = 0; i < 64 * 16; i++) await iterator.next();
  expect(taken).toBe(65);
  expect(peakBytes() - before).toBeLessThan(24 * MiB);
  await iterator.return();
});

it("memory › one part that would become 256 MiB waits for its reader, who took one chunk", async () => {
  const part = concat(Array.from({ length: 256 }, () => MEBIBYTE));
  await threadsDone();
  const before = allHeldBytes();
  const iterator = side("server").decompressParts([part]);
  await iterator.next();
  await threadsDone();
  expect(allHeldBytes() - before).toBeLessThan(2 * MiB);
  await iterator.return();
});

it("memory › a message that waits for its reader holds less than 320 KiB, and nothing once that one has gone", async () => {
  const waiting = async (): Promise<unknown[]> => {
    const iterators = Array.from({ length: 50 }, () => side("server").decompressParts([MEBIBYTE]));
    for (const iterator of iterators) await iterator.next();
    await threadsDone();
    return iterators;
  };
  let messages = await waiting();
  messages = [];
  await threadsDone();
  const before = allHeldBytes();
  messages = await waiting();
  expect(allHeldBytes() - before).toBeGreaterThan(50 * 64 * KiB);
  expect(allHeldBytes() - before).toBeLessThan(50 * 320 * KiB);
  messages.length = 0;
  await threadsDone();
  expect(allHeldBytes() - before).toBeLessThan(50 * 8 * KiB);
});
