// The application's own functions: middleware, handlers, validators; and what becomes of what they throw.
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  defineRooms,
  EngineError,
  MemoryLog,
  RoomError,
  RoomPublisher,
  RoomServer,
  unchecked,
} from "@ws/rooms";
import { RoomClient } from "@ws/rooms/client";
import { protocol, serve, settle, socketPair, until, Visitor } from "./scene.ts";

describe("middleware", () => {
  it("runs around every message, in order, and may refuse it", async () => {
    const server = serve();
    const log: string[] = [];
    server.useForMessages(async (message, peer, next) => {
      log.push(`> ${message.type} ${peer.person}`);
      await next();
      log.push(`< ${message.type}`);
    });
    server.useForMessages(async (message, _peer, next) => {
      if (message.type === "request") throw new RoomError("NOT_TODAY", "Come back tomorrow");
      await next();
    });
    const { client } = new Visitor(server, "ann");
    await client.join("chat").joined;
    await settle();
    await expect(client.request("echo", 1)).rejects.toMatchObject({
      code: "NOT_TODAY",
      message: "Come back tomorrow",
    });
    expect(log).toEqual(["> join ann", "< join", "> request ann"]);
  });

  it("for connections lets them in before anything they say is looked at, or ends them", async () => {
    const server = serve();
    let admit!: () => void;
    server.useForConnections(() => new Promise<void>((resolve) => (admit = resolve)));
    server.useForConnections((peer) => {
      if (peer.person === "eve") throw new RoomError("NOT_YOU", "Go away");
    });
    const [ann, eve] = [new Visitor(server, "ann"), new Visitor(undefined, "eve")];
    const room = ann.client.join("chat");
    await settle();
    expect(room.state).toBe("joining");
    admit();
    await room.joined;
    const faults: string[] = [];
    eve.client.observe((change) => change.type === "fault" && faults.push(change.error.code));
    eve.connect(server);
    eve.client.join("chat");
    await settle();
    admit();
    await until(() => eve.socket.state === "closed");
    expect(faults).toEqual(["NOT_YOU"]);
    expect(eve.socket.peer.closedWith).toEqual({ code: 1008, reason: "NOT_YOU" });
  });
});

describe("events", () => {
  it("go in both directions, in order, whatever their handlers wait for", async () => {
    const server = serve();
    const logged: string[] = [];
    server.onEvent("log", async (line, peer) => {
      if (line === "1") await settle();
      logged.push(`${peer.person}: ${line}`);
    });
    const { client } = new Visitor(server, "ann");
    const notices: string[] = [];
    client.onEvent("notice", (notice) => notices.push(notice));
    expect(client.send("log", "too early")).toBe(false);
    await until(() => client.state === "open");
    for (const line of ["1", "2", "3"]) expect(client.send("log", line)).toBe(true);
    const [peer] = server.peers;
    peer!.send("notice", "a");
    peer!.send("notice", "b");
    await until(() => logged.length === 3 && notices.length === 2);
    expect(logged).toEqual(["ann: 1", "ann: 2", "ann: 3"]);
    expect(notices).toEqual(["a", "b"]);
  });

  it("that a handler fails on are reported, and end nothing", async () => {
    const errors: unknown[] = [];
    const server = serve({ onError: (error, peer) => errors.push([(error as Error).message, peer?.person]) });
    server.onEvent("log", () => {
      throw new Error("disk full");
    });
    const { client } = new Visitor(server, "ann");
    await until(() => client.state === "open");
    client.send("log", "1");
    await until(() => errors.length === 1);
    expect(errors).toEqual([["disk full", "ann"]]);
    expect(client.state).toBe("open");
  });
});

describe("validation", () => {
  it("happens at both ends: a sender is told at the call, a receiver never sees it", async () => {
    const server = serve();
    server.onRequest("add", ({ a, b }) => a + b);
    const { client } = new Visitor(server);
    const room = client.join("chat");
    await room.joined;
    expect(() => room.publish("message", { text: 1 as never })).toThrow(RoomError);
    expect(() => client.send("log", 1 as never)).toThrow('Cannot take the data of event "log"');
    await expect(client.request("add", { a: 1 } as never)).rejects.toMatchObject({ code: "INVALID" });
    const [peer] = server.peers;
    expect(() => peer!.send("notice", 1 as never)).toThrow(RoomError);
    // A client that does not look: other validators, the same names.
    const lax = defineRooms({
      rooms: {
        chat: { events: { message: unchecked<unknown>() }, signals: { typing: unchecked<unknown>() } },
      },
      toServer: { requests: { add: { input: unchecked<unknown>(), output: unchecked<unknown>() } } },
    });
    const { client: socket, server: end } = socketPair();
    server.attach(end, { context: "" });
    const other = new RoomClient(lax, socket);
    const chat = other.join("chat");
    await chat.joined;
    expect(await chat.publish("message", { text: 1 }).result).toMatchObject({ error: { code: "INVALID" } });
    await expect(chat.signal("typing", 1)).rejects.toMatchObject({ code: "INVALID" });
    await expect(other.request("add", "1+1")).rejects.toMatchObject({ code: "INVALID" });
  });

  it("of what others published leaves out what this client does not take, and says so", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const { client } = new Visitor(server);
    const room = client.join("chat");
    const heard: unknown[] = [];
    const unreadable: string[] = [];
    room.on("message", (message) => heard.push(message));
    room.observe((change) => change.type === "unreadable" && unreadable.push(change.error.code));
    await room.joined;
    const other = defineRooms({ rooms: { chat: { events: { message: v.number(), newer: v.string() } } } });
    const publisher = new RoomPublisher(other, log);
    await publisher.publish("chat", "message", 5);
    await publisher.publish("chat", "newer", "?");
    await server.publish("chat", "message", { text: "fine" });
    await until(() => heard.length === 1);
    expect(unreadable).toEqual(["INVALID", "UNKNOWN_NAME"]);
    expect((await room.history()).entries.map(({ data }) => data)).toEqual([{ text: "fine" }]);
  });

  it("that takes its time keeps the order, and hands out what validators make of it", async () => {
    const slow = v.pipeAsync(
      v.string(),
      v.checkAsync(async (text) => {
        for (let i = text.length; i < 10; i++) await Promise.resolve();
        return true;
      }),
      v.transform((text) => text.length),
    );
    const slowly = defineRooms({ rooms: { chat: { events: { word: slow } } } });
    const server = new RoomServer(slowly, { authorize: () => true });
    const { client: socket, server: end } = socketPair();
    server.attach(end);
    const room = new RoomClient(slowly, socket).join("chat");
    const heard: number[] = [];
    const order: unknown[] = [];
    room.on("word", (length) => {
      heard.push(length);
      order.push(length);
    });
    room.observe(({ type }) => order.push(type));
    await room.joined;
    for (const word of ["a", "bbbbbbbbbb", "ccc"]) await server.publish("chat", "word", word);
    await until(() => heard.length === 3);
    expect(order).toEqual(["joined", 1, 10, 3]);
    await server.close();
  });

  it("of an answer that the server's own handler got wrong is not the client's business", async () => {
    const errors: unknown[] = [];
    const server = serve({ onError: (error) => errors.push(error) });
    server.onRequest("add", () => "three" as never);
    const { client } = new Visitor(server);
    await expect(client.request("add", { a: 1, b: 2 })).rejects.toMatchObject({ code: "INTERNAL" });
    expect(errors).toHaveLength(1);
  });

  it("refuses declarations that contradict themselves", () => {
    const schema = v.string();
    expect(() => defineRooms({ rooms: { "a/b": {} } })).toThrow("has a slash");
    expect(() => defineRooms({ rooms: { a: { events: { x: schema }, signals: { x: schema } } } })).toThrow(
      "twice",
    );
    expect(() => defineRooms({ toServer: { events: { "": schema } } })).toThrow(TypeError);
  });
});

describe("publishing without sockets", () => {
  it("reaches members on all nodes, once for each id", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const { client } = new Visitor(server);
    const heard: unknown[] = [];
    const room = client.join("chat");
    room.on("message", ({ text }, { from }) => heard.push([text, from]));
    room.on("typing", ({ isTyping }, { from, position }) => heard.push([isTyping, from, position]));
    await room.joined;
    const publisher = new RoomPublisher(protocol, new MemoryLog({ sharedWith: log }));
    const first = await publisher.publish("chat", "message", { text: "noon" }, { id: "job-1", from: "cron" });
    const second = await publisher.publish(
      "chat",
      "message",
      { text: "noon" },
      { id: "job-1", from: "cron" },
    );
    expect([first.isDuplicate, second.isDuplicate, second.seq]).toEqual([false, true, first.seq]);
    await publisher.signal("chat", "typing", { isTyping: true }, { from: "cron" });
    await until(() => heard.length === 2);
    expect(heard).toEqual([
      ["noon", "cron"],
      [true, "cron", undefined],
    ]);
  });

  it("tells at the call what is wrong", async () => {
    const log = new MemoryLog();
    const publisher = new RoomPublisher(protocol, log);
    await expect(publisher.publish("chat", "message", { text: 1 as never })).rejects.toMatchObject({
      code: "INVALID",
    });
    await expect(publisher.publish("cellar" as "chat", "message", { text: "" })).rejects.toMatchObject({
      code: "UNKNOWN_NAME",
    });
    await expect(publisher.publish("chat", "message", { text: "" }, { id: "a b" })).rejects.toThrow(
      TypeError,
    );
    await log.close();
    await expect(publisher.publish("chat", "message", { text: "" })).rejects.toThrow(EngineError);
  });
});

describe("what an engine holds that nobody of ours has written", () => {
  it("is skipped and reported, live, recovered and in history", async () => {
    const log = new MemoryLog();
    const faults: string[] = [];
    const server = serve({ log, onFault: (error) => faults.push(error.message) });
    const ann = new Visitor(server, "ann");
    const room = ann.client.join("chat");
    const heard: string[] = [];
    room.on("message", ({ text }) => heard.push(text));
    await room.joined;
    const poison = (id: string, text: string): Promise<unknown> =>
      log.append("chat", [{ id, data: new TextEncoder().encode(text) }]);
    await server.publish("chat", "message", { text: "1" });
    await poison("x", '{"v":1,"event":"message","data":{"__proto__":1}}');
    await server.publish("chat", "message", { text: "2" });
    await until(() => heard.length === 2);
    ann.socket.cut();
    await poison("y", "garbage");
    await server.publish("chat", "message", { text: "3" });
    await poison("z", "[]");
    ann.connect(server);
    await until(() => heard.length === 3);
    expect(heard).toEqual(["1", "2", "3"]);
    await settle();
    faults.length = 0;
    const { entries } = await room.history();
    expect(entries.map(({ data }) => data)).toEqual([{ text: "1" }, { text: "2" }, { text: "3" }]);
    expect(faults).toHaveLength(3);
    await log.announce("chat", new TextEncoder().encode('{"v":1,"kind":"takeover"}'));
    await settle();
    expect(faults).toHaveLength(4);
    expect(room.state).toBe("joined");
  });
});
