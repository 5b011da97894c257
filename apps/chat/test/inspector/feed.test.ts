// The inspector's feed over real sockets: what a viewer is told of connections, and what never.
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { once } from "node:events";
import { channel } from "node:diagnostics_channel";
import { connect, type ConnectError, type Connection } from "@ws/client";
import { encodeFrame, FrameDecoder, Opcode } from "@ws/frame";
import { WebSocketServer } from "@ws/server";
import { describe, expect, it, onTestFinished } from "vitest";
import { FeedFlag, type FeedRecord } from "../../src/shared/inspector-feed.ts";
import { heldBufferBytes } from "../support/held-bytes.ts";
import { inspected, talk, watch, type Watcher } from "./inspected-server.ts";

const TOKEN = "a-token-that-is-long-enough";
type Bytes = FeedRecord & { kind: "bytes" };

const isSent = ({ flags }: Bytes): boolean => (flags & FeedFlag.sent) !== 0;
const wire = (watcher: Watcher, sent: boolean): Buffer =>
  Buffer.concat(
    watcher
      .of("bytes")
      .filter((record) => isSent(record) === sent)
      .map(({ bytes }) => bytes),
  );
const echoed = (connection: Connection): Promise<unknown> => once(connection, "message");

describe("feed › who may look", () => {
  const status = async (
    url: string,
    headers: Record<string, string>,
    protocols: string[],
    origin?: string,
  ): Promise<unknown> =>
    connect(`${url}/inspect`, { headers, protocols, ...(origin !== undefined && { origin }) }).then(
      () => "connected",
      (error: ConnectError) => error.response?.status,
    );

  it("is not there unless it is switched on", async () => {
    const { url } = await inspected({ mode: "off" });
    expect(await status(url, { Cookie: "who=ada" }, ["inspect.v1"])).toBe(404);
    expect(channel("ws:connection:close").hasSubscribers).toBe(false);
  });

  it("refuses strangers with 403, and those without the token", async () => {
    const own = await inspected();
    expect(await status(own.url, {}, ["inspect.v1"])).toBe(403);
    expect(await status(own.url, { Cookie: "who=ada" }, ["inspect.v1"], "https://elsewhere.example")).toBe(
      403,
    );
    const all = await inspected({ mode: "all", token: TOKEN });
    expect(await status(all.url, { Cookie: "who=ada" }, ["inspect.v1"])).toBe(403);
    expect(
      await status(all.url, {}, ["inspect.v1", `token.${Buffer.from("wrong").toString("base64url")}`]),
    ).toBe(403);
    expect((await watch(all, undefined, TOKEN)).of("hello")[0]!.body.scope).toBe("all");
  });

  it("does not start without a token that is worth its name", async () => {
    await expect(inspected({ mode: "all", token: "short" })).rejects.toThrow(TypeError);
  });

  it("ends when the session does", async () => {
    let isOver = false;
    const server = await inspected({ sessionOf: () => (isOver ? undefined : "ada") });
    const watcher = await watch(server);
    isOver = true;
    expect(await watcher.feed.closed).toMatchObject({ code: 1008, reason: "The session has ended" });
  });

  it("ends at once when it is told that the session has", async () => {
    const server = await inspected();
    const [ada, eve] = [await watch(server, "ada"), await watch(server, "eve")];
    server.inspector.endSession("ada");
    expect((await ada.feed.closed).code).toBe(1008);
    expect(eve.feed.state).toBe("open");
  });

  // One person with sixteen tabs kept everybody else from looking.
  it("lets one session look from four tabs, and others besides", async () => {
    const server = await inspected();
    for (let tab = 0; tab < 4; tab++) await watch(server, "ada");
    expect(await status(server.url, { Cookie: "who=ada" }, ["inspect.v1"])).toBe(429);
    expect((await watch(server, "eve")).of("hello").length).toBe(1);
  });

  it("has no ear for what a viewer says", async () => {
    const watcher = await watch(await inspected());
    watcher.feed.send("hello");
    expect((await watcher.feed.closed).code).toBe(1008);
  });
});

describe("feed › connections", () => {
  it("tells what passes as it was on the wire, and how the connection began and ended", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    const connection = await talk(server);
    connection.send("hello");
    await echoed(connection);
    await connection.close(4000, "enough");
    const [closed] = await watcher.all("closed");
    const [opened] = watcher.of("opened");
    expect(opened!.body).toMatchObject({
      protocol: "echo.v1",
      path: "/echo",
      isFromStart: true,
      isRedacted: false,
      remoteAddress: "127.0.0.1",
    });
    expect(closed!.body).toEqual({ code: 4000, reason: "enough", wasClean: true });
    expect(closed!.connection).toBe(opened!.connection);

    const decoder = new FrameDecoder({ role: "server" });
    decoder.push(new Uint8Array(wire(watcher, false)));
    const hello = decoder.next()!;
    expect([hello.opcode, Buffer.from(hello.payload).toString()]).toEqual([1, "hello"]);
    expect(decoder.next()!.opcode).toBe(8);
    // The server answers a close frame with its code.
    const answer = encodeFrame("server", Opcode.close, Uint8Array.of(0x0f, 0xa0));
    expect(wire(watcher, true)).toEqual(Buffer.concat([encodeFrame("server", Opcode.text, "hello"), answer]));
  });

  it("tells both heads of the handshake, secrets as dots", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    await talk(server);
    const [opened] = await watcher.all("opened");
    const { request, response } = opened!.body.handshake;
    expect(request).toMatchObject({ method: "GET", target: "/echo?room=secret", httpVersion: "1.1" });
    const field = (name: string): unknown => request.fields.find((each) => each.name.toLowerCase() === name);
    expect(field("cookie")).toMatchObject({ value: "who=•••; theme=•••", isMasked: true });
    expect(field("authorization")).toMatchObject({ value: "•••", isMasked: true });
    expect(field("sec-websocket-version")).toEqual({ name: "Sec-WebSocket-Version", value: "13" });
    expect(response.status).toBe(101);
    expect(response.fields.map(({ name }) => name)).toContain("Sec-WebSocket-Accept");
  });

  it("tells what was there before the viewer, from the next frame on", async () => {
    const server = await inspected();
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write(
      "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: who=ada\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    const frame = Buffer.from(encodeFrame("client", Opcode.text, "seen only in part"));
    socket.write(frame.subarray(0, 9));
    await expect.poll(() => [...server.echo.clients][0]!.getStats().bytesReceived).toBe(9);
    const watcher = await watch(server);
    const [opened] = await watcher.all("opened");
    expect(opened!.body.isFromStart).toBe(false);
    socket.write(frame.subarray(9));
    await once(socket, "data");
    const whole = Buffer.from(encodeFrame("client", Opcode.text, "whole"));
    socket.write(whole);
    await watcher.until(() => wire(watcher, false).length >= whole.length);
    expect(wire(watcher, false)).toEqual(whole);
    socket.destroy();
  });

  it("tells what came along with the request, before the connection was told of", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    const frame = Buffer.from(encodeFrame("client", Opcode.text, "eager"));
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write(
      Buffer.concat([
        Buffer.from(
          "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: who=ada\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ),
        frame,
      ]),
    );
    await watcher.all("bytes", 2);
    expect(watcher.records.findIndex(({ kind }) => kind === "opened")).toBeLessThan(
      watcher.records.findIndex(({ kind }) => kind === "bytes"),
    );
    expect(wire(watcher, false)).toEqual(frame);
    socket.destroy();
  });

  it("tells of a connection over HTTP/2 as of any other (RFC 8441)", async () => {
    const watcher = await watch(await inspected());
    const http2 = new WebSocketServer({ port: 0, host: "127.0.0.1", http2: true });
    http2.on("connection", (connection) => connection.send("over HTTP/2"));
    await once(http2, "listening");
    const session = connectHttp2(`http://127.0.0.1:${http2.address()!.port}`);
    onTestFinished(async () => {
      session.destroy();
      await http2.shutdown({ deadlineMs: 100 });
    });
    await once(session, "remoteSettings");
    session.request({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": "/stream",
      "sec-websocket-version": "13",
      cookie: "who=ada",
    });
    await watcher.all("bytes");
    const [opened] = watcher.of("opened");
    expect(opened!.body).toMatchObject({
      path: "/stream",
      handshake: { request: { method: "CONNECT", httpVersion: "2.0" }, response: { status: 200 } },
    });
    expect(JSON.stringify(opened!.body)).not.toContain("who=ada");
    expect(wire(watcher, true)).toEqual(Buffer.from(encodeFrame("server", Opcode.text, "over HTTP/2")));
  });

  it("tells refused handshakes", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    await expect(talk(server, "ada", { origin: "https://evil.example" })).rejects.toThrow(/403/);
    const [refused] = await watcher.all("refused");
    expect(refused!.body).toMatchObject({
      code: "FOREIGN_ORIGIN",
      handshake: { response: { status: 403 } },
    });
  });

  it("tells a frame that breaks a rule, and which", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.write(
      "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: who=ada\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    socket.write(Buffer.of(0x83, 0x80, 1, 2, 3, 4));
    const [closed] = await watcher.all("closed");
    expect(wire(watcher, false)).toEqual(Buffer.of(0x83, 0x80, 1, 2, 3, 4));
    expect(closed!.body).toMatchObject({ code: 1006, error: { code: "RESERVED_OPCODE" } });
    socket.destroy();
  });

  it("tells of queues and counts", async () => {
    const server = await inspected();
    const watcher = await watch(server);
    const connection = await talk(server);
    connection.pause();
    for (let i = 0; i < 200; i++) connection.send(new Uint8Array(60_000));
    const [queue] = await watcher.all("queue");
    expect(queue!.body.event).toBe("backed-up");
    const [sample] = await watcher.all("sample");
    expect(sample!.body.frames.received).toBeGreaterThan(0);
    connection.terminate();
  });

  it("never tells of itself", async () => {
    const server = await inspected();
    const [first, second] = [await watch(server), await watch(server)];
    await talk(server);
    await first.all("opened");
    await second.all("opened");
    expect(first.of("opened").map(({ body }) => body.path)).toEqual(["/echo"]);
  });

  it("listens to nothing but handshakes and ends while nobody looks", async () => {
    const server = await inspected();
    const wanted = ["ws:transport:received", "ws:transport:sent", "ws:queue:stalled", "ws:limit:exceeded"];
    const listened = (): boolean[] => wanted.map((name) => channel(name).hasSubscribers);
    expect(listened()).toEqual(wanted.map(() => false));
    const watcher = await watch(server);
    expect(listened()).toEqual(wanted.map(() => true));
    await watcher.feed.close();
    await expect.poll(listened).toEqual(wanted.map(() => false));
  });
});

describe("feed › what is somebody else's (security: redaction)", () => {
  const SECRET = "attack at dawn ".repeat(30);

  it("is not told at all to those who see their own", async () => {
    const server = await inspected();
    const watcher = await watch(server, "ada");
    const [stranger, own] = [await talk(server, "eve"), await talk(server, "ada")];
    stranger.send(SECRET);
    await echoed(stranger);
    own.send("mine");
    await echoed(own);
    await watcher.all("bytes", 2);
    await stranger.close();
    await own.close();
    await watcher.all("closed");
    expect(new Set(watcher.records.map(({ connection }) => connection))).toEqual(new Set([0, 2]));
  });

  it.each([
    ["plain", {}],
    ["compressed", { perMessageDeflate: { thresholdBytes: 0 } }],
  ])("is told with true headers and masks, and zeros inside: %s", async (_name, echo) => {
    const server = await inspected({ mode: "all", token: TOKEN, echo });
    const watcher = await watch(server, undefined, TOKEN);
    const connection = await talk(server, "eve", {
      headers: { Cookie: "who=eve", Referer: "https://x.example/private" },
      ...echo,
    });
    connection.send(SECRET);
    await echoed(connection);
    connection.ping("secret ping");
    await once(connection, "pong");
    await connection.close(4001, "secret reason");
    const [closed] = await watcher.all("closed");
    expect(JSON.stringify(watcher.records)).not.toMatch(/secret|private|attack/);
    expect(closed!.body).toMatchObject({ code: 4001, reason: "•••" });
    expect(watcher.of("bytes").every(({ flags }) => (flags & FeedFlag.redacted) !== 0)).toBe(true);
    const [opened] = watcher.of("opened");
    expect(opened!.body).toMatchObject({ isRedacted: true, handshake: { request: { target: "/echo?•••" } } });

    for (const role of ["server", "client"] as const) {
      const decoder = new FrameDecoder({ role, reservedBits: 4 });
      decoder.push(new Uint8Array(wire(watcher, role === "client")));
      const frames = [decoder.next()!, decoder.next()!, decoder.next()!];
      expect(decoder.next()).toBeUndefined();
      const [text, control, close] = frames;
      expect([text!.opcode, control!.opcode, close!.opcode]).toEqual([1, role === "server" ? 9 : 10, 8]);
      expect(text!.rsv).toBe("perMessageDeflate" in echo ? 4 : 0);
      if (text!.rsv === 0) expect(text!.payloadLength).toBe(SECRET.length);
      else expect(text!.payloadLength).toBeLessThan(SECRET.length);
      if (role === "server") expect(text!.maskKey).not.toBe(0);
      expect(text!.payload.every((octet) => octet === 0)).toBe(true);
      expect(control!.payload).toEqual(new Uint8Array("secret ping".length));
      // The server answers a close frame with its code, which is protocol and no content.
      const reason = role === "server" ? "secret reason".length : 0;
      expect([...close!.payload]).toEqual([0x0f, 0xa1, ...new Uint8Array(reason)]);
    }
  });

  it("is not in what is cut into chunks of one octet either", async () => {
    const server = await inspected({ mode: "all", token: TOKEN });
    const watcher = await watch(server, undefined, TOKEN);
    const socket = connectTcp(server.port, "127.0.0.1").setNoDelay();
    socket.write(
      "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    const frame = Buffer.from(encodeFrame("client", Opcode.text, "dawn".repeat(40)));
    for (const octet of frame) {
      socket.write(Buffer.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await watcher.until(() => wire(watcher, false).length === frame.length);
    const decoder = new FrameDecoder({ role: "server" });
    decoder.push(new Uint8Array(wire(watcher, false)));
    expect(decoder.next()!.payload).toEqual(new Uint8Array(160));
    socket.destroy();
  });
});

describe("feed › bounds", () => {
  it("above its rate counts what it leaves out, and begins again with a whole frame", async () => {
    const server = await inspected({ limits: { maxFramesPerSecond: 20 } });
    const watcher = await watch(server);
    const connection = await talk(server);
    for (let i = 0; i < 500; i++) connection.send(`message ${i}`);
    const total = (): number => {
      const starts = watcher.of("bytes").filter((record) => !isSent(record)).length;
      const left = watcher.of("leftOut").filter(({ body }) => body.direction === "received");
      return starts + left.reduce((sum, { body }) => sum + body.frames, 0);
    };
    await watcher.until(() => total() === 500);
    expect(watcher.of("bytes").length).toBeLessThan(60);
    await expect
      .poll(() => {
        connection.send("later");
        return wire(watcher, false).length > 0 && watcher.of("bytes").at(-1)!.time;
      })
      .toBeGreaterThan(watcher.of("leftOut")[0]!.time);
    // Whatever was left out between: each piece begins with a frame.
    const decoder = new FrameDecoder({ role: "server" });
    decoder.push(new Uint8Array(wire(watcher, false)));
    for (let frame = decoder.next(); frame; frame = decoder.next()) expect(frame.fin).toBe(true);
    expect(decoder.isIdle).toBe(true);
  });

  it("tells the beginning of a frame that is too large, and that it was cut", async () => {
    const server = await inspected({ limits: { maxFrameBytes: 1000 } });
    const watcher = await watch(server);
    const connection = await talk(server);
    connection.send(new Uint8Array(300_000).fill(7));
    await echoed(connection);
    connection.send("after");
    await echoed(connection);
    await watcher.until(() =>
      watcher
        .of("bytes")
        .filter(isSent)
        .some(({ bytes }) => bytes.length === 7),
    );
    for (const sent of [true, false]) {
      const pieces = watcher.of("bytes").filter((record) => isSent(record) === sent);
      const cut = pieces.findIndex(({ flags }) => (flags & FeedFlag.cut) !== 0);
      const payload = pieces.slice(0, cut + 1).reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(payload).toBe(1000 + (sent ? 10 : 14));
      expect(pieces[cut + 1]!.flags & FeedFlag.frameStart).toBe(FeedFlag.frameStart);
    }
  });

  it("keeps no more than it may for a viewer that does not read", async () => {
    const maxBufferedBytes = 200_000;
    const server = await inspected({
      limits: { maxBufferedBytes, maxFramesPerSecond: 1e6, maxBytesPerSecond: 1e9 },
    });
    const watcher = await watch(server);
    const connection = await talk(server);
    watcher.feed.pause();
    const before = await heldBufferBytes();
    for (let i = 0; i < 60; i++) {
      connection.send(new Uint8Array(500_000));
      await echoed(connection);
    }
    expect((await heldBufferBytes()) - before).toBeLessThan(5_000_000);
    watcher.feed.resume();
    await watcher.all("leftOut");
    connection.terminate();
  });

  it("tells no more connections than a viewer may have, the newest of those that are there", async () => {
    const server = await inspected({ limits: { maxConnections: 2 } });
    for (let i = 0; i < 3; i++) await talk(server);
    const watcher = await watch(server);
    const opened = await watcher.all("opened", 2);
    expect(opened.map(({ connection }) => connection)).toEqual([3, 2]);
  });
});
