import type { Connection, ConnectionOptions } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { open } from "./open.ts";
import { closeFrame, ROLES } from "./wire.ts";

const KIB = "x".repeat(1024);
const MIB = 1024 * 1024;

describe.each(ROLES)("connection (%s) › whenBufferFull", (role) => {
  /** A connection whose peer reads nothing, and for which too much waits. */
  function openFull(options: ConnectionOptions): { connection: Connection; transport: TestTransport } {
    const transport = new TestTransport();
    transport.block();
    const opened = open(role, { transport, maxBufferedBytes: 10_000, highWaterMarkBytes: 4096, ...options });
    for (let i = 0; i < 10; i++) opened.connection.send(KIB);
    expect(opened.connection.bufferedAmount).toBeGreaterThan(10_000);
    return opened;
  }

  it('"close" is the default: what was accepted leaves before 1013', async () => {
    const { connection, transport } = openFull({});
    const error = await connection.sendAsync("one too many").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "BUFFER_FULL" });
    transport.unblock();
    await settle();
    const frames = transport.takeFrames();
    expect(frames).toHaveLength(11);
    expect(frames.at(-1)).toBe("close 1013 Too many bytes wait to be read");
    connection.terminate();
  });

  it('"drop" refuses the message, and a drain follows', async () => {
    const { connection, transport } = openFull({ whenBufferFull: "drop" });
    const { events } = record(connection);
    const callback = vi.fn<(error?: Error | null) => void>();
    expect(connection.send("refused", callback)).toBe(false);
    await expect(connection.sendAsync("refused")).rejects.toMatchObject({ code: "BUFFER_FULL" });
    expect(callback).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "BUFFER_FULL" }));
    expect(connection.state).toBe("open");
    transport.unblock();
    await settle();
    expect(events).toEqual(["drain"]);
    expect(connection.send("accepted")).toBe(true);
    await settle();
    expect(transport.takeFrames().filter((sent) => !sent.startsWith(`text ${KIB}`))).toEqual([
      "text accepted",
    ]);
  });

  it("a drain follows even where maxBufferedBytes is below highWaterMarkBytes", async () => {
    // The refused message left its sender waiting for ever.
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, maxBufferedBytes: 100, whenBufferFull: "drop" });
    const { events } = record(connection);
    expect(connection.send(KIB)).toBe(true);
    expect(connection.send("refused")).toBe(false);
    await settle();
    expect(events).toEqual([]);
    transport.unblock();
    await settle();
    expect(events).toEqual(["drain"]);
  });

  it('"wait" lets sendAsync wait, in order, and refuses what a send cannot wait for', async () => {
    const { connection, transport } = openFull({ whenBufferFull: "wait" });
    const done: number[] = [];
    const all = [1, 2, 3, 4].map(async (i) => {
      await connection.sendAsync(`${i}`);
      done.push(i);
    });
    const callback = vi.fn<(error?: Error | null) => void>();
    expect(connection.send("cannot wait", callback)).toBe(false);
    await settle();
    expect(callback).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "BUFFER_FULL" }));
    expect(done).toEqual([]);
    transport.unblock();
    await Promise.all(all);
    expect(done).toEqual([1, 2, 3, 4]);
    const frames = transport.takeFrames();
    expect(frames.slice(10)).toEqual(["text 1", "text 2", "text 3", "text 4"]);
  });

  it('"wait" releases as many as there is room for', async () => {
    const { connection, transport } = openFull({ whenBufferFull: "wait" });
    let accepted = 0;
    for (let i = 0; i < 30; i++) void connection.sendAsync(KIB).then(() => accepted++);
    await settle();
    const before = connection.bufferedAmount;
    transport.unblockOnce();
    await settle();
    // What was in the transport's hands has left; as much may follow, and one message more than the limit.
    expect(connection.bufferedAmount).toBeLessThanOrEqual(before + 1100);
    expect(accepted).toBe(0);
    transport.unblock();
    await vi.waitFor(() => expect(accepted).toBe(30));
  });

  it.each([
    ["our close", (connection: Connection) => void connection.close()],
    ["the end", (connection: Connection) => connection.terminate()],
    [
      "the peer's close",
      (_: Connection, transport: TestTransport) => void transport.arrive(closeFrame(role, 1000)),
    ],
  ] as [string, (connection: Connection, transport: TestTransport) => void][])(
    '"wait" tells those that wait of %s, once each, in order',
    async (_title, act) => {
      const { connection, transport } = openFull({ whenBufferFull: "wait" });
      const told: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        connection.sendAsync("x").then(
          () => told.push("sent"),
          (error: { code: string }) => told.push(`${i} ${error.code}`),
        );
      }
      await settle();
      act(connection, transport);
      await vi.waitFor(() => expect(told).toHaveLength(3));
      expect(told).toEqual(["0 CONNECTION_CLOSED", "1 CONNECTION_CLOSED", "2 CONNECTION_CLOSED"]);
      connection.terminate();
    },
  );

  it("setLimits makes room for those that wait, though nothing was read", async () => {
    const { connection, transport } = openFull({ whenBufferFull: "wait" });
    const before = connection.bufferedAmount;
    const sent = connection.sendAsync("x");
    expect(connection.bufferedAmount).toBe(before);
    connection.setLimits({ maxBufferedBytes: 100_000 });
    expect(connection.bufferedAmount).toBeGreaterThan(before);
    transport.unblock();
    await sent;
    connection.terminate();
  });

  it("setLimits changes the policy from now on", async () => {
    const { connection } = openFull({ whenBufferFull: "drop" });
    connection.send("refused");
    expect(connection.state).toBe("open");
    connection.setLimits({ whenBufferFull: "close" });
    connection.send("refused");
    expect(connection.state).toBe("closing");
    connection.terminate();
  });

  it("a large message under way, and what waits behind it, count", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport, maxBufferedBytes: 3 * MIB, whenBufferFull: "drop" });
    await settle();
    connection.send(new Uint8Array(2 * MIB));
    connection.send(new Uint8Array(MIB));
    connection.send("one more may go beyond it");
    const refused = connection.sendAsync("refused");
    await expect(refused).rejects.toMatchObject({ code: "BUFFER_FULL" });
    transport.unblock();
    await settle();
    await settle();
    expect(connection.bufferedAmount).toBe(0);
    await connection.sendAsync("accepted");
  });

  it("one drain for each back-up, behind large messages too", async () => {
    const transport = new TestTransport();
    const { connection } = open(role, { transport });
    const { events } = record(connection);
    for (let round = 1; round <= 3; round++) {
      transport.block();
      expect(connection.send(new Uint8Array(3 * MIB))).toBe(false);
      expect(connection.send("behind")).toBe(false);
      await settle();
      expect(events).toHaveLength(round - 1);
      transport.unblock();
      await settle();
      await settle();
      expect(events).toHaveLength(round);
    }
    expect(events).toEqual(["drain", "drain", "drain"]);
    connection.terminate();
  });
});
