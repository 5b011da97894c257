// The half of the interface that is the browser's, and the constants.
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { MessageEvent, WebSocket } from "ws";
import { closed, connect, dial, listen } from "./endpoints.ts";
import { implementations } from "./implementations.ts";
import { frame, handshake, rawClient } from "./raw-peer.ts";

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;
const NAMES = ["open", "message", "error", "close"] as const;

describe.each(implementations)("$name › interface", (implementation) => {
  const { WebSocket } = implementation;
  const pair = () => connect({ server: implementation, client: implementation });

  it.each(STATES)("%s is a constant of the class and of each of its objects", (name) => {
    const expected = { configurable: false, enumerable: true, writable: false, value: STATES.indexOf(name) };
    expect(Object.getOwnPropertyDescriptor(WebSocket, name)).toEqual(expected);
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toEqual(expected);
  });

  it.each([
    "binaryType",
    "bufferedAmount",
    "extensions",
    "isPaused",
    "protocol",
    "readyState",
    "url",
    "onopen",
    "onmessage",
    "onerror",
    "onclose",
  ])("%s shows when properties are listed, and cannot be taken for a field", async (name) => {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name)!;
    const { enumerable, configurable } = descriptor;
    expect([typeof descriptor.get, enumerable, configurable]).toEqual(["function", true, true]);
    expect(descriptor.set === undefined).toBe(!name.startsWith("on") && name !== "binaryType");
  });

  it.each(NAMES)("on%s is null, or the function that was set last", async (name) => {
    const { client } = await pair();
    const attribute = `on${name}` as "onopen";
    const first = (): void => {};
    const second = (): void => {};
    expect(client[attribute]).toBeNull();
    client.addEventListener(name as "open", first);
    expect(client[attribute]).toBeNull();
    client[attribute] = first;
    expect(client[attribute]).toBe(first);
    client[attribute] = second;
    expect([client[attribute], client.listenerCount(name)]).toEqual([second, 2]);
    client[attribute] = "none" as never;
    expect([client[attribute], client.listenerCount(name)]).toEqual([null, 1]);
  });

  it("events are objects, to functions and to objects alike", async () => {
    const { url } = await listen(implementation);
    const ws = dial(implementation, url);
    const seen: unknown[] = [];
    const note = {
      handleEvent(this: unknown, event: { type: string; target: unknown }) {
        seen.push([event.type, event.target === ws, this === note]);
      },
    };
    for (const name of NAMES) ws.addEventListener(name as "open", note);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is what is tested
    ws.onopen = function onopen(this: unknown, event: { target: unknown }) {
      seen.push(["onopen", event.target === ws, this === ws]);
    } as never;
    await once(ws, "open");
    ws.emit("error", new Error("said so"));
    ws.close();
    await closed(ws);
    expect(seen).toEqual([
      ["open", true, true],
      ["onopen", true, true],
      ["error", true, true],
      ["close", true, true],
    ]);
  });

  it("message: text is a string, binary is as binaryType says", async () => {
    const { client, server } = await pair();
    const data: unknown[] = [];
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is what is tested
    client.onmessage = (event: MessageEvent) => void data.push(event.data);
    server.send("text");
    server.send(Buffer.from("bytes"));
    server.close();
    await closed(client, server);
    expect(data).toEqual(["text", Buffer.from("bytes")]);
  });

  it.each([
    ["nodebuffer", (data: unknown) => Buffer.isBuffer(data) && data.toString()],
    ["arraybuffer", (data: unknown) => data instanceof ArrayBuffer && Buffer.from(data).toString()],
    ["fragments", (data: unknown) => Array.isArray(data) && Buffer.concat(data as Buffer[]).toString()],
    ["blob", (data: unknown) => data instanceof Blob && data.size === 5 && "bytes"],
    ["other", (data: unknown) => Buffer.isBuffer(data) && data.toString()],
  ])("binaryType %s", async (type, read) => {
    const { client, server } = await pair();
    client.binaryType = type as never;
    expect(client.binaryType).toBe(type === "other" ? "nodebuffer" : type);
    server.send(Buffer.from("bytes"));
    const [data, isBinary] = (await once(client, "message")) as [unknown, boolean];
    expect([read(data), isBinary]).toEqual(["bytes", true]);
    server.send("text");
    expect(await once(client, "message")).toEqual([Buffer.from("text"), false]);
  });

  it("close: code, reason, and whether it was clean", async () => {
    for (const end of ["close", "terminate"] as const) {
      const { client, server } = await pair();
      const events = [client, server].map(
        (ws) =>
          new Promise((resolve) =>
            ws.addEventListener("close", ({ code, reason, wasClean }) => resolve([code, reason, wasClean])),
          ),
      );
      client[end](...((end === "close" ? [4000, "bye"] : []) as []));
      const expected = end === "close" ? [4000, "bye", true] : [1006, "", false];
      expect(await Promise.all(events)).toEqual([expected, expected]);
    }
  });

  it("error: the error, and its message", async () => {
    const { wss, port } = await listen(implementation);
    const peer = await rawClient(port, handshake());
    const [ws] = (await once(wss, "connection")) as [WebSocket];
    const event = new Promise((resolve) =>
      ws.addEventListener("error", ({ error, message, type }) =>
        resolve([(error as Error).message === message, message, type]),
      ),
    );
    await peer.head();
    peer.write(frame(0x83));
    expect(await event).toEqual([true, "Invalid WebSocket frame: invalid opcode 3", "error"]);
  });

  it("adds a listener once, removes it, hears some once, and knows four names", async () => {
    const { client } = await pair();
    const listener = (): void => {};
    client.addEventListener("message", listener);
    client.addEventListener("message", listener);
    client.addEventListener("close", listener, { once: true });
    client.addEventListener("close", listener, { once: true });
    client.addEventListener("ping" as "open", listener);
    expect(["message", "close", "ping"].map((name) => client.listenerCount(name))).toEqual([1, 1, 0]);
    const stranger = (): void => {};
    client.removeEventListener("message", stranger);
    expect(client.listenerCount("message")).toBe(1);
    client.removeEventListener("message", listener);
    client.removeEventListener("close", listener);
    expect(["message", "close"].map((name) => client.listenerCount(name))).toEqual([0, 0]);
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it is what is tested
    client.onclose = listener;
    client.removeEventListener("close", listener);
    expect(client.onclose).toBe(listener);
  });

  it("hears an event once that it was asked to hear once", async () => {
    const { client, server } = await pair();
    const heard: unknown[] = [];
    client.addEventListener("message", ({ data }) => heard.push(data), { once: true });
    server.send("one");
    server.send("two");
    server.close();
    await closed(client, server);
    expect(heard).toEqual(["one"]);
  });
});
