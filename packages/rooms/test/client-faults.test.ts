// What a server, a connection and an application can do wrong to a client, and what it went wrong with.
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineRooms, MemoryLog, RoomServer, type StandardSchema } from "@ws/rooms";
import { RoomClient } from "@ws/rooms/client";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, socketPair, until, Visitor } from "./scene.ts";

afterEach(() => vi.useRealTimers());

/** A validator that waits for each value as long as the test wants. */
function slowSchema() {
  const waiting: (() => void)[] = [];
  const schema: StandardSchema<number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: async (value) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { value: value as number };
      },
    },
  };
  const release = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { schema, waiting, release };
}

const fast: StandardSchema<number> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as number }) },
};

describe("a client", () => {
  it("told a server that it left a room once and not again when that had no time; it says it until it is done", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = serve({ maxInFlight: 1 });
    let answer!: () => void;
    server.onEvent("log", () => new Promise<void>((resolve) => (answer = resolve)));
    const { client } = new Visitor(server, "ann");
    const [left, again] = [client.join("chat/left"), client.join("chat/again")];
    await until(() => left.state === "joined" && again.state === "joined");
    client.send("log", "something that takes its time");
    await settle();
    left.leave();
    again.leave();
    await settle();
    expect(server.members.size("chat/left")).toBe(1);
    answer();
    await settle();
    // Whoever is there again is not taken out by it.
    const rejoined = client.join("chat/again");
    await until(() => rejoined.state === "joined");
    await vi.advanceTimersByTimeAsync(10_000);
    await settle();
    expect(server.members.size("chat/left")).toBe(0);
    expect(server.members.size("chat/again")).toBe(1);
  });

  it("kept the connection before open when another one was attached; it closes it when the new one is open", async () => {
    const server = serve();
    const visitor = new Visitor(server, "ann");
    const room = visitor.client.join("chat");
    await until(() => room.state === "joined");
    const before = visitor.socket;
    visitor.connect(server);
    await until(() => before.state === "closed" && room.state === "joined");
    expect(server.peers.size).toBe(1);
    await room.publish("message", { text: "over the new one" }).result;
    visitor.client.close();
    await settle();
    expect(server.peers.size).toBe(0);
  });

  it("kept without limit what a slow validator had not got to; it leaves it out, and recovers it", async () => {
    const { schema, waiting, release } = slowSchema();
    const declare = (slow: StandardSchema<number>) =>
      defineRooms({ rooms: { feed: { events: { tick: slow }, signals: { blink: slow } } } });
    const server = new RoomServer(declare(fast), { authorize: () => true });
    const { client: socket, server: end } = socketPair();
    const client = new RoomClient(declare(schema), socket, { maxUnvalidated: 5 });
    server.attach(end);
    const room = client.join("feed");
    const heard: number[] = [];
    const changes: string[] = [];
    room.on("tick", (data) => heard.push(data));
    room.observe(({ type }) => changes.push(type));
    await room.joined;
    for (let i = 1; i <= 200; i++) {
      await server.publish("feed", "tick", i);
      await server.signal("feed", "blink", i);
    }
    await settle();
    expect(waiting.length).toBe(1);
    expect(room.position?.seq).toBeLessThan(10);
    while (heard.length < 200) {
      release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(heard).toEqual(heard.map((_, i) => i + 1));
    expect(changes).not.toContain("gap");
    expect(changes.filter((type) => type === "interrupted").length).toBeGreaterThan(0);
  });

  it("published in the order in which validators were done, not in that of the calls", async () => {
    const { schema, release } = slowSchema();
    const protocol = defineRooms({ rooms: { feed: { events: { slow: schema, fast } } } });
    const log = new MemoryLog();
    const server = new RoomServer(protocol, { authorize: () => true, log });
    const { client: socket, server: end } = socketPair();
    server.attach(end);
    const client = new RoomClient(protocol, socket, { maxQueuedMessages: 2 });
    const room = client.join("feed");
    await room.joined;
    const results = [room.publish("slow", 1, { id: "a" }), room.publish("fast", 2, { id: "b" })];
    // What is being validated waits already.
    expect(await room.publish("fast", 3).result).toMatchObject({ error: { code: "QUEUE_FULL" } });
    while (results.some(({ state }) => state !== "delivered")) {
      release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await log.read("feed", { after: 0, limit: 9 })).entries.map(({ id }) => id)).toEqual([
      "n:a",
      "n:b",
    ]);
  });

  it("left a room for good because too many of the application's questions waited when it came back", async () => {
    const server = serve({ maxInFlight: 1 });
    server.onRequest("echo", () => new Promise(() => {}));
    const ann = new Visitor(server, "ann", { maxPendingRequests: 1 });
    const room = ann.client.join("chat/1");
    await room.joined;
    ann.socket.cut();
    const waiting = ann.client.request("echo", 1, { timeoutMs: 20 });
    ann.connect(server);
    const publication = room.publish("message", { text: "a" });
    await expect(waiting).rejects.toMatchObject({ code: "TIMEOUT" });
    await settle();
    expect(room.state).not.toBe("left");
    expect(publication.state).not.toBe("failed");
    ann.client.close();
  });

  it("never said what became of a message while it was offline", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const log = new FaultyLog();
    const ann = new Visitor(serve({ log }), "ann", { retryWindowMs: 5000 });
    const room = ann.client.join("chat/1");
    await room.joined;
    ann.socket.held = [];
    const sent = room.publish("message", { text: "sent" });
    const queued = room.publish("message", { text: "queued" });
    ann.socket.cut();
    await settle();
    vi.advanceTimersByTime(5001);
    expect(await sent.result).toMatchObject({ status: "failed", error: { code: "TIMEOUT" }, wasSent: true });
    // That was never sent, and may wait for a connection as long as it has to.
    expect(queued.state).toBe("queued");
    ann.client.close();
    expect(await queued.result).toMatchObject({
      status: "failed",
      error: { code: "CLOSED" },
      wasSent: false,
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waited for an answer when it was closed already", async () => {
    const ann = new Visitor(serve(), "ann");
    const room = ann.client.join("chat/1");
    await room.joined;
    ann.client.close();
    await expect(room.history()).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("heard a connection that another one had replaced", async () => {
    const ann = new Visitor(serve(), "ann");
    await ann.client.join("chat/1").joined;
    const old = ann.socket;
    ann.connect(serve());
    await settle();
    const engines: unknown[] = [];
    ann.client.observe((change) => change.type === "engine" && engines.push(change.status));
    old.peer.send(JSON.stringify({ type: "engine", status: "down" }));
    await settle();
    expect(engines).toEqual([]);
  });

  it("is told once of each gap, whatever comes twice", async () => {
    const log = new MemoryLog({ retention: { maxEntries: 1 } });
    const server = serve({ log });
    const ann = new Visitor(server, "ann");
    const room = ann.client.join("chat/1");
    const gaps: number[] = [];
    room.observe((change) => change.type === "gap" && gaps.push(change.position.seq));
    await room.joined;
    for (let round = 1; round <= 3; round++) {
      ann.socket.cut();
      for (let i = 0; i < 3; i++) await server.publish("chat/1", "message", { text: "x" });
      ann.connect(server);
      await until(() => room.state === "joined");
      // Another break before anything was said.
      ann.socket.cut();
      ann.connect(server);
      await until(() => room.state === "joined");
      await settle();
    }
    expect(gaps).toEqual([3, 6, 9]);
  });
});
