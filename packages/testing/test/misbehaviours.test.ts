// Every way to be a bad peer, against our connection in both roles and our server: they do what they say, and it ends as
// they say that it must.
import { once } from "node:events";
import { WebSocketServer } from "@ws/server";
import {
  connectionAndPeer,
  dialRaw,
  FakeClock,
  type MisbehaviourName,
  misbehaviours,
  RawOpcode,
  record,
} from "@ws/testing";
import { describe, expect, it, onTestFinished } from "vitest";

const all = Object.entries(misbehaviours).map(([name, one]) => ({ name: name as MisbehaviourName, ...one }));
const ending = all.filter(({ outcome }) => outcome !== "goes on");

const LIMITS = { maxMessageBytes: 1024 * 1024, closeTimeoutMs: 5000 };

describe.each(["server", "client"] as const)("a %s whose peer is bad", (role) => {
  it.each(ending)("ends as it must: one that $does", async ({ outcome, act }) => {
    const clock = FakeClock.install();
    onTestFinished(() => clock.uninstall());
    const { connection, peer } = connectionAndPeer(role, LIMITS);
    const heard = record(connection);
    await act(peer);
    await clock.advance(60_000);
    const { closeCode } = outcome as { closeCode: number | undefined };
    const codes = peer.frames
      .filter(({ opcode }) => opcode === RawOpcode.close)
      .map(({ payload }) => (payload[0]! << 8) | payload[1]!);
    expect(codes).toEqual(closeCode === undefined ? [] : [closeCode]);
    expect(connection.state).toBe("closed");
    expect(heard.messages).toEqual([]);
    expect(heard.result).toMatchObject({ code: 1006, wasClean: false });
    expect(clock.pendingTimers).toBe(0);
  });

  it("is closed at the deadline: a peer that ignores the close frame", async () => {
    const clock = FakeClock.install();
    onTestFinished(() => clock.uninstall());
    const { connection, peer } = connectionAndPeer(role, LIMITS);
    await misbehaviours.silence.act(peer);
    const closed = connection.close();
    await clock.advance(5000);
    expect(await closed).toMatchObject({ code: 1006, error: { code: "CLOSE_TIMEOUT" } });
    expect(peer.takeFrames()).toEqual(["close 1000"]);
  });

  it("hears a message that comes byte by byte", async () => {
    const { connection, peer, wire } = connectionAndPeer(role, LIMITS);
    const heard = record(connection);
    await misbehaviours.byteByByte.act(peer);
    await wire.settle();
    expect(heard.events).toEqual(["message hello"]);
    connection.terminate();
    await connection.closed;
  });

  it("owes a flood of pings the newest answer, and no memory", async () => {
    const { connection, peer, wire } = connectionAndPeer(role, LIMITS);
    const [incoming, outgoing] =
      role === "server" ? [wire.toServer, wire.toClient] : [wire.toClient, wire.toServer];
    incoming.isRecording = false;
    outgoing.isRecording = false;
    await misbehaviours.pingFlood.act(peer);
    await wire.settle();
    expect(connection.state).toBe("open");
    expect(connection.getStats().framesReceived.ping).toBe(100_000);
    expect(connection.bufferedAmount).toBeLessThan(1024 * 1024);
    connection.terminate();
    await connection.closed;
  });

  it("takes a flood of empty fragments, or ends it, in bounded memory", async () => {
    const { connection, peer, wire } = connectionAndPeer(role, LIMITS);
    record(connection);
    for (const lane of [wire.toServer, wire.toClient]) lane.isRecording = false;
    const before = process.memoryUsage().heapUsed;
    await misbehaviours.fragmentFlood.act(peer);
    await wire.settle();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
    connection.terminate();
    await connection.closed;
  });

  it.each(["neverReads", "readsSlowly"] as const)("makes a sender wait: %s", async (name) => {
    const clock = FakeClock.install();
    onTestFinished(() => clock.uninstall());
    const { connection, peer, wire } = connectionAndPeer(role, { ...LIMITS, highWaterMarkBytes: 1000 });
    for (const lane of [wire.toServer, wire.toClient]) lane.capacityBytes = 1000;
    await misbehaviours[name].act(peer);
    for (let i = 0; i < 2; i++) connection.send("x".repeat(100_000));
    await clock.advance(1000);
    expect(connection.bufferedAmount).toBeGreaterThan(100_000);
    const read = peer.frames.length;
    peer.resumeReading();
    await wire.settle();
    expect([read, peer.frames.length]).toEqual([0, 2]);
    connection.terminate();
    await connection.closed;
  });
});

describe("a server over TCP whose client is bad", () => {
  it.each(ending.filter(({ name }) => name !== "silence"))(
    "ends as it must: one that $does",
    async ({ outcome, act }) => {
      await using server = new WebSocketServer({ port: 0 });
      await once(server, "listening");
      const connected = once(server, "connection");
      const peer = await dialRaw(`ws://localhost:${server.address()!.port}/`);
      const [connection] = await connected;
      const heard = record(connection);
      await act(peer);
      await peer.ended();
      peer.cut();
      await connection.closed;
      const { closeCode } = outcome as { closeCode: number | undefined };
      const [frame] = peer.frames;
      expect(frame === undefined ? undefined : (frame.payload[0]! << 8) | frame.payload[1]!).toBe(closeCode);
      expect(heard.messages).toEqual([]);
    },
  );
});
