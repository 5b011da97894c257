// What becomes of the chunks that brought a large message, on a socket whose chunks the test cuts itself.
import { Connection, type Message, readBuffer } from "@ws/connection";
import { settle, TestTransport } from "@ws/testing";
import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { tcpPair } from "./tcp.ts";
import { BINARY, concat, frame, PING, ROLES, TEXT } from "./wire.ts";

/** Node 20 cannot give memory back before it is collected. */
const canFree = "transfer" in ArrayBuffer.prototype;

const sockets: Socket[] = [];
afterEach(() => {
  for (const opened of sockets.splice(0)) opened.destroy();
});

async function socket(): Promise<Socket> {
  const { ours, theirs } = await tcpPair();
  sockets.push(ours, theirs);
  return ours;
}

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 7) % 251);
}

/** Cuts bytes before the positions given; each piece has memory of its own, as what Node reads. */
function cut(bytes: Uint8Array, ...positions: number[]): Uint8Array[] {
  return [0, ...positions].map((from, i) => bytes.slice(from, positions[i]));
}

/** To compare large messages byte by byte takes a test its time. */
function digest(message: Message): string {
  return createHash("sha1").update(message).digest("hex");
}

/** The digests of what arrives. */
function messagesOf(connection: Connection): string[] {
  const messages: string[] = [];
  connection.on("message", (message) => messages.push(digest(message)));
  return messages;
}

function arrive(transport: Duplex, chunks: readonly Uint8Array[]): void {
  for (const chunk of chunks) transport.emit("data", chunk);
}

/** For each chunk whether its memory has been given back. */
function areFreed(chunks: readonly Uint8Array[]): boolean[] {
  return chunks.map(({ length }) => length === 0);
}

describe.each(ROLES)("%s › the chunks of a large message", (role) => {
  it.each([
    ["binary", BINARY, pattern(100_000)],
    ["text", TEXT, "añ€𝄞".repeat(10_000)],
  ] as const)("are given back once they are copied, of %s", async (_, opcode, payload) => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const chunks = cut(frame(role, opcode, payload), 40_000, 80_000);
    arrive(transport, chunks);
    expect(messages).toEqual([digest(payload)]);
    expect(areFreed(chunks)).toEqual([canFree, canFree, canFree]);
  });

  it("are not given back while somebody watches the frames, and may keep what is shown", async () => {
    const shown: Uint8Array[] = [];
    const watch = (message: unknown): void => {
      shown.push((message as { readonly frame: { readonly payload: Uint8Array } }).frame.payload);
    };
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const chunks = cut(frame(role, BINARY, pattern(100_000)), 40_000, 80_000);
    subscribe("ws:frame:received", watch);
    arrive(transport, chunks);
    unsubscribe("ws:frame:received", watch);
    expect(messages).toEqual([digest(pattern(100_000))]);
    expect(areFreed(chunks)).toEqual([false, false, false]);
    expect(shown.map(({ length }) => length > 0)).toEqual([true]);
  });

  it("are given back where the header came before them, whole or in part", async () => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const wire = frame(role, BINARY, pattern(100_000));
    const headerBytes = wire.length - 100_000;
    for (const position of [1, headerBytes - 1, headerBytes]) {
      const chunks = cut(wire, position, 60_000);
      arrive(transport, chunks);
      expect(areFreed(chunks)).toEqual([false, canFree, canFree]);
    }
    expect(messages).toEqual([digest(pattern(100_000)), digest(pattern(100_000)), digest(pattern(100_000))]);
  });

  it("are kept where another message lies in them, which is a view", async () => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const small = frame(role, BINARY, pattern(1));
    const chunks = cut(concat(small, frame(role, BINARY, pattern(100_000)), small), 50_000);
    arrive(transport, chunks);
    expect(areFreed(chunks)).toEqual([false, false]);
    expect(messages).toEqual([digest(pattern(1)), digest(pattern(100_000)), digest(pattern(1))]);
  });

  it("are kept where a ping lies in them", async () => {
    const transport = await socket();
    const connection = new Connection(transport, { role });
    const pings: Uint8Array[] = [];
    connection.on("ping", (data) => pings.push(data));
    const messages = messagesOf(connection);
    const chunks = cut(concat(frame(role, PING, "p"), frame(role, BINARY, pattern(100_000))), 50_000);
    arrive(transport, chunks);
    expect(areFreed(chunks)).toEqual([false, canFree]);
    expect(pings).toEqual([Uint8Array.of(112)]);
    expect(messages).toEqual([digest(pattern(100_000))]);
  });

  it("are kept where somebody else listens to the socket too", async () => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const seen: Uint8Array[] = [];
    transport.on("data", (chunk: Uint8Array) => seen.push(chunk));
    const chunks = cut(frame(role, BINARY, pattern(100_000)), 50_000);
    arrive(transport, chunks);
    expect(areFreed(seen)).toEqual([false, false]);
    expect(messages).toEqual([digest(pattern(100_000))]);
  });

  it("are kept where they are parts of memory that holds more", async () => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const wire = frame(role, BINARY, pattern(100_000));
    arrive(transport, [wire.subarray(0, 50_000), wire.subarray(50_000)]);
    expect(wire.length).toBeGreaterThan(100_000);
    expect(messages).toEqual([digest(pattern(100_000))]);
  });

  it("are kept by a stream that is no socket of Node's: whoever writes to it may have them", async () => {
    const transport = new TestTransport();
    const messages = messagesOf(new Connection(transport, { role }));
    await settle();
    const chunks = cut(frame(role, BINARY, pattern(100_000)), 50_000);
    arrive(transport, chunks);
    expect(areFreed(chunks)).toEqual([false, false]);
    expect(messages).toEqual([digest(pattern(100_000))]);
  });

  it("are kept where they were read before the connection began", async () => {
    const transport = await socket();
    const [head, rest] = cut(frame(role, BINARY, pattern(100_000)), 50_000);
    const messages = messagesOf(new Connection(transport, { role, head: head! }));
    await settle();
    arrive(transport, [rest!]);
    expect(areFreed([head!, rest!])).toEqual([false, canFree]);
    expect(messages).toEqual([digest(pattern(100_000))]);
  });

  it("are not given back where they lie in the buffer that all sockets are read into", async () => {
    const transport = await socket();
    const messages = messagesOf(new Connection(transport, { role }));
    const memory = new Uint8Array(readBuffer().buffer);
    const whole = frame(role, BINARY, pattern(memory.length + 50_000));
    memory.set(whole.subarray(0, memory.length));
    const rest = whole.slice(memory.length);
    arrive(transport, [memory, rest]);
    expect(areFreed([memory, rest])).toEqual([false, canFree]);
    expect(messages).toEqual([digest(pattern(memory.length + 50_000))]);
  });

  it("are handed out where the message is a stream", async () => {
    const transport = await socket();
    const streams = new Connection(transport, { role }).messageStreams();
    const chunks = cut(frame(role, BINARY, pattern(100_000)), 50_000);
    arrive(transport, chunks);
    const { value: stream } = await streams.next();
    const parts: Uint8Array[] = [];
    for await (const part of stream!) parts.push(part as Uint8Array);
    expect(digest(concat(...parts))).toBe(digest(pattern(100_000)));
  });

  it("are given back while nobody takes the messages, and reading goes on", async () => {
    const transport = await socket();
    const connection = new Connection(transport, { role });
    const chunks = Array.from({ length: 20 }, () => cut(frame(role, BINARY, pattern(70_000)), 50_000)).flat();
    arrive(transport, chunks);
    const messages = messagesOf(connection);
    await settle();
    expect(areFreed(chunks.slice(0, 30))).toEqual(Array.from({ length: 30 }, () => canFree));
    expect(messages).toEqual(Array.from({ length: 20 }, () => digest(pattern(70_000))));
  });
});
