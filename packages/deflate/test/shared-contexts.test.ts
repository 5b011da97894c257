// Contexts of zlib are used by many connections in turns: nothing of one is there for another, and there are only so many.
import type * as Zlib from "node:zlib";
import { constants, deflateRawSync, type DeflateRaw, inflateRawSync } from "node:zlib";
import { expect, it, vi } from "vitest";
import { concat, expectSame, noise, prose, side } from "./messages.ts";
import { inflateAsPeer, peerInflater } from "./peer.ts";

const deflaters: DeflateRaw[] = [];
vi.mock("node:zlib", async (importOriginal) => {
  const zlib = await importOriginal<typeof Zlib>();
  const createDeflateRaw: typeof zlib.createDeflateRaw = (options) => {
    const stream = zlib.createDeflateRaw(options);
    deflaters.push(stream);
    return stream;
  };
  return { ...zlib, createDeflateRaw };
});

const openDeflaters = (): number => deflaters.filter(({ destroyed }) => !destroyed).length;

const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

function independently(message: Uint8Array, level: number): Uint8Array {
  const deflated = deflateRawSync(message, { level, finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(deflated.subarray(0, -4));
}

it("shared contexts › without takeover every message is what a zlib of its own makes, whoever came before", () => {
  const sides = [1, 4, 6, 9].flatMap((level) => {
    return Array.from({ length: 5 }, () => {
      return { level, deflate: side("server", 15, true, { level }), peer: side("client", 15, true) };
    });
  });
  for (let turn = 0; turn < 20; turn++) {
    for (const [i, { level, deflate, peer }] of sides.entries()) {
      const message = prose(50 + ((turn * 977 + i * 331) % 70_000), (turn + i) % 3);
      const data = deflate.compress(message);
      const expected = independently(message, level);
      if (data === undefined) expect(expected.length).toBeGreaterThanOrEqual(message.length);
      else expectSame(data, expected);
      expectSame(peer.decompress(expected, message.length), message);
    }
  }
});

it("shared contexts › the last octets of a message were compressed by what another connection's message had behind them: nothing but the message decides", () => {
  for (let level = 1; level <= 9; level++) {
    const connections = [9, 15].map((bits) => side("server", bits, true, { level }));
    for (let i = 0; i < 200; i++) {
      // Short words of few letters, so that whatever lies behind the end has been there before.
      const length = 50 + ((i * 7919) % 1200);
      const message = noise(length, i + 1).map((octet) => 97 + (octet % (2 + (i % 30))));
      for (const [deflate, windowBits] of [
        [connections[0]!, 9],
        [connections[1]!, 15],
      ] as const) {
        const options = { level, windowBits, finishFlush: constants.Z_SYNC_FLUSH };
        const expected = new Uint8Array(deflateRawSync(message, options).subarray(0, -4));
        const data = deflate.compress(message);
        if (data === undefined) expect(expected.length).toBeGreaterThanOrEqual(length);
        else expectSame(data, expected);
      }
    }
  }
});

it("shared contexts › data cannot refer to what another connection has received", () => {
  const secret = noise(5000);
  const asking = deflateRawSync(secret, { dictionary: secret, finishFlush: constants.Z_SYNC_FLUSH });
  const data = asking.subarray(0, -4);
  for (const noTakeover of [true, false]) {
    for (const bits of [9, 12, 15]) {
      const owner = side("server", bits, noTakeover);
      expectSame(owner.decompress(independently(secret, 6), 5000), secret);
      expect(side("server", bits, noTakeover).decompress(data, 5000)).toBe("INVALID_COMPRESSED_DATA");
    }
  }
  // It would be an answer with the window that it was made for.
  const right = inflateRawSync(concat([asking]), { dictionary: secret, finishFlush: constants.Z_SYNC_FLUSH });
  expectSame(new Uint8Array(right), secret);
});

it("shared contexts › data that is bad, too large, or in several pieces leaves nothing for the next connection", () => {
  const good = prose(3000);
  const final = new Uint8Array(deflateRawSync(prose(2000, 2)));
  const disturbances: readonly [Uint8Array, number][] = [
    [Uint8Array.of(6), 1000],
    [independently(prose(3000), 4).subarray(0, 100), 5000],
    [independently(new Uint8Array(300_000), 4), 1000],
    [concat([final, final, Uint8Array.of(0)]), 5000],
    [concat([final, Uint8Array.of(6)]), 5000],
    [noise(500), 5000],
  ];
  for (const noTakeover of [true, false]) {
    const to = side("server", 15, noTakeover);
    const from = side("client", 15, noTakeover);
    for (let round = 0; round < 3; round++) {
      for (const [data, maxBytes] of disturbances) {
        side("server", 15, noTakeover).decompress(data, maxBytes);
        expectSame(to.decompress(from.compress(good)!, 3000), good);
      }
    }
  }
});

it("shared contexts › a message that does not shrink is no part of what the next ones refer to, though zlib has seen it", async () => {
  const deflate = side("server");
  const peer = peerInflater(15);
  const unshrinkable = noise(400);
  for (let i = 0; i < 6; i++) {
    const message = concat([prose(500, i), unshrinkable]);
    expectSame(await inflateAsPeer(peer, deflate.compress(message)!), message);
    // It has become part of the history now, and shrinks; other noise does not.
    expect(deflate.compress(noise(400, i + 2))).toBeUndefined();
  }
  peer.close();
});

it("shared contexts › with takeover there are at most a hundred or so, and connections without one lose nothing but time", async () => {
  const connections = Array.from({ length: 300 }, (_, i) => {
    return { deflate: side("server"), peer: peerInflater(15), own: prose(300, i + 10) };
  });
  const shared = openDeflaters();
  for (let turn = 0; turn < 4; turn++) {
    for (const [i, { deflate, peer, own }] of connections.entries()) {
      // Some compress always, and some only now and then.
      if (turn % ((i % 3) + 1) !== 0) continue;
      const message = concat([own, prose(200, turn)]);
      const data = deflate.compress(message)!;
      if (turn > 0) expect(data.length).toBeLessThan(200);
      expectSame(await inflateAsPeer(peer, data), message);
    }
    expect(openDeflaters() - shared).toBeLessThanOrEqual(102);
  }
  expect(openDeflaters() - shared).toBeGreaterThan(90);
  for (const { peer } of connections) peer.close();
});

it("shared contexts › who compresses often gets the context of who does no more", () => {
  // They fill all the room there is.
  for (let i = 0; i < 300; i++) {
    const idle = side("server");
    for (let n = 0; n < 2; n++) idle.compress(prose(500, n));
  }
  const before = deflaters.length;
  const active = Array.from({ length: 20 }, () => side("server"));
  for (let turn = 0; turn < 10; turn++) for (const deflate of active) deflate.compress(prose(500, turn));
  expect(deflaters.length - before).toBe(20);
});

it("shared contexts › where too many take turns, some keep theirs: none is opened for each message", () => {
  const many = Array.from({ length: 200 }, () => side("server"));
  const round = (n: number): void => many.forEach((deflate) => void deflate.compress(prose(500, n)));
  for (let n = 0; n < 3; n++) round(n);
  const before = deflaters.length;
  for (let n = 3; n < 10; n++) round(n);
  expect(deflaters.length).toBe(before);
});

it("shared contexts › a message in parts gives its context back with its last part", () => {
  const deflate = side("server", 15, true);
  const parts = [prose(5000), prose(5000), prose(5000), prose(100)];
  const payloads = [deflate.compressPart(parts[0]!, false)];
  const before = deflaters.length;
  payloads.push(deflate.compressPart(parts[1]!, false), deflate.compressPart(parts[2]!, false));
  expect(deflaters.length - before).toBe(1);
  expect(deflaters.at(-1)!.destroyed).toBe(false);
  payloads.push(deflate.compressPart(parts[3]!, true));
  expect(deflaters.length - before).toBe(1);
  expect(deflaters.at(-1)!.destroyed).toBe(true);
  const message = inflateRawSync(concat([...payloads, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH });
  expectSame(new Uint8Array(message), concat(parts));
});
