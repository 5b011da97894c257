import { settle, TestTransport } from "@ws/testing";
import { describe, expect, it, vi } from "vitest";
import { deflate } from "./deflate.ts";
import { catchUncaught, open } from "./open.ts";
import { closeFrame, concat, describeFrames, frame, PING, readFrames, ROLES, TEXT } from "./wire.ts";

describe.each(ROLES)("connection (%s) › writes", (role) => {
  it("a hundred messages of a tick are one write of one piece", async () => {
    const { connection, transport } = open(role);
    for (let i = 0; i < 100; i++) connection.send(`message ${i}`);
    expect(transport.writes).toHaveLength(0);
    await settle();
    expect(transport.writes).toHaveLength(1);
    expect(transport.writes[0]).toHaveLength(1);
    expect(transport.takeFrames()).toEqual(Array.from({ length: 100 }, (_, i) => `text message ${i}`));
  });

  it("each tick has its own write", async () => {
    const { connection, transport } = open(role);
    for (let tick = 0; tick < 3; tick++) {
      connection.send("a");
      connection.send("b");
      await settle();
    }
    expect(transport.writes.map(([piece]) => describeFrames(piece!))).toEqual(
      Array.from({ length: 3 }, () => ["text a", "text b"]),
    );
  });

  it("flush is a write of what was sent so far, however often in a tick", async () => {
    const { connection, transport } = open(role);
    const told: string[] = [];
    const messages = Array.from({ length: 40 }, (_, i) => `message ${i}`);
    for (const message of messages) {
      connection.send(message, () => told.push(message));
      connection.flush();
      connection.flush();
      expect(connection.bufferedAmount).toBe(0);
    }
    expect([transport.writes.length, told]).toEqual([40, []]);
    expect(transport.takeFrames()).toEqual(messages.map((message) => `text ${message}`));
    await settle();
    expect([transport.writes.length, told]).toEqual([0, messages]);
  });

  it("what was flushed before terminate has left", async () => {
    const { connection, transport } = open(role);
    connection.send("last");
    connection.flush();
    connection.send("too late");
    connection.terminate();
    await connection.closed;
    expect(transport.takeFrames()).toEqual(["text last"]);
  });

  it("what a chunk provoked and what listeners answered is one write, in order", async () => {
    const { connection, transport } = open(role);
    connection.on("message", (data) => connection.send(`re: ${String(data)}`));
    connection.on("ping", () => connection.send("pinged"));
    await settle();
    const text = (data: string): Uint8Array => frame(role, TEXT, data);
    transport.arrive(concat(text("1"), frame(role, PING, "p"), text("2"), closeFrame(role, 1000)));
    expect(transport.writes).toHaveLength(1);
    expect(transport.takeFrames()).toEqual([
      "text re: 1",
      "pong p",
      "text pinged",
      "text re: 2",
      "close 1000",
    ]);
  });

  it("what was sent before a chunk in the same tick leaves before its answers", async () => {
    const { connection, transport } = open(role);
    await settle();
    connection.send("before");
    transport.arrive(frame(role, PING, "p"));
    connection.send("after");
    await settle();
    expect(transport.takeFrames()).toEqual(["text before", "pong p", "text after"]);
  });

  it("the answers of a for await loop leave as one write too", async () => {
    const { connection, transport } = open(role);
    void (async () => {
      for await (const message of connection) connection.send(message);
    })();
    await settle();
    transport.arrive(concat(...["1", "2", "3"].map((data) => frame(role, TEXT, data))));
    await settle();
    expect(transport.writes).toHaveLength(1);
    expect(transport.takeFrames()).toEqual(["text 1", "text 2", "text 3"]);
    connection.terminate();
  });

  it("a large payload is one vectored write", async () => {
    const { connection, transport } = open(role);
    const large = new Uint8Array(100_000).fill(7);
    connection.send("small");
    connection.send(large);
    connection.send("behind");
    await settle();
    expect(transport.writes).toHaveLength(1);
    const frames = readFrames(transport.takeWritten());
    expect(frames.map(({ payload }) => payload.length)).toEqual([5, 100_000, 6]);
    expect(Buffer.from(large).equals(frames[1]!.payload)).toBe(true);
    expect(transport.vectored).toBe(1);
  });

  it("order holds across small, large, prepared and control", async () => {
    const { connection, transport } = open(role);
    const large = "L".repeat(20_000);
    connection.send("1");
    connection.send(Buffer.from(large));
    connection.ping("2");
    connection.send(connection.prepare("3"));
    connection.send(connection.prepare(large));
    connection.pong("4");
    connection.send(large);
    connection.send("5");
    void connection.close(1000, "6");
    await settle();
    expect(transport.takeFrames()).toEqual([
      "text 1",
      `binary ${large}`,
      "ping 2",
      "text 3",
      `text ${large}`,
      "pong 4",
      `text ${large}`,
      "text 5",
      "close 1000 6",
    ]);
  });

  it("connections that share a tick do not mix", async () => {
    const all = Array.from({ length: 5 }, () => open(role));
    for (let round = 0; round < 3; round++) {
      all.forEach(({ connection }, i) => connection.send(`${i}: ${round}`));
    }
    await settle();
    all.forEach(({ transport }, i) => {
      expect(transport.writes).toHaveLength(1);
      expect(transport.takeFrames()).toEqual([`text ${i}: 0`, `text ${i}: 1`, `text ${i}: 2`]);
    });
  });

  it("takes ArrayBuffers and any view, and sends exactly their bytes", async () => {
    const { connection, transport } = open(role);
    const bytes = Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 9);
    connection.send(bytes.buffer);
    connection.send(bytes.subarray(1, 7));
    connection.send(new DataView(bytes.buffer, 2, 3));
    connection.send(new Uint16Array(bytes.buffer, 2, 2));
    connection.send(Buffer.from([7]));
    await settle();
    const payloads = readFrames(transport.takeWritten()).map(({ payload }) => [...payload]);
    expect(payloads).toEqual([[9, 1, 2, 3, 4, 5, 6, 9], [1, 2, 3, 4, 5, 6], [2, 3, 4], [2, 3, 4, 5], [7]]);
  });

  it("a pong that was held leaves, though the bytes before it left within the reading of a chunk", async () => {
    // Whoever released it wrote nothing, and took it for granted that relief would follow; relief had been there already.
    const { connection, transport } = open(role);
    connection.on("message", () => {
      connection.send("b".repeat(300_000));
      transport.unblock();
    });
    await settle();
    transport.block();
    connection.send("a".repeat(300_000));
    await settle();
    transport.arrive(frame(role, PING, "answered at once"));
    transport.arrive(frame(role, PING, "held"));
    transport.arrive(frame(role, TEXT, "go on"));
    await settle();
    expect(transport.takeFrames().map((text) => text.slice(0, 22))).toEqual([
      "text aaaaaaaaaaaaaaaaa",
      "pong answered at once",
      "text bbbbbbbbbbbbbbbbb",
      "pong held",
    ]);
  });

  it("what was answered leaves, though a compression then throws", async () => {
    // The rest of the reading was skipped, and with it the write.
    const { compression } = deflate(role);
    vi.spyOn(compression, "decompress").mockImplementation(() => {
      throw new Error("a bug in a compression");
    });
    const { connection, transport } = open(role, { compression });
    connection.on("message", (data) => connection.send(data, { compress: false }));
    await settle();
    const chunk = concat(frame(role, TEXT, "good"), frame(role, TEXT, "bad", { rsv: 4 }));
    expect(() => transport.arrive(chunk)).toThrow("a bug in a compression");
    await settle();
    expect(transport.takeFrames()).toEqual(["text good"]);
    connection.terminate();
  });

  it("a transport that throws does not keep the others of its tick from sending", async () => {
    // They counted as scheduled, and were never flushed again.
    class Broken extends TestTransport {
      override _write(): void {
        throw new Error("a bug in a transport");
      }
    }
    const [broken, sound] = [open(role, { transport: new Broken() }), open(role)];
    await settle();
    const errors = await catchUncaught(async () => {
      broken.connection.send("lost");
      sound.connection.send("not lost");
      await settle();
    });
    expect(errors).toEqual([new Error("a bug in a transport")]);
    expect(sound.transport.takeFrames()).toEqual(["text not lost"]);
    broken.connection.terminate();
  });

  it("prepare takes what send takes", () => {
    const { connection } = open(role);
    expect(connection.prepare(new Uint16Array([0x0101])).data).toEqual(Uint8Array.of(1, 1));
    expect(() => connection.prepare(5 as never)).toThrow(TypeError);
  });
});

describe("connection (server) › writes", () => {
  it("a large payload leaves uncopied", async () => {
    const { connection, transport } = open("server");
    const large = new Uint8Array(100_000);
    connection.send(large);
    await settle();
    expect(transport.writes[0]?.map(({ buffer }) => buffer)).toContain(large.buffer);
  });

  it("a transport without writev gets the same bytes", async () => {
    class Plain extends TestTransport {}
    Object.defineProperty(Plain.prototype, "_writev", { value: null });
    const { connection, transport } = open("server", { transport: new Plain() });
    connection.send(new Uint8Array(100_000));
    connection.send("behind");
    await settle();
    expect(readFrames(transport.takeWritten()).map(({ payload }) => payload.length)).toEqual([100_000, 6]);
  });
});
