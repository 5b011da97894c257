import type { Message } from "@ws/connection";
import { record, settle, TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { catchUncaught, open } from "./open.ts";
import { closeFrame, concat, frame, hex, PING, PONG, ROLES, TEXT } from "./wire.ts";

/** A turn of the event loop: an exception that was caught as uncaught delays the ticks behind it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(ROLES)("connection (%s) › a listener that throws", (role) => {
  const text = (data: string): Uint8Array => frame(role, TEXT, data);
  const fail = (): never => {
    throw new Error("thrown by a listener");
  };

  it("does not cost the messages behind it, in its chunk or in later ones", async () => {
    // The rest of the chunk lay until the next one came.
    const { connection, transport } = open(role);
    const taken: Message[] = [];
    connection.on("message", (data) => {
      taken.push(data);
      if (data === "2" || data === "3") fail();
    });
    await settle();
    const errors = await catchUncaught(async () => {
      process.nextTick(() => transport.arrive(concat(text("1"), text("2"), text("3"), text("4"))));
      await turn();
      await turn();
      expect(taken).toEqual(["1", "2", "3", "4"]);
      transport.arrive(text("5"));
      expect(taken).toEqual(["1", "2", "3", "4", "5"]);
    });
    expect(errors).toHaveLength(2);
  });

  it("does not cost messages that waited for it", async () => {
    // Waiting messages stayed where they were, and all later ones behind them.
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(concat(text("1"), text("2"), text("3")));
    const taken: Message[] = [];
    const errors = await catchUncaught(async () => {
      connection.on("message", (data) => {
        taken.push(data);
        if (data === "1") fail();
      });
      await turn();
      await turn();
      transport.arrive(text("4"));
      await turn();
    });
    expect(errors).toHaveLength(1);
    expect(taken).toEqual(["1", "2", "3", "4"]);
  });

  it.each(["message", "ping", "pong"] as const)("does not keep answers back: %s", async (name) => {
    const { connection, transport } = open(role);
    connection.on(name, fail);
    await settle();
    const provoke = { message: text("x"), ping: frame(role, PING, "x"), pong: frame(role, PONG, "x") };
    const errors = await catchUncaught(async () => {
      process.nextTick(() => transport.arrive(concat(provoke[name], frame(role, PING, "behind"))));
      await turn();
      await turn();
    });
    expect(errors.length).toBeGreaterThanOrEqual(1);
    expect(transport.takeFrames().at(-1)).toBe("pong behind");
  });

  it("does not keep the connection from ending", async () => {
    // The last message, taken at the end of the transport, threw: the timers stayed and closed never resolved.
    const { connection, transport } = open(role);
    const head = concat(...Array.from({ length: 20 }, (_, i) => text(String(i))));
    await settle();
    transport.arrive(head);
    const errors = await catchUncaught(async () => {
      connection.on("message", fail);
      connection.terminate();
      await turn();
      await turn();
      expect(connection.state).toBe("closed");
    });
    expect(errors.length).toBeGreaterThanOrEqual(1);
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });

  it("on drain does not keep other connections from writing", async () => {
    // All outboxes share the end of a tick: whoever came behind the one that threw never wrote again.
    const others = [open(role), open(role)];
    const thrower = open(role, { highWaterMarkBytes: 0 });
    thrower.connection.on("drain", fail);
    await settle();
    const errors = await catchUncaught(async () => {
      thrower.connection.send("x");
      for (const { connection } of others) connection.send("1");
      await turn();
      await turn();
      for (const { connection } of others) connection.send("2");
      await turn();
    });
    expect(errors).toHaveLength(1);
    for (const { transport } of others) expect(transport.takeFrames()).toEqual(["text 1", "text 2"]);
  });

  it("as a callback of send costs neither the other callbacks nor other connections", async () => {
    const other = open(role);
    const { connection } = open(role);
    const called: string[] = [];
    await settle();
    const errors = await catchUncaught(async () => {
      connection.send("1", fail);
      connection.send("2", () => called.push("second"));
      other.connection.send("1", () => called.push("other"));
      await turn();
      await turn();
    });
    expect(errors).toHaveLength(1);
    expect(called.toSorted()).toEqual(["other", "second"]);
  });

  it("as a callback of send that failed costs neither the close nor the other callbacks", async () => {
    const transport = new TestTransport();
    transport.block();
    const { connection } = open(role, { transport });
    const called: unknown[] = [];
    connection.send("1", fail);
    connection.send("2", (error) => called.push(error));
    await settle();
    const errors = await catchUncaught(async () => {
      connection.send("3", fail);
      connection.terminate();
      await turn();
      await turn();
      expect(await connection.closed).toMatchObject({ code: 1006 });
    });
    expect(errors).toHaveLength(2);
    expect(called).toEqual([expect.any(Error)]);
  });
});

describe.each(ROLES)("connection (%s) › calls from inside listeners", (role) => {
  const text = (data: string): Uint8Array => frame(role, TEXT, data);

  it("send in message, ping and pong keeps the order", async () => {
    const { connection, transport } = open(role);
    for (const name of ["message", "ping", "pong"] as const) connection.on(name, () => connection.send(name));
    await settle();
    transport.arrive(concat(text("1"), frame(role, PONG), frame(role, PING, "p")));
    expect(transport.takeFrames()).toEqual(["text message", "text pong", "pong p", "text ping"]);
  });

  it("close in message: the rest of the chunk is still received, one close frame leaves", async () => {
    const { connection, transport } = open(role);
    const { events } = record(connection);
    connection.on("message", () => void connection.close(4000));
    await settle();
    transport.arrive(concat(text("1"), text("2"), frame(role, PING, "p"), closeFrame(role, 4000)));
    transport.arriveEnd();
    await settle();
    expect(events).toEqual(["message 1", "message 2", "ping <70>", "close 4000"]);
    expect(transport.takeFrames()).toEqual(["close 4000", "pong p"]);
  });

  it("terminate in message: what had arrived is still delivered, nothing leaves", async () => {
    const { connection, transport } = open(role);
    const { events } = record(connection);
    connection.on("message", () => connection.terminate());
    await settle();
    transport.arrive(concat(text("1"), text("2")));
    await settle();
    expect(events).toEqual(["message 1", "message 2", "close 1006"]);
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("everything in close is allowed and does nothing", async () => {
    const { connection, transport } = open(role);
    const { events } = record(connection);
    connection.on("close", () => {
      expect(connection.send("x")).toBe(false);
      connection.ping();
      connection.pong();
      connection.pause();
      connection.resume();
      connection.terminate();
      void connection.close();
    });
    await settle();
    connection.terminate();
    await settle();
    expect(events).toEqual(["close 1006"]);
    expect(transport.takeWritten()).toHaveLength(0);
  });

  it("close, terminate and send in drain", async () => {
    const { connection, transport } = open(role, { highWaterMarkBytes: 0 });
    connection.on("drain", () => {
      if (connection.send("again")) return;
      void connection.close(1000);
    });
    connection.send("x");
    await settle();
    expect(transport.takeFrames()).toEqual(["text x", "text again", "close 1000"]);
    connection.terminate();
  });

  it("a loop that is left by close() inside it", async () => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(concat(text("1"), text("2")));
    for await (const message of connection) {
      expect(message).toBe("1");
      void connection.close();
      break;
    }
    transport.arrive(closeFrame(role, 1000));
    transport.arriveEnd();
    expect(await connection.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("bytes that arrive while a listener runs wait for their turn", async () => {
    const { connection, transport } = open(role);
    const order: string[] = [];
    connection.on("message", (data) => {
      order.push(`begin ${String(data)}`);
      if (data === "1") transport.emit("data", text("3"));
      order.push(`end ${String(data)}`);
    });
    await settle();
    transport.arrive(concat(text("1"), text("2")));
    expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  it("a callback of send that closes leaves no timer behind", async () => {
    const { connection } = open(role);
    connection.send("x", () => void connection.close());
    connection.terminate();
    await connection.closed;
    await settle();
    expect(connection.state).toBe("closed");
  });
});

describe.each(ROLES)("connection (%s) › without listeners", (role) => {
  it.each([
    ["a broken rule", hex("ff ff ff")],
    ["a close frame", closeFrame(role, 1000)],
    ["a message too big", frame(role, TEXT, "", { length: 2 ** 40 })],
  ])("%s crashes nothing", async (_title, bytes) => {
    const { connection, transport } = open(role);
    await settle();
    transport.arrive(bytes);
    transport.arriveEnd();
    expect((await connection.closed).code).toBeGreaterThanOrEqual(1000);
  });

  it("an error of the transport crashes nothing and is in the result", async () => {
    const { connection, transport } = open(role);
    const error = new Error("ECONNRESET");
    transport.destroy(error);
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false, error });
    expect(connection.eventNames()).not.toContain("error");
  });

  it("an error of a transport that does not destroy itself ends the connection", async () => {
    // A Duplex with autoDestroy off only reports its error, and nothing came after that.
    const transport = new TestTransport({ autoDestroy: false });
    const { connection } = open(role, { transport });
    const error = new Error("broken");
    transport.emit("error", error);
    expect(await connection.closed).toEqual({ code: 1006, reason: "", wasClean: false, error });
  });
});
