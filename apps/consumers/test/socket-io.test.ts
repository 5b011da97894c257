// Socket.IO and Engine.IO, server and client: both transports, the way from one to the other, rooms, binary, acks, and
// broadcasts in frames that are encoded once.
import { once } from "node:events";
import { Server, type ServerOptions } from "socket.io";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { serve } from "./http-server.ts";

async function start(options: Partial<ServerOptions> = {}): Promise<{ server: Server; url: string }> {
  const { http, url } = await serve();
  const server = new Server(http, options);
  onTestFinished(() => server.close());
  return { server, url: url.replace("ws:", "http:") };
}

function connect(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
  const socket = io(url, { reconnection: false, forceNew: true, ...options });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

const websocket = { transports: ["websocket"] };

describe.each([
  ["as it is", {}],
  ["with wsEngine", { wsEngine: WebSocketServer as never }],
  ["with compression", { perMessageDeflate: { threshold: 0 } }],
] as [string, Partial<ServerOptions>][])("Socket.IO %s", (_, options) => {
  it("speaks over WebSocket alone: events, binary, acks both ways", async () => {
    const { server, url } = await start(options);
    server.on("connection", (socket) => {
      expect(socket.conn.transport.name).toBe("websocket");
      socket.on("sum", (a: number, b: number, ack: (sum: number) => void) => ack(a + b));
      socket.on("bytes", (bytes: Buffer, { nested }: { nested: Buffer }) => {
        socket.emit("bytes", Buffer.concat([bytes, nested]), "text");
      });
      socket.on("ask me", async (ack: (answer: string) => void) => {
        ack(`you said ${String(await socket.timeout(2000).emitWithAck("what?"))}`);
      });
    });
    const socket = connect(url, websocket);
    socket.on("what?", (ack: (answer: string) => void) => ack("this"));
    await new Promise((resolve) => socket.on("connect", () => resolve(undefined)));
    expect(await socket.emitWithAck("sum", 1, 2)).toBe(3);
    expect(await socket.emitWithAck("ask me")).toBe("you said this");
    const got = new Promise((resolve) => socket.on("bytes", (...args) => resolve(args)));
    socket.emit("bytes", Buffer.from([1, 2]), { nested: Buffer.from([3]) });
    expect(await got).toEqual([Buffer.from([1, 2, 3]), "text"]);
  });

  it("upgrades from polling, and loses nothing on the way", async () => {
    const { server, url } = await start(options);
    const seen: number[] = [];
    server.on("connection", (socket) => {
      socket.on("n", (n: number, ack: () => void) => {
        seen.push(n);
        ack();
      });
    });
    const socket = connect(url);
    const { engine } = socket.io;
    expect(engine.transport.name).toBe("polling");
    const upgraded = new Promise((resolve) => engine.once("upgrade", resolve));
    const acks = Array.from({ length: 50 }, (__, n) => socket.emitWithAck("n", n));
    await upgraded;
    await Promise.all([...acks, socket.emitWithAck("n", 50)]);
    expect(engine.transport.name).toBe("websocket");
    expect(seen).toEqual(Array.from({ length: 51 }, (__, n) => n));
  });

  it("broadcasts to rooms, once encoded, text and binary", async () => {
    const { server, url } = await start(options);
    server.on("connection", async (socket) => {
      await socket.join(String(socket.handshake.query["room"]));
      socket.emit("ready");
    });
    const sockets = ["a", "a", "b"].map((room) => connect(url, { ...websocket, query: { room } }));
    const heard: string[][] = sockets.map(() => []);
    for (const [i, socket] of sockets.entries()) {
      socket.onAny((name: string, ...args: unknown[]) => {
        if (name !== "ready") heard[i]!.push(`${name} ${args.map(String).join()}`);
      });
    }
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once("ready", () => resolve(undefined)))),
    );
    server.to("a").emit("text", "grüße", 1);
    server.emit("all", { x: 1 });
    server.to("b").emit("binary", Buffer.from("bytes"));
    const answers = await server.timeout(2000).to("a").fetchSockets();
    expect(answers).toHaveLength(2);
    const last = sockets.map(
      (socket) => new Promise((resolve) => socket.once("end", () => resolve(undefined))),
    );
    server.emit("end");
    await Promise.all(last);
    expect(heard).toEqual([
      ["text grüße,1", "all [object Object]", "end "],
      ["text grüße,1", "all [object Object]", "end "],
      ["all [object Object]", "binary bytes", "end "],
    ]);
  });

  it("tells both sides how it ended", async () => {
    const { server, url } = await start(options);
    const socket = connect(url, websocket);
    const [[theirs]] = (await Promise.all([
      once(server, "connection"),
      new Promise((resolve) => socket.on("connect", () => resolve(undefined))),
    ])) as [[{ on(name: string, listener: (reason: string) => void): void }], undefined];
    const reason = new Promise((resolve) => theirs.on("disconnect", resolve));
    socket.disconnect();
    expect(await reason).toBe("client namespace disconnect");
    const other = connect(url, websocket);
    await new Promise((resolve) => other.on("connect", () => resolve(undefined)));
    const cut = new Promise((resolve) => other.on("disconnect", resolve));
    server.disconnectSockets(true);
    expect(["transport close", "io server disconnect"]).toContain(await cut);
  });
});
