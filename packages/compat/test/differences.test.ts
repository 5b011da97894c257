// What docs/compat.md says is otherwise than with `ws`, or is there though `ws` does not document it.
import { once } from "node:events";
import * as real from "ws";
import {
  createWebSocketStream,
  extension,
  Sender,
  subprotocol,
  WebSocket,
  WebSocketServer,
} from "@ws/compat";
import { describe, expect, it } from "vitest";
import { closed, connect as connectPair, listen as listenAny, type Pair, serve } from "./endpoints.ts";
import { implementations } from "./implementations.ts";
import { frame, handshake, rawClient } from "./raw-peer.ts";

const ours = implementations.find(({ name }) => name === "@ws/compat")!;

interface OurPair {
  readonly server: WebSocket;
  readonly client: WebSocket;
}

const listen = (options: object = {}): ReturnType<typeof listenAny> => listenAny(ours, options);

async function connect(serverOptions: object = {}, clientOptions: object = {}): Promise<OurPair> {
  const pair: Pair = await connectPair({ server: ours, client: ours }, serverOptions, clientOptions);
  return pair as unknown as OurPair;
}

describe("a peer", () => {
  it("CVE-2024-38355: an error that nobody listened for ended the process", async () => {
    const { wss, port } = await listen();
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    await peer.head();
    peer.write(frame(0x83));
    peer.socket.on("end", () => peer.socket.end());
    // Not `once` of node:events, which listens for errors.
    expect(await new Promise((resolve) => ws.on("close", resolve))).toBe(1006);
  });

  it("hears no more than a code, and its first fault only is told", async () => {
    const { wss, port } = await listen();
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const errors: unknown[] = [];
    ws.on("error", (error) => errors.push(error));
    await peer.head();
    peer.write(Buffer.concat([frame(0x83), frame(0x84)]));
    peer.socket.on("end", () => peer.socket.end());
    await closed(ws as never);
    expect(errors).toMatchObject([{ code: "WS_ERR_INVALID_OPCODE", cause: { code: "RESERVED_OPCODE" } }]);
  });

  it("may not write a length in more bytes than it needs", async () => {
    const { wss, port } = await listen();
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const error = once(ws, "error");
    await peer.head();
    peer.write(Buffer.from([0x81, 0xfe, 0, 1, 0, 0, 0, 0, 0x78]));
    expect(await error).toMatchObject([{ code: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH" }]);
  });

  it("that sends a bad reason hears 1007, whatever skipUTF8Validation says", async () => {
    const { port } = await listen({ skipUTF8Validation: true });
    const peer = await rawClient(port, handshake());
    await peer.head();
    peer.write(frame(0x88, Buffer.from([0x03, 0xe8, 0xff])));
    expect(await peer.take(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xef]));
  });

  it("that pings and does not read is sent the newest pong, and is not cut off", async () => {
    const { wss, port } = await listen({ maxPendingAutoPongs: 1 });
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    let pings = 0;
    ws.on("ping", () => pings++);
    await peer.head();
    peer.socket.pause();
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => frame(0x89, "x".repeat(125))));
    for (let i = 0; i < 10; i++) peer.write(many);
    await expect.poll(() => pings, { timeout: 25_000 }).toBe(200_000);
    expect([ws.readyState, ws.bufferedAmount < 2 * 1024 * 1024]).toEqual([1, true]);
  });

  it("gets one line for one, and 500 where a listener of headers made two of it", async () => {
    const { wss, port } = await listen();
    wss.on("headers", (headers) => headers.push("X-One: 1\r\nX-Two: 2"));
    const peer = await rawClient(port, handshake());
    expect((await peer.rest()).toString()).toMatch(/^HTTP\/1\.1 500 /);
  });
});

describe("masks", () => {
  it("are random on a client, and never there on a server, whatever `mask` says", async () => {
    const { http, url } = await serve();
    const keys = new Set<string>();
    http.on("upgrade", (request, socket) => {
      const accept = String(request.headers["sec-websocket-key"]);
      const wss = new real.WebSocketServer({ noServer: true });
      expect(accept).toHaveLength(24);
      wss.handleUpgrade(request, socket, Buffer.alloc(0), (ws) => ws.on("message", () => ws.send("ok")));
      socket.on("data", (chunk: Buffer) => keys.add(chunk.toString("hex", 2, 6)));
    });
    const ws = new WebSocket(url, { generateMask: () => {} } as object);
    await once(ws, "open");
    for (let i = 0; i < 5; i++) {
      ws.send("x", { mask: false });
      await once(ws, "message");
    }
    expect(keys.size).toBe(5);
    ws.terminate();
    const { client, server } = await connect();
    server.send("y", { mask: true });
    server.ping("z", true);
    const [data] = (await once(client, "ping")) as [Buffer];
    expect(data.toString()).toBe("z");
  });
});

describe("large messages", () => {
  it("leave in fragments, pings between them, and arrive as one", async () => {
    const { client, server } = await connect();
    const order: string[] = [];
    server.on("ping", () => order.push("ping"));
    server.on("message", (data) => order.push(`message ${(data as Buffer).length}`));
    server.binaryType = "fragments";
    const [message] = await Promise.all([
      once(server, "message") as Promise<[Buffer[]]>,
      new Promise<void>((resolve) => {
        client.send(Buffer.alloc(40 * 1024 * 1024), () => resolve());
        client.ping();
      }),
    ]);
    expect(message[0].map((part) => part.length)).toEqual([40 * 1024 * 1024]);
    expect(order[0]).toBe("ping");
  });
});

describe("Sender", () => {
  const shapes = [
    { data: "text", opcode: 1 },
    { data: Buffer.from("bytes"), opcode: 2 },
    { data: Buffer.from("ü".repeat(40_000)), opcode: 1 },
  ];

  it.each(shapes)("frames as that of ws does ($opcode)", ({ data, opcode }) => {
    const options = { opcode, fin: true, mask: false, rsv1: false, readOnly: false };
    const theirs = (real as unknown as { Sender: typeof Sender }).Sender.frame(data, options);
    expect(Buffer.concat(Sender.frame(data, options)).equals(Buffer.concat(theirs))).toBe(true);
  });

  it.each(shapes)("sends what either of them made ($opcode)", async ({ data, opcode }) => {
    const { client, server } = await connect();
    const options = { opcode, fin: true, mask: false, rsv1: false, readOnly: false };
    const heard: unknown[] = [];
    client.on("message", (message, isBinary) =>
      heard.push([(message as Buffer).equals(Buffer.from(data as Buffer)), isBinary]),
    );
    for (const each of [Sender, (real as unknown as { Sender: typeof Sender }).Sender]) {
      const list = each.frame(data, options);
      await new Promise<void>((resolve) => server._sender!.sendFrame(list, () => resolve()));
      server._sender!.sendFrame(list);
    }
    server.close();
    await closed(client as never, server as never);
    expect(heard).toEqual(Array.from({ length: 4 }, () => [true, opcode === 2]));
  });

  it.each([
    ["a ping", { opcode: 9, fin: true }],
    ["a fragment", { opcode: 1, fin: false }],
    ["what is compressed", { opcode: 1, fin: true, rsv1: true }],
    ["what is masked", { opcode: 1, fin: true, mask: true }],
  ])("does not send %s", async (_, options) => {
    const { server } = await connect();
    expect(() => server._sender!.sendFrame(Sender.frame("x", options))).toThrow(TypeError);
    expect(() => server._sender!.sendFrame([Buffer.from([0x81])])).toThrow(TypeError);
    expect(() => server._sender!.sendFrame([Buffer.from([0x81, 0, 0x81, 0])])).toThrow(TypeError);
  });

  it("cannot be made", () => {
    expect(() => new Sender()).toThrow(TypeError);
  });
});

describe("a blob that cannot be read", () => {
  it("is an error to all that waits, and 1011 to the peer, where ws hangs up", async () => {
    class Gone extends Blob {
      override async arrayBuffer(): Promise<ArrayBuffer> {
        throw new Error("gone");
      }
    }
    const { client, server } = await connect();
    const told: string[] = [];
    client.on("error", (error) => told.push(`error ${error.message}`));
    const codes = [client, server].map((ws) => new Promise((resolve) => ws.on("close", resolve)));
    client.send(new Gone(["x"]), (error) => told.push(`blob ${error?.message}`));
    client.send("behind", (error) => told.push(`behind ${error?.message}`));
    expect(await Promise.all(codes)).toEqual([1011, 1011]);
    expect(told).toEqual(["blob gone", "behind gone", "error gone"]);
  });
});

describe("headers", () => {
  it("extension reads and writes as that of ws does", () => {
    const theirs = (real as unknown as { extension: typeof extension }).extension;
    const header =
      'permessage-deflate; client_max_window_bits; server_max_window_bits="10", foo; a=1; a=2, foo';
    expect(extension.parse(header)).toEqual(theirs.parse(header));
    const offers = { foo: [{ a: true, b: [1, "2"] }, {}], bar: { c: 3 } };
    expect(extension.format(offers)).toBe(theirs.format(offers));
    for (const bad of ["", "a b", "a;", "a; b=", ";", 'a; b="'])
      expect(() => extension.parse(bad)).toThrow(SyntaxError);
  });

  it("subprotocol reads as that of ws does", () => {
    const theirs = (real as unknown as { subprotocol: typeof subprotocol }).subprotocol;
    for (const header of ["a", "a,b", "a ,\tb , c"])
      expect(subprotocol.parse(header)).toEqual(theirs.parse(header));
    for (const bad of ["", "a,", ",a", "a,,b", "a b", "a,a", "a\u00a0"]) {
      expect(() => subprotocol.parse(bad)).toThrow(SyntaxError);
      expect(() => theirs.parse(bad)).toThrow(SyntaxError);
    }
  });
});

describe("options", () => {
  it.each([{ serverMaxWindowBits: 7 }, { clientMaxWindowBits: 16 }, { threshold: -1 }])(
    "of compression that make no sense are told at once: %j",
    (perMessageDeflate) => {
      expect(() => new WebSocketServer({ noServer: true, perMessageDeflate })).toThrow(RangeError);
      expect(() => new WebSocket("ws://127.0.0.1:1", { perMessageDeflate })).toThrow(RangeError);
    },
  );

  it("show their defaults on a server", () => {
    const { options } = new WebSocketServer({ noServer: true });
    const theirs = new real.WebSocketServer({ noServer: true }).options;
    for (const [name, value] of Object.entries(options)) {
      if (name !== "WebSocket") expect([name, theirs[name as never]]).toEqual([name, value]);
    }
  });
});

describe("setSocket", () => {
  it("makes a WebSocket of a stream, as either end", async () => {
    const { client, server } = await connect();
    const stream = createWebSocketStream(client);
    const inner = new WebSocket(null);
    inner._isServer = false;
    inner.setSocket(stream, Buffer.alloc(0), { maxPayload: 0 });
    const outer = new WebSocket(null);
    outer.setSocket(createWebSocketStream(server), Buffer.alloc(0));
    const message = once(outer, "message") as Promise<[Buffer]>;
    inner.send("a WebSocket within a WebSocket");
    expect((await message)[0].toString()).toBe("a WebSocket within a WebSocket");
    expect(inner.readyState).toBe(1);
  });
});
