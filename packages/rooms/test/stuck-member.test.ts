// One member that reads nothing among a thousand: what it costs, and what the others notice of it.
import { describe, expect, it } from "vitest";
import { Connection } from "@ws/connection";
import { Rooms, type SlowPolicy } from "@ws/rooms";
import { settle, TestTransport } from "@ws/testing";
import { heldBytes, MB } from "./memory.ts";
import { Listener, SlowListener } from "./members.ts";

const POLICIES = ["wait", "drop-newest", "drop-oldest", "conflate", "close"] as const;
const bounded = (policy: (typeof POLICIES)[number]): SlowPolicy => ({ policy, maxBytes: MB });

/** The transport of a member that reads all. Nothing of it is kept: it would be the most of what is measured. */
function readTransport(): TestTransport {
  const transport = new TestTransport();
  transport.isRecording = false;
  return transport;
}

/** The transport of a member that reads nothing. */
function stuckTransport(): TestTransport {
  const transport = readTransport();
  transport.block();
  return transport;
}

describe.each(POLICIES)("one stuck member among 1,000 › %s", (policy) => {
  it("the 999 get each message within the call that sends it", () => {
    const rooms = new Rooms<Listener>({ slowPolicy: { policy, maxMessages: 10 } });
    const stuck = new SlowListener();
    const others = Array.from({ length: 999 }, () => new Listener());
    for (const [i, member] of others.entries()) {
      if (i === 500) rooms.join("a", stuck);
      rooms.join("a", member);
    }
    for (let sent = 1; sent <= 100; sent++) {
      rooms.broadcast("a", "x", { key: "k" });
      expect(others.every(({ received }) => received.length === sent)).toBe(true);
    }
    const { waiting, dropped, conflated, closed } = rooms.getSlowStats("a");
    expect(waiting).toBeLessThanOrEqual(10);
    expect({ dropped, conflated, closed, waiting }).toEqual(
      {
        wait: { dropped: 0, conflated: 0, closed: 1, waiting: 0 },
        "drop-newest": { dropped: 89, conflated: 0, closed: 0, waiting: 10 },
        "drop-oldest": { dropped: 89, conflated: 0, closed: 0, waiting: 10 },
        conflate: { dropped: 0, conflated: 98, closed: 0, waiting: 1 },
        close: { dropped: 0, conflated: 0, closed: 1, waiting: 0 },
      }[policy],
    );
  });

  it("connections: memory is bounded, and everybody else has each message in the turn in which it was sent", async () => {
    const rooms = new Rooms<Connection>({ slowPolicy: bounded(policy) });
    const init = { role: "server", pingIntervalMs: 0 } as const;
    const transports = Array.from({ length: 1000 }, (_, i) =>
      i === 500 ? stuckTransport() : readTransport(),
    );
    const members = transports.map((transport) => new Connection(transport, init));
    for (const member of members) rooms.join("a", member);
    const stuck = members[500]!;
    const text = "x".repeat(20_000);
    const frameBytes = text.length + 4;
    await settle();

    const before = await heldBytes();
    for (let sent = 1; sent <= 500; sent++) {
      // A string of its own for each: what waits must not look small because all of it is one string.
      rooms.broadcast("a", `${String(sent).padStart(10)}${text.slice(10)}`, { key: String(sent) });
      await settle();
      const late = transports.filter(
        ({ bytesWritten }, i) => i !== 500 && bytesWritten !== sent * frameBytes,
      );
      expect(late).toHaveLength(0);
    }
    // 10 MB were sent. Encoded and not, a message is held twice.
    expect((await heldBytes()) - before).toBeLessThan(2 * MB + 2 * MB);
    expect(rooms.getSlowStats("a").waitingBytes).toBeLessThanOrEqual(MB);
    expect(stuck.bufferedAmount).toBeLessThan(64 * 1024 + frameBytes + (policy === "close" ? MB : 0));
    expect(stuck.state).toBe(policy === "wait" || policy === "close" ? "closing" : "open");

    transports[500]!.unblock();
    await settle();
    expect(rooms.getSlowStats("a").waiting).toBe(0);
    for (const member of members) member.terminate();
    await Promise.all(members.map(({ closed }) => closed));
    expect(rooms.getSlowStats()).toMatchObject({ slow: 0, waiting: 0 });
  });
});

describe("slow members › connections", () => {
  it("what waited is delivered whole and in order once the peer reads", async () => {
    const rooms = new Rooms<Connection>();
    const transport = stuckTransport();
    const member = new Connection(transport, { role: "server", pingIntervalMs: 0, highWaterMarkBytes: 1000 });
    rooms.join("a", member);
    for (let i = 0; i < 100; i++) rooms.broadcast("a", "x".repeat(100));
    await settle();
    expect(rooms.getSlowStats("a")).toMatchObject({ slow: 1, waiting: 90 });
    transport.unblock();
    for (let round = 0; round < 10; round++) await settle();
    expect(transport.bytesWritten).toBe(100 * 102);
    expect(rooms.getSlowStats("a")).toMatchObject({ slow: 0, waiting: 0 });
    member.terminate();
    await member.closed;
  });

  it("the peer of a member that is closed is told 1013 once it reads", async () => {
    const rooms = new Rooms<Connection>({ slowPolicy: { policy: "close", maxBytes: 100_000 } });
    const transport = stuckTransport();
    const member = new Connection(transport, { role: "server", pingIntervalMs: 0 });
    rooms.join("a", member);
    for (let i = 0; i < 10; i++) rooms.broadcast("a", "x".repeat(50_000));
    expect(member.state).toBe("closing");
    transport.unblock();
    await settle();
    transport.destroy();
    expect(await member.closed).toMatchObject({ wasClean: false });
    // 64 KiB are passed with the second message; then 100,000 bytes are handed on, and the frame of the close.
    expect(transport.bytesWritten).toBe(4 * 50_004 + 2 + 2 + "Too slow for a room".length);
    expect(rooms.memberCount).toBe(0);
  });
});
