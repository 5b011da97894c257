// Who may do what: one question guards everything, and is asked again when a session expires.
import { afterEach, describe, expect, it, vi } from "vitest";
import { MemoryLog, type RoomAction, RoomPublisher } from "@ws/rooms";
import type { RoomChange } from "@ws/rooms/client";
import { protocol, serve, settle, stranger, until, Visitor } from "./scene.ts";

afterEach(() => vi.useRealTimers());

/** A server whose answers a test changes. */
function guarded(options: Parameters<typeof serve>[0] = {}) {
  const forbidden = new Set<RoomAction>();
  const asked: unknown[] = [];
  const server = serve({
    authorize: async (action, peer, room, details) => {
      asked.push([action, peer.person, room, ...Object.values(details)]);
      return !forbidden.has(action);
    },
    ...options,
  });
  return { server, forbidden, asked };
}

describe("authorisation", () => {
  it("must be said: a server without it cannot be made", () => {
    expect(() => serve({ authorize: undefined as never })).toThrow("authorize must say who may do what");
  });

  it("is asked about joining, publishing, history and presence, with who and where", async () => {
    const { server, asked } = guarded();
    const { client } = new Visitor(server, "ann");
    const room = client.join("chat/1", { presence: true });
    await room.joined;
    await room.publish("message", { text: "a" }).result;
    await room.signal("typing", { isTyping: true });
    await room.history();
    await room.enter({ away: false });
    expect(asked).toEqual([
      ["join", "ann", "chat/1"],
      ["presence", "ann", "chat/1"],
      ["publish", "ann", "chat/1", "message"],
      ["publish", "ann", "chat/1", "typing"],
      ["history", "ann", "chat/1"],
      ["presence", "ann", "chat/1"],
    ]);
  });

  it("refuses each with its own error, and does nothing of it", async () => {
    const { server, forbidden } = guarded();
    const { client } = new Visitor(server, "ann");
    const room = client.join("chat/1");
    await room.joined;
    for (const action of ["publish", "history", "presence", "join"] as const) forbidden.add(action);
    const heard: unknown[] = [];
    room.on("message", (data) => heard.push(data));
    room.on("typing", (data) => heard.push(data));
    expect(await room.publish("message", { text: "a" }).result).toMatchObject({
      status: "failed",
      error: { code: "PUBLISH_FORBIDDEN" },
    });
    await expect(room.signal("typing", { isTyping: true })).rejects.toMatchObject({
      code: "PUBLISH_FORBIDDEN",
    });
    await expect(room.history()).rejects.toMatchObject({ code: "HISTORY_FORBIDDEN" });
    await expect(room.enter({ away: false })).rejects.toMatchObject({ code: "PRESENCE_FORBIDDEN" });
    await expect(client.join("chat/2").joined).rejects.toMatchObject({ code: "JOIN_FORBIDDEN" });
    await settle();
    expect(heard).toEqual([]);
    expect((await server.log.read("chat/1", { after: 0, limit: 1 })).last).toBe(0);
    expect(await server.present("chat/1")).toEqual(new Map());
    expect([...server.members.names]).toEqual(["chat/1"]);
  });

  it("refuses recovery by itself: the room is heard from now on, and a gap is told", async () => {
    const { server, forbidden } = guarded();
    const publisher = new RoomPublisher(protocol, server.log);
    const ann = new Visitor(server, "ann");
    const room = ann.client.join("chat/1");
    const changes: RoomChange[] = [];
    const heard: string[] = [];
    room.observe((change) => changes.push(change));
    room.on("message", ({ text }) => heard.push(text));
    await room.joined;
    ann.socket.cut();
    await publisher.publish("chat/1", "message", { text: "secret" });
    forbidden.add("recover");
    ann.connect(server);
    await until(() => changes.some(({ type }) => type === "gap"));
    await publisher.publish("chat/1", "message", { text: "after" });
    await until(() => heard.length > 0);
    expect(heard).toEqual(["after"]);
  });

  it("tells a raw client that asks for recovery without leave RECOVER_FORBIDDEN", async () => {
    const { server, forbidden } = guarded();
    forbidden.add("recover");
    const { socketPair } = await import("./scene.ts");
    const { client, server: end } = socketPair();
    const told: unknown[] = [];
    client.on("message", (frame: string) => told.push(JSON.parse(frame)));
    server.attach(end, { context: "" });
    client.send('{"type":"join","id":1,"room":"chat","epoch":"any","seq":1}');
    await settle();
    expect(told).toMatchObject([{ type: "welcome" }, { type: "error", re: 1, code: "RECOVER_FORBIDDEN" }]);
  });

  it("takes nothing but true for a yes, and a hook that throws for a no", async () => {
    const errors: unknown[] = [];
    const answers: unknown[] = [undefined, 1, "yes", { id: 1 }];
    const server = serve({
      authorize: () => {
        if (answers.length === 0) throw new Error("the database is gone");
        return answers.shift() as boolean;
      },
      onError: (error) => errors.push(error),
    });
    const { client } = new Visitor(server);
    for (let i = 0; i < 5; i++) {
      await expect(client.join(`chat/${i}`).joined).rejects.toMatchObject({ code: "JOIN_FORBIDDEN" });
    }
    expect(errors).toMatchObject([{ message: "the database is gone" }]);
  });
});

describe("sessions", () => {
  it("that expire lose everything, unless they are renewed", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const { server } = guarded();
    const ann = new Visitor(undefined, "ann");
    ann.connect(server, Date.now() + 60_000);
    const room = ann.client.join("chat/1", { presence: true });
    const changes: RoomChange[] = [];
    room.observe((change) => changes.push(change));
    await room.joined;
    await room.enter({ away: false });
    vi.advanceTimersByTime(59_999);
    await settle();
    expect(room.state).toBe("joined");
    vi.advanceTimersByTime(1);
    await until(() => room.state === "left");
    expect(changes.at(-1)).toMatchObject({ type: "left", error: { code: "SESSION_EXPIRED" } });
    expect(await server.present("chat/1")).toEqual(new Map());
    expect([...server.members.names]).toEqual([]);
    await expect(ann.client.join("chat/2").joined).rejects.toMatchObject({ code: "SESSION_EXPIRED" });
    await expect(ann.client.request("echo", 1)).rejects.toMatchObject({ code: "SESSION_EXPIRED" });
    const [peer] = server.peers;
    await peer!.renew({ expiresAt: Date.now() + 60_000 });
    await ann.client.join("chat/3").joined;
  });

  it("that are renewed keep the rooms that they still may be in, and no others", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const rights = new Map([
      ["chat/1", true],
      ["chat/2", true],
    ]);
    const server = serve({
      authorize: (_action, _peer, room) => rights.get(room) === true,
      renewSession: () => ({ context: "renewed", expiresAt: Date.now() + 60_000 }),
    });
    const ann = new Visitor(undefined, "ann");
    ann.connect(server, Date.now() + 60_000);
    const [one, two] = [ann.client.join("chat/1"), ann.client.join("chat/2")];
    const changes: RoomChange[] = [];
    two.observe((change) => changes.push(change));
    await Promise.all([one.joined, two.joined]);
    rights.set("chat/2", false);
    vi.advanceTimersByTime(60_000);
    await until(() => two.state === "left");
    expect(changes.at(-1)).toMatchObject({ type: "left", error: { code: "JOIN_FORBIDDEN" } });
    expect(one.state).toBe("joined");
    const [peer] = server.peers;
    expect(peer).toMatchObject({ context: "renewed" });
    expect([...peer!.rooms]).toEqual(["chat/1"]);
    await one.publish("message", { text: "still here" }).result;
  });

  it("can be looked at again at any time", async () => {
    const { server, forbidden } = guarded();
    const { client } = new Visitor(server, "ann");
    const room = client.join("chat/1");
    await room.joined;
    const [peer] = server.peers;
    forbidden.add("join");
    await peer!.recheck();
    await until(() => room.state === "left");
    expect(peer!.rooms.size).toBe(0);
  });

  it("end for one room by a kick, which is told", async () => {
    const { server } = guarded();
    const { client } = new Visitor(server, "ann");
    const room = client.join("chat/1");
    const changes: RoomChange[] = [];
    room.observe((change) => changes.push(change));
    await room.joined;
    const [peer] = server.peers;
    expect([peer!.kick("chat/1", "be nice"), peer!.kick("chat/2")]).toEqual([true, false]);
    await until(() => room.state === "left");
    expect(changes.at(-1)).toMatchObject({ type: "left", error: { code: "KICKED", message: "be nice" } });
  });
});

describe("ids of messages", () => {
  it("are scoped by who publishes: nobody can take the id of another's message before it comes", async () => {
    const server = serve();
    const [ann, eve] = [new Visitor(server, "ann"), new Visitor(server, "eve")];
    const heard: unknown[] = [];
    const room = ann.client.join("chat/1");
    room.on("message", ({ text }, { from, id }) => heard.push([from, id, text]));
    await room.joined;
    await eve.client.join("chat/1").publish("message", { text: "mine first" }, { id: "1" }).result;
    expect(await room.publish("message", { text: "hello" }, { id: "1" }).result).toMatchObject({
      status: "delivered",
      isDuplicate: false,
    });
    expect(await room.publish("message", { text: "again" }, { id: "1" }).result).toMatchObject({
      isDuplicate: true,
    });
    await until(() => heard.length === 2);
    expect(heard).toEqual([
      ["eve", "1", "mine first"],
      ["ann", "1", "hello"],
    ]);
  });

  it("fit into an entry whatever a person is called, and two people's never meet", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const people = ["a:b", "a%3Ab", "漢".repeat(200), `${"漢".repeat(199)}字`, "é", "e\u0301", "p", "n"];
    for (const person of people) {
      const { client } = new Visitor(server, person);
      const { result } = client.join("chat/1").publish("message", { text: person }, { id: "x" });
      expect(await result).toMatchObject({ isDuplicate: false });
    }
    const { entries } = await log.read("chat/1", { after: 0, limit: 100 });
    for (const { id } of entries) expect(id).toMatch(/^[\x20-\x7e]{1,200}$/);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(people.length);
  });
});

describe("what was allowed once", () => {
  it("went on for a member that may not join again: it stayed, and heard everything", async () => {
    const { server, forbidden } = guarded();
    const { say, told } = stranger(server, "ann");
    say({ type: "join", id: 1, room: "chat/1" });
    await settle();
    forbidden.add("join");
    say({ type: "join", id: 2, room: "chat/1" });
    await settle();
    expect(told.at(-1)).toMatchObject({ re: 2, code: "JOIN_FORBIDDEN" });
    await server.publish("chat/1", "message", { text: "secret" });
    await settle();
    expect(told.at(-1)).toMatchObject({ re: 2 });
    expect(server.members.size("chat/1")).toBe(0);
  });

  it("held for a join under way while the session expired", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    let allow!: () => void;
    const asked = new Promise<void>((resolve) => (allow = resolve));
    const server = serve({ authorize: () => asked.then(() => true) });
    const ann = new Visitor(undefined, "ann");
    ann.connect(server, Date.now() + 1000);
    const room = ann.client.join("chat/1");
    await settle();
    vi.advanceTimersByTime(1000);
    await settle();
    allow();
    await expect(room.joined).rejects.toMatchObject({ code: "SESSION_EXPIRED" });
    expect(server.members.size("chat/1")).toBe(0);
  });

  it("held for a join under way while somebody else's rights came with a new session", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    let allow!: () => void;
    const asked: unknown[] = [];
    const slow = new Promise<void>((resolve) => (allow = resolve));
    const server = serve({
      authorize: async (_action, { context }) => {
        asked.push(context);
        if (asked.length === 1) await slow;
        return asked.length === 1 || context === "admin";
      },
      renewSession: () => ({ context: "guest" }),
    });
    const ann = new Visitor(undefined, "admin");
    ann.connect(server, Date.now() + 1000);
    const room = ann.client.join("chat/1");
    await settle();
    vi.advanceTimersByTime(1000);
    await settle();
    allow();
    await expect(room.joined).rejects.toMatchObject({ code: "JOIN_FORBIDDEN" });
    expect(asked).toEqual(["admin", "guest"]);
  });

  it("was asked about for ever where the new session had ended already", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const renewSession = vi.fn(() => ({ expiresAt: Date.now() - 1 }));
    const server = serve({ renewSession });
    const ann = new Visitor(undefined, "ann");
    ann.connect(server, Date.now() + 1000);
    await ann.client.join("chat/1").joined;
    vi.advanceTimersByTime(60_000);
    await settle();
    vi.advanceTimersByTime(60_000);
    await settle();
    expect(renewSession).toHaveBeenCalledTimes(1);
    expect(server.members.size("chat/1")).toBe(0);
  });

  it("was whatever a client said whose session expired before the middleware had let it in", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const server = serve({ renewSession: () => ({}) });
    let admit!: () => void;
    server.useForConnections(() => new Promise<void>((resolve) => (admit = resolve)));
    const ann = new Visitor(undefined, "ann");
    ann.connect(server, Date.now() + 1000);
    vi.advanceTimersByTime(1000);
    await settle();
    const room = ann.client.join("chat/1");
    await settle();
    expect([room.state, server.members.size("chat/1")]).toEqual(["joining", 0]);
    admit();
    await room.joined;
  });
});
