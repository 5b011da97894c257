import { once } from "node:events";
import { AssertionError } from "node:assert";
import { connect } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import {
  connectionAndPeer,
  dialRaw,
  FakeClock,
  listenRaw,
  MemoryWire,
  RawOpcode,
  RawPeer,
  record,
} from "@ws/testing";
import { describe, expect, it, onTestFinished } from "vitest";

describe.each(["server", "client"] as const)("a raw peer of a %s", (role) => {
  it("says what it is told to, and records what it hears", async () => {
    const { connection, peer, wire } = connectionAndPeer(role);
    const heard = record(connection);
    void peer.send(RawOpcode.text, "hel", { fin: false });
    void peer.send(RawOpcode.continuation, "lo");
    void peer.send(RawOpcode.ping, "you?");
    connection.send("first");
    await peer.expectNext("text first", {
      opcode: RawOpcode.pong,
      masked: role === "client",
      payload: "you?",
    });
    expect(heard.events).toEqual(["message hello", "ping <796f753f>"]);
    expect(peer.frames).toEqual([]);
    void peer.close(1000, "bye");
    await wire.settle();
    expect(peer.takeFrames()).toEqual(["close 1000"]);
    peer.end();
    expect(await connection.closed).toEqual({ code: 1000, reason: "bye", wasClean: true });
    await peer.ended();
    expect(peer.hasEnded).toBe(true);
    expect(await peer.next()).toBeUndefined();
  });

  it("answers pings and the close frame by itself where it is told to", async () => {
    const { connection, peer } = connectionAndPeer(role, {}, { answersPings: true, answersClose: true });
    const heard = record(connection);
    connection.ping("there?");
    expect(await connection.close(4001, "bye")).toEqual({ code: 4001, reason: "", wasClean: true });
    expect(peer.takeFrames()).toEqual(["ping there?", "close 4001 bye"]);
    expect(heard.events).toEqual(["pong <74686572653f>", "close 4001"]);
  });

  it("tells in an assertion what came instead, also when the end did", async () => {
    const { connection, peer } = connectionAndPeer(role);
    connection.send("one");
    await expect(peer.expectNext("text two")).rejects.toThrow(AssertionError);
    const waiting = peer.expectNext("text two");
    connection.terminate();
    await expect(waiting).rejects.toThrow(AssertionError);
  });

  it("does not read, reads slowly, reads again", async () => {
    const clock = FakeClock.install();
    onTestFinished(() => clock.uninstall());
    const { connection, peer, wire } = connectionAndPeer(role, {
      highWaterMarkBytes: 1000,
      pingIntervalMs: 0,
    });
    const lane = role === "server" ? wire.toClient : wire.toServer;
    lane.capacityBytes = 1000;
    peer.stopReading();
    for (let i = 0; i < 4; i++) connection.send("x".repeat(50_000));
    await wire.settle();
    expect(connection.bufferedAmount).toBeGreaterThan(100_000);
    expect(peer.frames).toEqual([]);
    peer.readSlowly(1000, 10);
    await clock.advance(1000);
    expect(peer.frames.length).toBe(1);
    peer.resumeReading();
    await wire.settle();
    expect(peer.takeFrames().length).toBe(4);
    expect(connection.bufferedAmount).toBe(0);
    peer.readSlowly(1, 10);
    connection.terminate();
    peer.cut();
    await connection.closed;
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a raw peer over a stream", () => {
  it("waits until the transport takes more, or is gone", async () => {
    const wire = new MemoryWire();
    const peer = new RawPeer(wire.client, { role: "client" }, new Uint8Array([0x81, 1, 0x78]));
    expect(peer.takeFrames()).toEqual(["text x"]);
    wire.toServer.capacityBytes = 0;
    wire.toServer.stall();
    const sent = peer.write(new Uint8Array(100_000));
    wire.server.on("error", () => {});
    wire.cut();
    await sent;
    await peer.write(new Uint8Array(1));
    await peer.ended();
  });
});

describe("raw peers over sockets", () => {
  it("dial a server", async () => {
    await using server = new WebSocketServer({ port: 0, protocols: ["chat"] });
    await once(server, "listening");
    server.on("connection", (connection) => connection.send(`welcome to ${connection.protocol}`));
    const url = `ws://localhost:${server.address()!.port}/`;
    const peer = await dialRaw(url, { headers: { "Sec-WebSocket-Protocol": "chat" } });
    await peer.expectNext({ masked: false, payload: "welcome to chat" });
    await peer.send(RawOpcode.text, "not masked", { wrongMask: true });
    await peer.expectNext({ opcode: RawOpcode.close });
    await peer.ended();
  });

  it("are told no", async () => {
    await using server = new WebSocketServer({ port: 0 });
    await once(server, "listening");
    const url = `ws://localhost:${server.address()!.port}/`;
    const refused = dialRaw(url, { headers: { Origin: "https://foreign.example" } });
    await expect(refused).rejects.toThrow(`Cannot open ${url}: the server answered 403`);
    await expect(dialRaw("ws://127.0.0.1:1/")).rejects.toThrow("ECONNREFUSED");
  });

  it("listen for a client", async () => {
    const peers: RawPeer[] = [];
    const paths: (string | undefined)[] = [];
    const listener = await listenRaw(
      (peer, request) => {
        paths.push(request.url);
        peers.push(peer);
        void peer.send(RawOpcode.text, "hello", { wrongMask: peers.length > 1 });
      },
      { headers: { "Sec-WebSocket-Protocol": "chat" }, answersClose: true },
    );
    const connection = await connect(`${listener.url}room`, { protocols: ["chat"] });
    expect(await once(connection, "message")).toEqual(["hello"]);
    expect(paths).toEqual(["/room"]);
    expect(await connection.close()).toMatchObject({ code: 1000, wasClean: true });
    expect(peers[0]!.takeFrames()).toEqual(["close 1000"]);
    const wronged = await connect(listener.url, { protocols: ["chat"] });
    expect(await wronged.closed).toMatchObject({ error: { code: "MASK_FORBIDDEN" } });
    const cut = await connect(listener.url, { protocols: ["chat"] });
    await listener.close();
    expect((await cut.closed).wasClean).toBe(false);
    await expect(connect(listener.url)).rejects.toThrow("ECONNREFUSED");
  });
});
