// What a client may cost a server, and a server a client: each bound is told, and holds.
import { describe, expect, it, vi } from "vitest";
import { type RoomError, RoomServer } from "@ws/rooms";
import { RoomClient } from "@ws/rooms/client";
import { protocol, serve, settle, socketPair, stranger, until, Visitor } from "./scene.ts";

describe("limits of a server", () => {
  it("are told in the welcome", async () => {
    const server = serve({
      maxInFlight: 5,
      maxRoomsPerConnection: 6,
      maxBatch: 7,
      maxPage: 8,
      maxMessageBytes: 9,
    });
    const { told } = stranger(server);
    await settle();
    expect(told).toEqual([
      {
        type: "welcome",
        version: 1,
        engine: "up",
        limits: { inFlight: 5, rooms: 6, batch: 7, page: 8, messageBytes: 9 },
      },
    ]);
  });

  it("bound the rooms of a connection, also of those asked for at the same time", async () => {
    const server = serve({ maxRoomsPerConnection: 2 });
    const { told, say } = stranger(server);
    for (const id of [1, 2, 3]) say({ type: "join", id, room: `chat/${id}` });
    await until(() => told.length === 4);
    expect(told.map(({ type }) => type)).toEqual(["welcome", "error", "joined", "joined"]);
    expect(told[1]).toMatchObject({ re: 3, code: "TOO_MANY_ROOMS" });
    say({ type: "leave", id: 4, room: "chat/1" });
    say({ type: "join", id: 5, room: "chat/1" });
    await until(() => told.length === 6);
    expect(told.slice(4).map(({ type }) => type)).toEqual(["left", "joined"]);
  });

  it("bound what is worked on at the same time, and refuse the rest as OVERLOADED", async () => {
    let answer!: () => void;
    const asked = vi.fn(() => new Promise<number>((resolve) => (answer = () => resolve(1))));
    const server = serve({ maxInFlight: 2 });
    server.onRequest("echo", asked);
    const { told, say } = stranger(server);
    for (const id of [1, 2, 3]) say({ type: "request", id, name: "echo", data: id });
    await settle();
    expect(asked).toHaveBeenCalledTimes(2);
    expect(told[1]).toMatchObject({ type: "error", re: 3, code: "OVERLOADED" });
    answer();
    await settle();
    say({ type: "request", id: 4, name: "echo", data: 4 });
    await settle();
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it("bound batches, entries, presence and pages", async () => {
    const server = serve({ maxBatch: 2, maxEntryBytes: 100, maxPage: 3 });
    const { told, say } = stranger(server, "ann");
    const draft = (id: number, text: string): object => ({
      id: String(id),
      event: "message",
      data: { text },
    });
    say({ type: "publish", id: 1, room: "chat", entries: [draft(1, "a"), draft(2, "b"), draft(3, "c")] });
    say({ type: "publish", id: 2, room: "chat", entries: [draft(4, "x".repeat(100)), draft(5, "fits")] });
    for (const id of [3, 4])
      say({ type: "publish", id, room: "chat", entries: [draft(id * 10, "m"), draft(id * 11, "n")] });
    await settle();
    say({ type: "history", id: 5, room: "chat", limit: 100 });
    say({ type: "history", id: 6, room: "chat", limit: 0 });
    say({ type: "history", id: 7, room: "chat", limit: 1, before: 1, after: 1 });
    await settle();
    expect(told.slice(1, 3)).toMatchObject([
      { type: "error", re: 1, code: "TOO_LARGE" },
      { type: "published", re: 2, results: [{ code: "TOO_LARGE" }, { seq: 1 }] },
    ]);
    expect(told.find((message) => message.type === "page")).toMatchObject({ re: 5, entries: [{}, {}, {}] });
    expect(told.filter((message) => message.type === "error" && message.code === "INVALID")).toMatchObject([
      { re: 6 },
      { re: 7 },
    ]);
  });

  it("end the connection of who sends what is no message, with 1008", async () => {
    const server = serve();
    const { told, end, socket } = stranger(server);
    socket.send("{");
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "error", code: "MALFORMED" });
    expect(end.closedWith).toEqual({ code: 1008, reason: "MALFORMED" });
    expect(server.peers.size).toBe(0);
  });

  // It was taken for a join without a position: what was missed stayed unheard, and nothing said so.
  it.each([{ epoch: "b7c1" }, { seq: 41 }])("refuse a join with half a position, %j", async (half) => {
    const { told, end, say } = stranger(serve());
    say({ type: "join", id: 1, room: "chat", ...half });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "error", code: "MALFORMED" });
    expect(end.closedWith).toEqual({ code: 1008, reason: "MALFORMED" });
  });

  it("answer a ping at once, also where as much is under way as may be, and bring none before the middleware", async () => {
    const server = serve({ maxInFlight: 1, authorize: () => new Promise(() => {}) });
    const seen: string[] = [];
    server.useForMessages(async ({ type }, _peer, next) => {
      seen.push(type);
      await next();
    });
    const { told, say } = stranger(server);
    say({ type: "join", id: 1, room: "chat" });
    say({ type: "ping" });
    await settle();
    expect(told.slice(1)).toEqual([{ type: "pong" }]);
    expect(seen).toEqual(["join"]);
  });

  // Whoever pings and does not read would make the server keep a pong for each.
  it("keep no pongs for who does not read, and answer again when they do", async () => {
    const { told, end, say } = stranger(serve());
    let isFull = true;
    const send = end.send.bind(end);
    vi.spyOn(end, "send").mockImplementation((frame) => {
      send(frame);
      return !isFull;
    });
    const pongs = (): number => told.filter(({ type }) => type === "pong").length;
    for (let i = 0; i < 100; i++) say({ type: "ping" });
    await settle();
    expect(pongs()).toBe(1);
    isFull = false;
    end.emit("drain");
    say({ type: "ping" });
    say({ type: "ping" });
    await settle();
    expect(pongs()).toBe(3);
  });

  it("let a client of a later version say what is not known", async () => {
    const { told, end, say } = stranger(serve());
    say({ type: "teleport", id: 1 });
    say({ type: "teleport" });
    await settle();
    // Whoever asked is told which question it was.
    expect(told.slice(1)).toMatchObject([{ type: "error", re: 1, code: "UNKNOWN_TYPE" }, { type: "error" }]);
    expect(told.at(-1)).not.toHaveProperty("re");
    expect(end.closedWith).toBeUndefined();
  });

  it("know no names but those that were declared", async () => {
    const { told, say } = stranger(serve());
    const names = ["toString", "__proto__", "constructor", "nothing"];
    for (const [i, name] of names.entries()) {
      say({ type: "request", id: i * 10 + 1, name });
      say({ type: "join", id: i * 10 + 2, room: name });
      say({ type: "publish", id: i * 10 + 3, room: "chat", entries: [{ id: "a", event: name }] });
      say({ type: "signal", id: i * 10 + 4, room: "chat", event: name });
      say({ type: "event", name });
    }
    await settle();
    const codes = told
      .slice(1)
      .map((message) => ("code" in message ? message.code : JSON.stringify(message)));
    expect(codes.filter((code) => code === "UNKNOWN_NAME")).toHaveLength(4 * 4);
    const published = told.filter((message) => message.type === "published");
    expect(published.flatMap(({ results }) => results)).toMatchObject(
      names.map(() => ({ code: "UNKNOWN_NAME" })),
    );
  });

  it("bound what a client is asked, and for how long", async () => {
    const server = serve({ maxPendingRequests: 1, requestTimeoutMs: 20 });
    const { peer, socket } = stranger(server);
    const first = peer.request("confirm", "a");
    await expect(peer.request("confirm", "b")).rejects.toMatchObject({ code: "OVERLOADED" });
    await expect(first).rejects.toMatchObject({ code: "TIMEOUT" });
    const last = peer.request("confirm", "c");
    socket.cut();
    await expect(last).rejects.toMatchObject({ code: "DISCONNECTED" });
    await expect(peer.request("confirm", "d")).rejects.toMatchObject({ code: "DISCONNECTED" });
  });

  it("are numbers that make sense", () => {
    expect(() => serve({ maxInFlight: 0 })).toThrow("Cannot set maxInFlight to 0");
    expect(() => serve({ maxBatch: 1001 })).toThrow("it must be a whole number from 1 to 1000");
    expect(() => new RoomClient(protocol, undefined, { answerTimeoutMs: 1.5 })).toThrow(RangeError);
    expect(() => new RoomServer(protocol, { authorize: () => true, requestTimeoutMs: "1" as never })).toThrow(
      TypeError,
    );
  });

  it("leave nothing behind of a client that has gone", async () => {
    const server = serve();
    const table = server.members;
    for (let i = 0; i < 20; i++) {
      const { say, socket } = stranger(server, "ann");
      say({ type: "join", id: 1, room: "chat/1", presence: true });
      say({ type: "enter", id: 2, room: "chat/1", data: { away: false } });
      if (i % 2 === 0) await settle();
      socket.cut();
    }
    await settle();
    expect([server.peers.size, table.roomCount, table.memberCount]).toEqual([0, 0, 0]);
    expect((await server.present("chat/1")).size).toBe(0);
  });
});

describe("limits of a client", () => {
  it("bound what waits to be published", async () => {
    const { client } = new Visitor(undefined, "ann", { maxQueuedMessages: 2, maxQueuedBytes: 200 });
    const room = client.join("chat");
    room.publish("message", { text: "1" });
    const large = room.publish("message", { text: "x".repeat(200) });
    expect(await large.result).toMatchObject({
      status: "failed",
      error: { code: "QUEUE_FULL" },
      wasSent: false,
    });
    room.publish("message", { text: "2" });
    const third = room.publish("message", { text: "3" });
    expect(await third.result).toMatchObject({ status: "failed", error: { code: "QUEUE_FULL" } });
    expect([large.state, third.state]).toEqual(["failed", "failed"]);
  });

  it("bound its questions, and end them in time", async () => {
    const { client } = new Visitor(undefined, "ann", { maxPendingRequests: 1, answerTimeoutMs: 20 });
    const first = client.request("echo", 1);
    await expect(client.request("echo", 2)).rejects.toMatchObject({ code: "QUEUE_FULL" });
    await expect(first).rejects.toMatchObject({ code: "TIMEOUT" });
    const controller = new AbortController();
    const given = client.request("echo", 3, { signal: controller.signal, timeoutMs: 60_000 });
    await settle();
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
  });

  it("asks no more at a time than the server takes", async () => {
    const server = serve({ maxInFlight: 2 });
    const open: (() => void)[] = [];
    let most = 0;
    server.onRequest("echo", async (what) => {
      await new Promise<void>((resolve) => open.push(resolve));
      return what as unknown;
    });
    const { client } = new Visitor(server);
    const answers = Promise.all([1, 2, 3, 4, 5].map((n) => client.request("echo", n)));
    for (let i = 0; i < 5; i++) {
      await until(() => open.length > 0);
      await settle();
      most = Math.max(most, open.length);
      open.shift()!();
    }
    expect(await answers).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it("gives a connection up whose server says no welcome", async () => {
    const { client: socket } = socketPair();
    const client = new RoomClient(protocol, socket, { welcomeTimeoutMs: 20 });
    expect(client.state).toBe("waiting");
    await until(() => socket.state === "closed");
    expect(socket.closedWith).toEqual({ code: 4000, reason: "no welcome" });
  });

  it("tells what a server says that makes no sense, and goes on", async () => {
    const server = serve();
    const visitor = new Visitor(server);
    const faults: RoomError[] = [];
    visitor.client.observe((change) => change.type === "fault" && faults.push(change.error));
    const room = visitor.client.join("chat");
    await room.joined;
    for (const frame of ["nonsense", '{"type":"entry"}', '{"type":"later"}', '{"type":"done","re":999}']) {
      visitor.socket.peer.send(frame);
    }
    await settle();
    expect(faults.map(({ code }) => code)).toEqual(["MALFORMED", "MALFORMED"]);
    expect(await room.publish("message", { text: "fine" }).result).toMatchObject({ status: "delivered" });
  });
});
