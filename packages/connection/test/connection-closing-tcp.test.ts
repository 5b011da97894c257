import { once } from "node:events";
import { Connection } from "@ws/connection";
import { describe, expect, it } from "vitest";
import { readToEnd, tcpPair } from "./tcp.ts";
import { BINARY, closeFrame, concat, describeFrames, frame, ROLES, TEXT } from "./wire.ts";

describe.each(ROLES)("connection (%s) › closing over TCP", (role) => {
  const isServer = role === "server";

  it("ours first: frames, then the server's FIN first (RFC 6455 §7.1.1)", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    const closed = connection.close(1000, "bye");
    await once(theirs, "data");
    theirs.write(closeFrame(role, 1000));
    if (isServer) await once(theirs, "end");
    expect(theirs.readableEnded).toBe(isServer);
    theirs.end();
    expect(describeFrames(await received)).toEqual(["close 1000 bye"]);
    expect(await closed).toEqual({ code: 1000, reason: "", wasClean: true });
    expect(ours.destroyed).toBe(true);
  });

  it("theirs first: the answer, then the server's FIN first (RFC 6455 §7.1.1)", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    theirs.write(closeFrame(role, 4000, "why"));
    await once(theirs, "data");
    if (isServer) await received;
    expect(theirs.readableEnded).toBe(isServer);
    theirs.end();
    expect(describeFrames(await received)).toEqual(["close 4000"]);
    expect(await connection.closed).toEqual({ code: 4000, reason: "why", wasClean: true });
  });

  it("a frame and the FIN in one segment are both seen", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    theirs.end(concat(frame(role, TEXT, "last"), closeFrame(role, 1001)));
    const messages: unknown[] = [];
    for await (const message of connection) messages.push(message);
    expect(messages).toEqual(["last"]);
    expect(await connection.closed).toEqual({ code: 1001, reason: "", wasClean: true });
    expect(describeFrames(await received)).toEqual(["close 1001"]);
  });

  it("a reset before anything is 1006 with its error", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    theirs.resetAndDestroy();
    expect(await connection.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "ECONNRESET" },
    });
  });

  it("a reset after our close frame is 1006 with its error", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const closed = connection.close();
    await once(theirs, "data");
    theirs.resetAndDestroy();
    expect(await closed).toMatchObject({ code: 1006, wasClean: false, error: { code: "ECONNRESET" } });
  });

  it("a reset after both close frames is clean", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    theirs.write(closeFrame(role, 1000));
    await once(theirs, "data");
    theirs.resetAndDestroy();
    expect(await connection.closed).toEqual({ code: 1000, reason: "", wasClean: true });
  });

  it("a half-open peer, its side ended without a close frame, gets our FIN", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    theirs.end();
    expect(await received).toHaveLength(0);
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false });
  });

  it("after a failure the close frame survives a peer that keeps sending (RFC 6455 §7.1.7)", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role });
    const received = readToEnd(theirs);
    const more = frame(role, BINARY, new Uint8Array(64 * 1024));
    theirs.write(frame(role, 3));
    // Far more than all the buffers between us: it is written only if the other side reads.
    for (let sent = 0; sent < 16 * 1024 * 1024; sent += more.length) {
      if (!theirs.write(more)) await once(theirs, "drain");
    }
    expect(describeFrames(await received)).toEqual([expect.stringMatching(/^close 1002/)]);
    theirs.end();
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: "RESERVED_OPCODE" } });
  });

  it("after a failure a peer that never ends is cut at the deadline", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role, closeTimeoutMs: 20 });
    theirs.on("error", () => {});
    theirs.resume();
    theirs.write(frame(role, 3));
    expect(await connection.closed).toMatchObject({ code: 1006, error: { code: "RESERVED_OPCODE" } });
    expect(ours.destroyed).toBe(true);
    theirs.destroy();
  });

  it("no answer: the socket is destroyed at the deadline", async () => {
    const { ours, theirs } = await tcpPair();
    const connection = new Connection(ours, { role, closeTimeoutMs: 20 });
    theirs.on("error", () => {});
    theirs.resume();
    const result = await connection.close();
    expect(result).toMatchObject({ code: 1006, wasClean: false, error: { code: "CLOSE_TIMEOUT" } });
    expect(ours.destroyed).toBe(true);
    theirs.destroy();
  });
});

describe("connection › closing over TCP, both sides", () => {
  it.each(["server", "client", "both"])("begun by %s leaves both clean", async (who) => {
    const { ours, theirs } = await tcpPair();
    const server = new Connection(ours, { role: "server" });
    const client = new Connection(theirs, { role: "client" });
    if (who !== "client") void server.close(4001);
    if (who !== "server") void client.close(4002);
    const results = await Promise.all([server.closed, client.closed]);
    const [first, second] = { server: [4001, 4001], client: [4002, 4002], both: [4002, 4001] }[who]!;
    expect(results).toEqual([
      { code: first, reason: "", wasClean: true },
      { code: second, reason: "", wasClean: true },
    ]);
  });
});
