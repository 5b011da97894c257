// Little that becomes much, as a client would send it. In a file, and so in a process, of its own: what is measured is
// the most memory that the process ever took.
import { connect } from "@ws/client";
import { expect, it } from "vitest";
import { constants, deflateRawSync } from "node:zlib";
import { MB, peakBytes } from "./memory.ts";
import { serve } from "./servers.ts";
import { closeCodeOf, enter, frame, readAll } from "./stranger.ts";

const MIB = 1024 * 1024;
const DEFLATE = { "Sec-WebSocket-Extensions": "permessage-deflate" };
/** A mebibyte of zeros in a kibibyte, which is as small as DEFLATE can make it; it refers to nothing before it. */
const MEBIBYTE = deflateRawSync(Buffer.alloc(MIB), { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** The empty block that ends a message whose flush was left in. */
const END = Buffer.of(0);
const bomb = Array.from({ length: 1024 }, () => MEBIBYTE);

it.each<[what: string, frames: Buffer[], limit: number]>([
  ["1 KiB that becomes 1 MiB, one byte too many", [frame(0xc2, Buffer.concat([MEBIBYTE, END]))], MIB - 1],
  ["1 MiB that would become 1 GiB", [frame(0xc2, Buffer.concat([...bomb, END]))], 2 * MIB],
  [
    "the same spread over a thousand fragments",
    bomb.map((part, i) => frame(i === 0 ? 0x42 : 0x00, part)).concat(frame(0x80, END)),
    2 * MIB,
  ],
])("CVE-2026-1526: %s ends in 1009, and never took 48 MB", async (_what, frames, limit) => {
  const { server, port } = await serve({ perMessageDeflate: true, maxMessageBytes: limit });
  server.on("connection", (connection) => connection.on("message", () => {}));
  // What every connection costs is no part of it.
  (await enter(port, DEFLATE)).destroy();
  const before = peakBytes();
  for (let i = 0; i < 5; i++) {
    const socket = await enter(port, DEFLATE);
    for (const bytes of frames) socket.write(bytes);
    expect(closeCodeOf(await readAll(socket))).toBe(1009);
  }
  expect(peakBytes() - before).toBeLessThan(48 * MB);
  expect(await (await connect(`ws://localhost:${port}/`)).close()).toMatchObject({ wasClean: true });
});
