// Much of little, over TCP: what a server holds of it is measured while the sender is still connected.
import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Connection } from "@ws/server";
import { expect, it, onTestFinished } from "vitest";
import { heldBytes, MB } from "./memory.ts";
import { serve } from "./servers.ts";
import { enter, frame, pour } from "./stranger.ts";

const repeat = (bytes: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));

/** Until the server has answered a ping behind all that was sent. */
async function settled(connection: Connection, socket: { write(bytes: Buffer): boolean }): Promise<void> {
  const pinged = once(connection, "ping");
  socket.write(frame(0x89, "last"));
  await pinged;
}

it("800,000 pings of a client that reads no pong hold less than 10 MB (security: ping flood)", async () => {
  const { server, port } = await serve();
  const accepted = once(server, "connection") as Promise<[Connection]>;
  const socket = await enter(port);
  const [connection] = await accepted;
  const answered = new Promise<void>((resolve) => {
    let pings = 0;
    connection.on("ping", () => ++pings === 800_000 && resolve());
  });
  const chunk = repeat(frame(0x89, "12345678"), 4000);
  const before = await heldBytes();
  await pour(socket, chunk, 200);
  await answered;
  expect((await heldBytes()) - before).toBeLessThan(10 * MB);
  expect(connection.bufferedAmount, "the client has stopped the server").toBeGreaterThan(0);
  expect(connection.bufferedAmount).toBeLessThan(MB);
  expect(connection.state).toBe("open");
});

it.each([
  ["one-byte", 0x01, Buffer.of(0x78)],
  ["empty", 0x01, Buffer.alloc(0)],
  ["compressed one-byte", 0x41, Buffer.of(0x00)],
  ["compressed empty", 0x41, Buffer.alloc(0)],
])(
  "0.92 MB of %s fragments of an unfinished message hold less than 2 MB (CVE-2026-48779)",
  async (_kind, first, payload) => {
    const { server, port } = await serve({ perMessageDeflate: true });
    const accepted = once(server, "connection") as Promise<[Connection]>;
    const socket = await enter(port, { "Sec-WebSocket-Extensions": "permessage-deflate" });
    const [connection] = await accepted;
    socket.write(frame(first));
    await settled(connection, socket);
    const fragment = frame(0x00, payload);
    const chunk = repeat(fragment, Math.floor(9200 / fragment.length));
    const before = await heldBytes();
    await pour(socket, chunk, 100);
    await settled(connection, socket);
    expect((await heldBytes()) - before).toBeLessThan(2 * MB);
    expect(connection.state).toBe("open");
  },
);

it("20,000 TCP chunks of one byte each leave memory flat (security: one-byte chunks)", async () => {
  const { server, port } = await serve();
  const accepted = once(server, "connection") as Promise<[Connection]>;
  const socket = await enter(port);
  const [connection] = await accepted;
  const seen = { chunks: 0 };
  const count = (): void => void seen.chunks++;
  subscribe("ws:transport:received", count);
  onTestFinished(() => void unsubscribe("ws:transport:received", count));
  // One message that stays unfinished, so that whatever is kept of a chunk is still there at the end.
  socket.write(Buffer.of(0x82, 0xfe, 0xff, 0xff, 0, 0, 0, 0));
  const before = await heldBytes();
  for (let i = 0; i < 20_000; i++) {
    socket.write(Buffer.of(1));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  while (seen.chunks < 15_000) await new Promise<void>((resolve) => setImmediate(resolve));
  expect((await heldBytes()) - before).toBeLessThan(MB);
  expect(connection.state).toBe("open");
});
