import { PreparedMessage } from "@ws/connection";
import { settle } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { open } from "./open.ts";
import { readFrames, ROLES, utf8 } from "./wire.ts";

const SECRET = "SECRET-FROM-ELSEWHERE";

/** Fills what Buffer's pool, and the pages behind it, hold next with something that must not be seen. */
function poison(): void {
  for (const size of [8, 64, 512, 2048, 4096, 65_536, 1024 * 1024]) {
    for (let i = 0; i < 8; i++) Buffer.allocUnsafe(size).fill(SECRET);
  }
}

const NOT_MESSAGES = [
  5,
  100,
  1e6,
  true,
  null,
  undefined,
  {},
  [],
  [1, 2],
  { length: 100 },
  () => {},
  Symbol("s"),
  7n,
];

describe.each(ROLES)("memory disclosure (%s)", (role) => {
  it("what is no data is a TypeError, and nothing is sent", async () => {
    const { connection, transport } = open(role);
    poison();
    for (const value of NOT_MESSAGES) {
      const data = value as never;
      expect(() => connection.send(data)).toThrow(TypeError);
      expect(() => connection.prepare(data)).toThrow(TypeError);
      expect(() => connection.send(new PreparedMessage(data))).toThrow(TypeError);
      if (value === undefined) continue;
      expect(() => connection.ping(data)).toThrow(TypeError);
      expect(() => connection.pong(data)).toThrow(TypeError);
    }
    await settle();
    expect(transport.takeWritten()).toHaveLength(0);
    expect(connection.state).toBe("open");
    expect(connection.bufferedAmount).toBe(0);
  });

  it("a close reason that is no string is a TypeError, and nothing is sent (CVE-2026-45736)", async () => {
    const { connection, transport } = open(role);
    poison();
    for (const reason of [new Uint16Array(9), new Uint8Array(9), 100, {}, null]) {
      expect(() => connection.close(1000, reason as never)).toThrow(TypeError);
    }
    await settle();
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("everything that is sent is exactly what was given, with a poisoned pool (CVE-2016-10518)", async () => {
    const { connection, transport } = open(role);
    const sent = [0, 1, 3, 124, 125, 126, 1000, 16_384, 16_385, 65_535, 65_536, 300_000].map((length) =>
      "ä".repeat(length),
    );
    for (const data of sent) {
      poison();
      connection.send(data);
      connection.send(utf8(data));
      connection.ping("ping");
      await settle();
    }
    void connection.close(1000, "done");
    await settle();
    const bytes = transport.takeWritten();
    expect(Buffer.from(bytes).includes("SECRET")).toBe(false);
    const payloads = readFrames(bytes).map(({ payload }) => Buffer.from(payload).toString());
    expect(payloads).toEqual([...sent.flatMap((data) => [data, data, "ping"]), "\u0003\uFFFDdone"]);
  });

  it("connections that send in turns are given their own bytes only", async () => {
    const { connection, transport } = open(role);
    const other = open(role);
    for (let i = 0; i < 20; i++) {
      other.connection.send(SECRET);
      connection.send(`mine ${i}`);
      if (i % 3 === 0) await settle();
    }
    await settle();
    expect(transport.takeFrames()).toEqual(Array.from({ length: 20 }, (_, i) => `text mine ${i}`));
    expect(other.transport.takeFrames()).toEqual(Array<string>(20).fill(`text ${SECRET}`));
  });

  it("what waits for a slow transport keeps no memory of others alive", async () => {
    const { connection, transport } = open(role);
    transport.block();
    for (let i = 0; i < 40; i++) {
      connection.send(`mine ${i}`);
      await settle();
    }
    transport.unblock();
    await settle();
    const [, ...waiting] = transport.writes.flat();
    expect(waiting.length).toBeGreaterThan(10);
    for (const piece of waiting) expect(piece.buffer.byteLength).toBeLessThan(1000);
  });
});
