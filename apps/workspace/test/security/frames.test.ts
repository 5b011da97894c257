// Frames that lie about their length or their place, sent to a server with default options and no listener on anything.
import { connect } from "@ws/client";
import { describe, expect, it } from "vitest";
import { deflateRawSync } from "node:zlib";
import { serve } from "./servers.ts";
import { closeCodeOf, enter, frame, readAll } from "./stranger.ts";

const MIB = 1024 * 1024;
const DEFLATE = { "Sec-WebSocket-Extensions": "permessage-deflate" };

/** A header with a length of eight octets, and no payload behind it. */
function announcing(first: number, length: string): Buffer {
  return Buffer.concat([Buffer.of(first, 0xff), Buffer.from(length, "hex"), Buffer.alloc(4)]);
}

const compressed = deflateRawSync(Buffer.alloc(100), { finishFlush: 2 }).subarray(0, -4);

describe("frames of a stranger", () => {
  it.each<[advisory: string, frames: Buffer[], code: number]>([
    ["CVE-2026-1528: a length of 2^63", [announcing(0x82, "8000000000000000")], 1002],
    ["CVE-2026-1528: a length of 2^64 - 1", [announcing(0x82, "ffffffffffffffff")], 1002],
    ["CVE-2026-1528: a length of 2^53", [announcing(0x82, "0020000000000000")], 1009],
    [
      "CVE-2020-27813: 2^63 - 1 behind a first fragment",
      [frame(0x02, "x"), announcing(0x80, "7fffffffffffffff")],
      1009,
    ],
    [
      "CVE-2020-27813: a fragment that fills the limit, then one octet",
      [frame(0x02, Buffer.alloc(MIB)), frame(0x80, "x")],
      1009,
    ],
    [
      "CVE-2016-10542: one octet above the default limit, its payload never sent",
      [announcing(0x82, "0000000000100001")],
      1009,
    ],
    ["a length that is not minimal", [announcing(0x82, "0000000000000001")], 1002],
    ["CVE-2022-21676: a reserved bit without an extension", [frame(0xc1, "x")], 1002],
    ["CVE-2022-41940: a reserved opcode", [frame(0x83, "x")], 1002],
    ["a control frame in fragments", [frame(0x09, "x")], 1002],
  ])(
    "%s: the header is refused with its own close code, and the server goes on",
    async (_what, frames, code) => {
      const { port } = await serve();
      const socket = await enter(port);
      for (const bytes of frames) socket.write(bytes);
      expect(closeCodeOf(await readAll(socket))).toBe(code);
      expect(await (await connect(`ws://localhost:${port}/`)).close()).toMatchObject({ wasClean: true });
    },
  );

  it.each<[what: string, frames: Buffer[]]>([
    ["a compressed message", [frame(0xc2, compressed)]],
    [
      "a compressed message of two fragments",
      [frame(0x42, compressed.subarray(0, 1)), frame(0x80, compressed.subarray(1))],
    ],
    ["an empty compressed message", [frame(0xc1, Buffer.of(0))]],
    ["a message that is not compressed", [frame(0x82, "x")]],
  ])(
    "a stray continuation after a compressed message was taken for its next fragment: 1002 behind %s",
    async (_what, frames) => {
      const { server, port } = await serve({ perMessageDeflate: true });
      let received = 0;
      server.on("connection", (connection) => connection.on("message", () => received++));
      const socket = await enter(port, DEFLATE);
      for (const bytes of frames) socket.write(bytes);
      socket.write(frame(0x80, "stray"));
      expect(closeCodeOf(await readAll(socket))).toBe(1002);
      expect(received).toBe(1);
    },
  );
});
