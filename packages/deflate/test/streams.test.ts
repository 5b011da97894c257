// Peers keep a zlib stream per direction, with its memory inside zlib; we keep a window and start anew with each message.
// On the wire nobody can tell.
import { once } from "node:events";
import { createDeflateRaw, createInflateRaw, type ZlibOptions } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSame, noise, prose, ROLES, sequences, side, WINDOW_BITS } from "./messages.ts";
import { deflateAsPeer, inflateAsPeer, peerInflater, through } from "./peer.ts";

describe.each(ROLES)("streams › as %s", (role) => {
  describe.each(WINDOW_BITS)("window of 2^%d", (bits) => {
    it("reads what a stream with a memory writes (RFC 7692 §7.2.2)", async () => {
      const levels = fc.record<ZlibOptions>({
        level: fc.integer({ min: 0, max: 9 }),
        memLevel: fc.integer({ min: 1, max: 9 }),
        strategy: fc.integer({ min: 0, max: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(sequences(bits, 6), levels, async (messages, options) => {
          const deflate = side(role, bits);
          const stream = createDeflateRaw({ windowBits: bits, ...options });
          for (const message of messages) {
            const data = await deflateAsPeer(stream, message);
            expectSame(deflate.decompress(data, message.length), message);
          }
          stream.close();
        }),
        { numRuns: 5 },
      );
    });

    it("writes what a stream with a memory reads (RFC 7692 §7.2.1)", async () => {
      await fc.assert(
        fc.asyncProperty(sequences(bits, 6), async (messages) => {
          const deflate = side(role, bits);
          const stream = peerInflater(bits);
          for (const message of messages) {
            const data = deflate.compress(message);
            if (data === undefined) continue;
            expectSame(await inflateAsPeer(stream, data), message);
          }
          stream.close();
        }),
        { numRuns: 5 },
      );
    });
  });

  it("a stream that is reset after each message needs no memory of ours", async () => {
    const deflate = side(role, 15, true);
    const deflater = createDeflateRaw();
    const inflater = createInflateRaw();
    for (let i = 0; i < 10; i++) {
      const message = prose(3000, i % 2);
      expect(deflate.decompress(await deflateAsPeer(deflater, message), 3000)).toEqual(message);
      expect(await inflateAsPeer(inflater, deflate.compress(message)!)).toEqual(message);
      deflater.reset();
      inflater.reset();
    }
    deflater.close();
    inflater.close();
  });

  it("a peer that remembers although it need not is read: its window is kept where it was not agreed to forget", async () => {
    const deflate = side(role, 12);
    const deflater = createDeflateRaw({ windowBits: 12 });
    for (let i = 0; i < 10; i++) {
      const message = i % 3 === 2 ? noise(5000, i) : prose(2000, 1);
      expect(deflate.decompress(await deflateAsPeer(deflater, message), 5000)).toEqual(message);
    }
    deflater.close();
  });

  it("reads a message flushed many times, as one that was fragmented is (RFC 7692 §7.2.1)", async () => {
    const deflate = side(role);
    const deflater = createDeflateRaw();
    for (let round = 0; round < 3; round++) {
      const pieces = [prose(10), noise(200), prose(3000), new Uint8Array(1), prose(20_000, 2)];
      const data: Buffer[] = [];
      for (const piece of pieces) data.push(await through(deflater, piece));
      const whole = Buffer.concat(pieces);
      expect(deflate.decompress(Buffer.concat(data).subarray(0, -4), whole.length)).toEqual(
        new Uint8Array(whole),
      );
    }
    deflater.close();
  });

  it("reads data that nothing was removed from: an empty block more is no harm", async () => {
    const deflate = side(role);
    const deflater = createDeflateRaw();
    for (let i = 0; i < 3; i++) {
      const data = await through(deflater, prose(500, i));
      expect(deflate.decompress(Buffer.concat([data, Buffer.of(0)]), 500)).toEqual(prose(500, i));
    }
    deflater.close();
  });

  it("reads streams that were ended inside a message, one behind the other (RFC 7692 §7.2.3.4)", async () => {
    const pieces = [prose(5000), noise(100), prose(5000, 2), new Uint8Array(0)];
    const data: Buffer[] = [];
    for (const piece of pieces) {
      const deflater = createDeflateRaw();
      deflater.on("data", (chunk: Buffer) => data.push(chunk));
      deflater.end(piece);
      await once(deflater, "end");
    }
    const whole = new Uint8Array(Buffer.concat(pieces));
    for (const noContextTakeover of [true, false]) {
      const message = side(role, 15, noContextTakeover).decompress(
        Buffer.concat([...data, Buffer.of(0)]),
        whole.length,
      );
      expect(message).toEqual(whole);
    }
  });
});
