// What leaves over a real socket, whose memory is written again once it has left.
import { setImmediate as turn } from "node:timers/promises";
import { Connection } from "@ws/connection";
import { describe, expect, it } from "vitest";
import { readToEnd, tcpPair } from "./tcp.ts";
import { readFrames, ROLES } from "./wire.ts";

const LENGTHS = [1, 20, 125, 126, 1000, 5000, 16_384, 16_385, 40_000];

const message = (length: number, seed: number): Uint8Array =>
  new Uint8Array(length).map((_, i) => (i * 7 + seed * 13) & 0xff);

describe.each(ROLES)("connection (%s) › writing over TCP", (role) => {
  it.each(["reads", "reads only later"])(
    "messages are whole and in order where the peer %s",
    async (peer) => {
      const pairs = await Promise.all([tcpPair(), tcpPair(), tcpPair()]);
      const sent: Uint8Array[][] = pairs.map(() => []);
      const connections = pairs.map(({ ours }) => new Connection(ours, { role, maxBufferedBytes: 2 ** 30 }));
      const readers = pairs.map(({ theirs }) => (peer === "reads" ? readToEnd(theirs) : undefined));
      for (let turns = 0; turns < 120; turns++) {
        // In one turn to all of them, by turns, and several to each.
        for (let i = 0; i < 3 * connections.length; i++) {
          const at = (i + turns) % connections.length;
          const data = message(LENGTHS[(turns * 5 + i) % LENGTHS.length]!, turns * 9 + i);
          sent[at]!.push(data.slice());
          connections[at]!.send(data);
        }
        if (turns % 3 > 0) await turn();
      }
      const received = pairs.map(({ theirs }, i) => readers[i] ?? readToEnd(theirs));
      for (const connection of connections) void connection.close();
      for (const { theirs } of pairs) theirs.end();
      for (const [i, bytes] of (await Promise.all(received)).entries()) {
        const frames = readFrames(bytes);
        expect(frames.length).toBe(sent[i]!.length + 1);
        const differ = sent[i]!.findIndex((data, at) => Buffer.compare(frames[at]!.payload, data) !== 0);
        expect(differ).toBe(-1);
      }
      await Promise.all(connections.map(({ closed }) => closed));
    },
  );

  it("frames take turns in the same memory as long as the transport takes each at once", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    const places = new Set<number>();
    const write = ours.write.bind(ours) as (...args: unknown[]) => boolean;
    ours.write = (bytes: Uint8Array, ...rest: unknown[]) => {
      if (bytes.buffer.byteLength === 64 * 1024) places.add(bytes.byteOffset);
      return write(bytes, ...rest);
    };
    for (let i = 0; i < 1000; i++) {
      connection.send(message(1000, i));
      await turn();
    }
    // At the end of a piece of memory they go on in another.
    expect(places.size).toBeLessThan(5);
    void connection.close();
    theirs.end();
    const frames = readFrames(await received);
    expect(
      frames.slice(0, -1).findIndex(({ payload }, i) => Buffer.compare(payload, message(1000, i)) !== 0),
    ).toBe(-1);
  });

  it.each([
    ["messages", (connection: Connection, data: Uint8Array) => connection.send(data)],
    ["pings", (connection: Connection, data: Uint8Array) => connection.ping(data.subarray(0, 125))],
  ])("more %s of one turn than a transport is given at once leave all the same", async (_, send) => {
    const { ours, theirs } = await tcpPair();
    // Nobody is told to wait, so nobody asks whether there is room again.
    const connection = new Connection(ours, { role, highWaterMarkBytes: 2 ** 30, maxBufferedBytes: 2 ** 30 });
    const received = readToEnd(theirs);
    let bytes = 0;
    for (let i = 0; bytes < 1024 * 1024; i++) {
      const data = message(1000, i);
      send(connection, data);
      bytes = connection.bufferedAmount;
    }
    while (connection.bufferedAmount > 0) await turn();
    connection.terminate();
    expect((await received).length).toBe(bytes);
  });
});
