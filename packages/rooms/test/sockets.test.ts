// Both halves over real servers and clients, and whatever may stand for a connection.
import { once } from "node:events";
import { duplexPair } from "node:stream";
import { connect, ReconnectingConnection, WebSocket } from "@ws/client";
import { Connection } from "@ws/connection";
import { WebSocketServer } from "@ws/server";
import { afterEach, describe, expect, it } from "vitest";
import { MemoryLog, type RoomServer } from "@ws/rooms";
import { type AnySocket, HEARTBEAT, RoomClient, type RoomChange, SUBPROTOCOL } from "@ws/rooms/client";
import { type Definition, protocol, serve, until } from "./scene.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A node with a port of its own. */
async function node(hub: RoomServer<Definition, string>): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ port: 0, protocols: [hub.subprotocol] });
  server.on("connection", (connection, request) => {
    const person = new URL(request.url ?? "/", "ws://localhost").searchParams.get("person") ?? undefined;
    hub.attach(connection, { person, context: "" });
  });
  await once(server, "listening");
  cleanups.push(() => server.shutdown({ deadlineMs: 0 }));
  const address = server.address() as { port: number };
  return { server, url: `ws://localhost:${address.port}/` };
}

function client(socket: AnySocket): RoomClient<Definition> {
  const made = new RoomClient(protocol, socket);
  cleanups.push(() => made.close());
  return made;
}

describe("a room client", () => {
  const ways: [string, (url: string) => AnySocket | Promise<AnySocket>][] = [
    ["a connection", (url) => connect(url, { protocols: [SUBPROTOCOL] })],
    [
      "a connection that reconnects",
      (url) => new ReconnectingConnection({ connect, url, options: { protocols: [SUBPROTOCOL] } }),
    ],
    ["the class that browsers have", (url) => new WebSocket(url, SUBPROTOCOL)],
  ];

  // Browsers cannot ping: what asks whether anybody is there must be answered, and is nothing that the application hears.
  it("keeps a connection by its heartbeat, and gives one up that answers nothing", async () => {
    const hub = serve();
    const { url, server } = await node(hub);
    const socket = new ReconnectingConnection({
      connect: (to, options) => connect(to, { ...options, pingIntervalMs: 0 }),
      url,
      options: { protocols: [SUBPROTOCOL] },
      heartbeat: { ...HEARTBEAT, intervalMs: 20, timeoutMs: 2000 },
      baseDelayMs: 5,
    });
    const ann = client(socket);
    const faults: unknown[] = [];
    ann.observe((change) => change.type === "fault" && faults.push(change.error));
    await ann.join("chat/1").joined;
    const before = [...server.clients][0]!.getStats().messagesSent;
    await until(() => [...server.clients][0]!.getStats().messagesSent >= before + 3);
    expect(socket.state).toBe("open");
    expect(faults).toEqual([]);
  });

  it.each(ways)("works over %s", async (_name, open) => {
    const hub = serve();
    hub.onRequest("add", ({ a, b }) => a + b);
    const { url } = await node(hub);
    const ann = client(await open(`${url}?person=ann`));
    const room = ann.join("chat/1");
    const heard: unknown[] = [];
    room.on("message", ({ text }, { from }) => heard.push([from, text]));
    room.on("image", ({ bytes }) => heard.push(bytes));
    await room.joined;
    const results = await Promise.all([
      room.publish("message", { text: "hello €" }).result,
      room.publish("image", { bytes: new Uint8Array([1, 2, 3]) }).result,
    ]);
    expect(results.map(({ status }) => status)).toEqual(["delivered", "delivered"]);
    await until(() => heard.length === 2);
    expect(heard).toEqual([["ann", "hello €"], new Uint8Array([1, 2, 3])]);
    expect(await ann.request("add", { a: 2, b: 3 })).toBe(5);
    ann.close();
    await until(() => hub.peers.size === 0);
  });

  it("works over any stream, at both ends", async () => {
    const [left, right] = duplexPair();
    const hub = serve();
    hub.attach(new Connection(left, { role: "server" }), { context: "" });
    const room = client(new Connection(right, { role: "client" })).join("chat");
    await room.joined;
    expect(await room.publish("message", { text: "a" }).result).toMatchObject({ status: "delivered" });
  });

  it("recovers by itself on whichever node it comes back to", async () => {
    const log = new MemoryLog();
    const [one, two] = [serve({ log }), serve({ log: new MemoryLog({ sharedWith: log }) })];
    const [first, second] = [await node(one), await node(two)];
    const urls = [first.url, second.url];
    let attempts = 0;
    const socket = new ReconnectingConnection({
      connect,
      url: () => `${urls[attempts++ % 2]!}?person=ann`,
      options: { protocols: [SUBPROTOCOL] },
      baseDelayMs: 5,
    });
    const room = client(socket).join("chat/1");
    const heard: string[] = [];
    const changes: RoomChange[] = [];
    room.on("message", ({ text }) => heard.push(text));
    room.observe((change) => changes.push(change));
    await room.joined;
    for (let i = 1; i <= 30; i++) {
      await two.publish("chat/1", "message", { text: String(i) });
      if (i % 10 === 0)
        for (const { server } of [first, second]) for (const each of server.clients) each.terminate();
    }
    await until(() => heard.length === 30);
    expect(heard).toEqual(Array.from({ length: 30 }, (_, i) => String(i + 1)));
    expect(changes.map(({ type }) => type)).not.toContain("gap");
    expect(attempts).toBeGreaterThan(1);
  });

  it("publishes what it was given while there was no connection", async () => {
    const hub = serve();
    const { url } = await node(hub);
    const made = new RoomClient(protocol);
    cleanups.push(() => made.close());
    const room = made.join("chat");
    const publications = ["a", "b"].map((text) => room.publish("message", { text }));
    expect(publications.map(({ state }) => state)).toEqual(["queued", "queued"]);
    made.attach(await connect(url, { protocols: [SUBPROTOCOL] }));
    expect(await Promise.all(publications.map(({ result }) => result))).toMatchObject([
      { status: "delivered", position: { seq: 1 } },
      { status: "delivered", position: { seq: 2 } },
    ]);
  });

  it("that is closed while it has no connection left the socket trying for ever", async () => {
    const socket = new ReconnectingConnection({
      connect,
      url: () => {
        throw new Error("There is no server");
      },
    });
    const made = client(socket);
    await until(() => socket.state === "waiting");
    made.close();
    expect(socket.state).toBe("closed");
  });
});
