// What leaves a client and a server, seen from the network between them.
import { once } from "node:events";
import { connect } from "@ws/client";
import type { Connection } from "@ws/server";
import { expect, it, type Mock, vi } from "vitest";
import { tapWire, type WireTap } from "../behaviour/wire-tap.ts";
import { serve } from "./servers.ts";

const SECRET = "SECRET-FROM-ELSEWHERE";

/** From now on memory that nobody clears is full of what must not be seen; returns what our packages take it from. */
function poison(): Mock {
  const unclean = (size: number): ReturnType<typeof Buffer.alloc> => Buffer.alloc(size, SECRET);
  vi.spyOn(Buffer, "allocUnsafe").mockImplementation(unclean);
  return vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation(unclean) as Mock;
}

async function pair(): Promise<{ server: Connection; client: Connection; wire: WireTap }> {
  const { server, port } = await serve();
  const wire = await tapWire(port);
  const accepted = once(server, "connection") as Promise<[Connection]>;
  const client = await connect(`ws://localhost:${wire.port}/`);
  return { server: (await accepted)[0], client, wire };
}

interface MaskedFrame {
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly key: number;
  readonly payload: Buffer;
}

/** The frames behind the request, with their payloads as they were before masking. */
function framesOf(chunks: readonly Buffer[]): MaskedFrame[] {
  const bytes = Buffer.concat(chunks);
  const frames: MaskedFrame[] = [];
  for (let at = bytes.indexOf("\r\n\r\n") + 4; at < bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
    const length =
      extended === 0 ? short : bytes.readUIntBE(at + 2 + (extended === 8 ? 2 : 0), extended === 8 ? 6 : 2);
    const start = at + 2 + extended + 4;
    const key = bytes.subarray(start - 4, start);
    const payload = bytes.subarray(start, start + length).map((octet, i) => octet ^ key[i % 4]!);
    frames.push({
      opcode: bytes[at]! & 0x0f,
      isMasked: bytes[at + 1]! >= 0x80,
      key: key.readUInt32BE(),
      payload: Buffer.from(payload),
    });
    at = start + length;
  }
  return frames;
}

it("nothing of a poisoned pool is on the wire, whatever was asked for (CVE-2016-10518: ping(100), CVE-2026-45736: close(1000, TypedArray))", async () => {
  const { server, client, wire } = await pair();
  const allocation = poison();
  expect(Buffer.allocUnsafe(100).includes("SECRET")).toBe(true);
  const NO_DATA = [100, { length: 100 }, [1, 2], null, true, 7n];
  for (const connection of [server, client]) {
    connection.on("message", () => {});
    for (const value of NO_DATA) {
      expect(() => connection.ping(value as never)).toThrow(TypeError);
      expect(() => connection.pong(value as never)).toThrow(TypeError);
      expect(() => connection.send(value as never)).toThrow(TypeError);
    }
    for (const reason of [new Uint16Array(9), new Uint8Array(9), 9]) {
      expect(() => connection.close(1000, reason as never)).toThrow(TypeError);
    }
    for (const length of [0, 1, 125, 126, 4095, 4096, 65_535, 65_536, 200_000]) {
      connection.send("é".repeat(length));
      connection.send(new Uint16Array(length).fill(0x4141));
      connection.ping("p");
    }
  }
  expect(await client.close(1000, "done")).toMatchObject({ wasClean: true });
  await server.closed;
  expect(allocation).toHaveBeenCalled();
  expect(Buffer.concat(wire.fromServer).includes("SECRET")).toBe(false);
  const payloads = framesOf(wire.fromClient).map(({ payload }) => payload);
  expect(Buffer.concat(wire.fromClient).includes("SECRET")).toBe(false);
  expect(Buffer.concat(payloads).includes("SECRET")).toBe(false);
  expect(payloads.some((payload) => payload.equals(Buffer.from("é".repeat(200_000))))).toBe(true);
});

it("10,000 messages of a client have 10,000 masking keys, though Math.random is a constant (CVE-2017-16031: ids from Math.random)", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const { server, client, wire } = await pair();
  const received: unknown[] = [];
  server.on("message", (data) => received.push(data));
  for (let i = 0; i < 10_000; i++) client.send("the same");
  await client.close();
  await server.closed;
  expect(received).toHaveLength(10_000);
  const messages = framesOf(wire.fromClient).filter(({ opcode }) => opcode === 1);
  expect(messages).toHaveLength(10_000);
  expect(messages.every(({ isMasked, payload }) => isMasked && payload.equals(Buffer.from("the same")))).toBe(
    true,
  );
  const keys = messages.map(({ key }) => key);
  // Chance alone repeats one key in a hundred runs, three in millions.
  expect(new Set(keys).size).toBeGreaterThan(9997);
  expect(new Set(keys.slice(1).map((key, i) => (key - keys[i]!) >>> 0)).size).toBeGreaterThan(9990);
  for (let bit = 0; bit < 32; bit++) {
    const set = keys.filter((key) => (key >>> bit) % 2 === 1).length;
    expect(Math.abs(set - 5000), `bit ${bit}`).toBeLessThan(500);
  }
});

it("no two handshakes have a key in common, though Math.random is a constant (CVE-2017-16031: ids from Math.random)", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const { server, port } = await serve();
  const keys = new Set<string | undefined>();
  server.on("connection", (_connection, request) => keys.add(request.headers["sec-websocket-key"]));
  for (let i = 0; i < 50; i++) await (await connect(`ws://localhost:${port}/`)).close();
  expect(keys.size).toBe(50);
});
