import { GrowingBuffer, mask } from "@ws/frame";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { watchAllocations } from "./allocations.ts";
import { inPieces } from "./decoding.ts";
import { pattern } from "./wire.ts";

const MiB = 1024 * 1024;

// The first large one of a process makes one more allocation, for malloc to learn of.
beforeAll(() => new GrowingBuffer().append(pattern(64 * 1024)));

describe("growing buffer", () => {
  it.each([1, 7, 255, 256, 257, 5000])("returns what was appended in pieces of %i", (size) => {
    for (const expected of [0, 1, 4999, 5000, 6000, 100_000]) {
      const buffer = new GrowingBuffer();
      let length = 0;
      for (const piece of inPieces(pattern(5000), size)) {
        buffer.append(piece, expected);
        length += piece.length;
        if (buffer.byteLength !== length) expect(buffer.byteLength).toBe(length);
      }
      expect(buffer.take()).toEqual(pattern(5000));
      expect(buffer.byteLength).toBe(0);
    }
  });

  it("is empty before anything came, and after all was taken", () => {
    const buffer = new GrowingBuffer();
    expect(buffer.take()).toEqual(new Uint8Array(0));
    buffer.append(new Uint8Array(0));
    expect(buffer.byteLength).toBe(0);
    buffer.append(pattern(3));
    expect(buffer.take()).toEqual(pattern(3));
    expect(buffer.take()).toEqual(new Uint8Array(0));
  });

  it("hands over bytes that later ones do not touch", () => {
    const buffer = new GrowingBuffer();
    buffer.append(pattern(200));
    const first = buffer.take();
    buffer.append(new Uint8Array(200).fill(9));
    expect(first).toEqual(pattern(200));
    expect(buffer.take()).toEqual(new Uint8Array(200).fill(9));
  });

  it("copies: what was appended may change afterwards", () => {
    const buffer = new GrowingBuffer();
    const piece = pattern(10);
    buffer.append(piece);
    piece.fill(0);
    expect(buffer.take()).toEqual(pattern(10));
  });

  it("makes room for a few hundred bytes where 8 MiB are expected and ten came", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    buffer.append(pattern(10), 8 * MiB);
    expect(sizes).toEqual([256]);
    buffer.append(pattern(246), 8 * MiB);
    expect(sizes).toEqual([256]);
  });

  it("is never ahead of what came by more than a factor of four", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    for (let arrived = 1000; arrived <= 100_000; arrived += 1000) {
      buffer.append(pattern(1000), 8 * MiB);
      expect(sizes.at(-1)).toBeLessThanOrEqual(arrived * 4);
    }
    expect(sizes).toEqual([4000, 20_000, 84_000, 340_000]);
  });

  it.each([1, 3, 100, 511, 512, 1000, 16 * 1024, 20_001])(
    "unmasks pieces of %i while it copies them, and leaves them as they are",
    (size) => {
      const message = pattern(50_000);
      const key = 0x12_34_56_f8 | 0;
      const masked = message.slice();
      mask(masked, 0, masked.length, key);
      const buffer = new GrowingBuffer();
      const pieces = inPieces(masked, size);
      for (const piece of pieces) buffer.append(piece, message.length, key, buffer.byteLength);
      expect(Buffer.compare(buffer.take(), message)).toBe(0);
      expect(Buffer.compare(Buffer.concat(pieces), masked)).toBe(0);
    },
  );

  it("ends up exactly as large as expected", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    for (const piece of inPieces(pattern(5000), 1000)) buffer.append(piece, 5000);
    expect(sizes).toEqual([4000, 5000]);
    expect(buffer.take().buffer.byteLength).toBe(5000);
  });

  it("takes exactly what is expected at once, without room to spare", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    buffer.append(pattern(100), 100);
    expect(sizes).toEqual([100]);
  });

  it("doubles where nothing is known, or more came than expected", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    buffer.append(pattern(1));
    buffer.append(pattern(256), 255);
    buffer.append(pattern(300));
    buffer.append(pattern(5000));
    expect(sizes).toEqual([256, 512, 1024, 5557]);
  });

  it("leaves no object behind for each piece: a million bytes are twenty allocations", () => {
    const sizes = watchAllocations();
    const buffer = new GrowingBuffer();
    const piece = pattern(1);
    for (let i = 0; i < MiB; i++) buffer.append(piece);
    expect(sizes).toEqual(Array.from({ length: 13 }, (_, i) => 256 * 2 ** i));
  });

  it("gives no more slack away than bytes", () => {
    const take = (used: number): number => {
      const buffer = new GrowingBuffer();
      buffer.append(pattern(used));
      return buffer.take().buffer.byteLength;
    };
    expect(take(127)).toBe(127);
    expect(take(128)).toBe(256);
  });

  it("gives back at once what it has outgrown, where the engine can", () => {
    const allocate = vi.spyOn(Buffer, "allocUnsafeSlow");
    const buffer = new GrowingBuffer();
    for (const piece of inPieces(pattern(200_000), 10_000)) buffer.append(piece, 200_000);
    expect(Buffer.compare(buffer.take(), pattern(200_000))).toBe(0);
    const kept = "transfer" in ArrayBuffer.prototype ? 0 : 40_000;
    expect(allocate.mock.results.map(({ value }) => (value as Buffer).buffer.byteLength)).toEqual([
      kept,
      200_000,
    ]);
  });
});
