// What the page makes of the feed: frames, messages, states and counts, from the bytes of real connections.
import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import { encodeClosePayload, encodeFrame, Opcode } from "@ws/frame";
import { describe, expect, it } from "vitest";
import type { ConnectionFacts, Direction } from "../../src/shared/inspector.ts";
import { FeedFlag } from "../../src/shared/inspector-feed.ts";
import { FrameCutter } from "../../src/shared/inspector-wire.ts";
import { CaptureLog } from "../../src/web/inspector/model/capture-log.ts";
import { FilteredFrames, EVERYTHING, summary } from "../../src/web/inspector/model/frame-filter.ts";
import { bracketRows } from "../../src/web/inspector/model/message-brackets.ts";
import { MessageInflater } from "../../src/web/inspector/model/message-inflater.ts";

const NOTHING = { openedAt: 1000, isFromStart: true, isRedacted: false, path: "/ws", protocol: "" };
const facts = (change: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  ...NOTHING,
  extensions: "",
  handshake: {
    request: { method: "GET", target: "/ws", httpVersion: "1.1", fields: [] },
    response: { status: 101, fields: [] },
  },
  ...change,
});

/** A log with one connection, told of bytes as the server would. */
class Told {
  readonly log: CaptureLog;
  readonly #cutters = { received: new FrameCutter(), sent: new FrameCutter() };
  #time = 2000;

  constructor(change?: Partial<ConnectionFacts>, limits?: ConstructorParameters<typeof CaptureLog>[0]) {
    this.log = new CaptureLog(limits);
    const hello = { scope: "own", maxFramesPerSecond: 1000, maxFrameBytes: 65_536 } as const;
    this.log.add({ kind: "hello", connection: 0, time: 0, body: hello });
    this.log.add({ kind: "opened", connection: 1, time: 1000, body: facts(change) });
  }

  bytes(direction: Direction, chunk: Uint8Array, flags = 0): this {
    this.#cutters[direction].push(chunk, ({ head, payload }) => {
      const bytes = Buffer.concat([head ?? Buffer.alloc(0), payload]);
      this.log.add({
        ...{ kind: "bytes", connection: 1, time: this.#time++, bytes: new Uint8Array(bytes) },
        flags:
          flags | (direction === "sent" ? FeedFlag.sent : 0) | (head === undefined ? 0 : FeedFlag.frameStart),
      });
    });
    return this;
  }

  /** A frame of the client. */
  from(opcode: number, payload: string | Uint8Array, first?: number): this {
    const frame = encodeFrame("client", opcode, payload);
    if (first !== undefined) frame[0] = first;
    return this.bytes("received", frame);
  }

  leftOut(direction: Direction): this {
    const body = { direction, frames: 1, bytes: 9 };
    this.log.add({ kind: "leftOut", connection: 1, time: this.#time++, body });
    return this;
  }

  texts(): (string | undefined)[] {
    return [...this.log.messages.values()].map(({ data }) => data && Buffer.from(data).toString());
  }
}

describe("capture › frames", () => {
  const stream = Buffer.concat([
    encodeFrame("client", Opcode.text, "one"),
    encodeFrame("client", Opcode.ping, "p"),
    encodeFrame("client", Opcode.binary, new Uint8Array(70_000).fill(9)),
    encodeFrame("client", Opcode.close, encodeClosePayload(1001, "bye")),
  ]);

  it.each([1, 3, 1000, stream.length])("are the same from chunks of %d bytes", (chunkBytes) => {
    const told = new Told();
    for (let at = 0; at < stream.length; at += chunkBytes) {
      told.bytes("received", stream.subarray(at, at + chunkBytes));
    }
    const [text, ping, binary, close] = told.log.frames;
    expect(told.log.frames).toHaveLength(4);
    expect(text).toMatchObject({
      number: 1,
      opcode: 1,
      fin: true,
      isMasked: true,
      lengthBits: 7,
      payloadLength: 3,
    });
    expect(Buffer.from(text!.payload).toString()).toBe("one");
    expect(text!.maskKey).toBe(stream.readUInt32BE(2));
    expect(ping).toMatchObject({ opcode: 9, message: 0 });
    expect(binary).toMatchObject({ lengthBits: 64, payloadLength: 70_000, isCut: false });
    expect(binary!.payload.every((octet) => octet === 9)).toBe(true);
    expect(binary!.header).toEqual(new Uint8Array(stream.subarray(16, 30)));
    expect(summary(told.log, close!).text).toBe("1001 “bye”");
    expect(told.log.connections.get(1)!.states.map(({ state }) => state)).toEqual([
      "connecting",
      "open",
      "closing",
    ]);
  });

  it("of a server are not masked", () => {
    const told = new Told().bytes("sent", encodeFrame("server", Opcode.text, "hello"));
    expect(told.log.frames[0]).toMatchObject({ direction: "sent", isMasked: false, maskKey: 0 });
  });

  it.each([
    ["RESERVED_OPCODE", Buffer.of(0x83, 0x80, 1, 2, 3, 4)],
    ["RESERVED_BITS", Buffer.of(0xa1, 0x80, 1, 2, 3, 4)],
    ["MASK_MISSING", Buffer.of(0x81, 0x01, 65)],
    ["CONTROL_TOO_LONG", Buffer.of(0x89, 0xfe, 0, 200, 1, 2, 3, 4)],
    ["FRAGMENTED_CONTROL", Buffer.of(0x09, 0x80, 1, 2, 3, 4)],
    ["LENGTH_NOT_MINIMAL", Buffer.of(0x81, 0xfe, 0, 5, 1, 2, 3, 4)],
  ])("that break a rule say which: %s", (code, bytes) => {
    const told = new Told().from(Opcode.text, "before").bytes("received", bytes);
    expect(told.log.frames.map(({ error }) => error?.code)).toEqual([undefined, code]);
    expect(told.log.frames[1]!.header).toEqual(
      new Uint8Array(bytes.subarray(0, told.log.frames[1]!.header.length)),
    );
  });

  it("that broke no header but a rule are known from how the server ended", () => {
    const told = new Told().from(Opcode.text, Uint8Array.of(0xff));
    const error = { code: "INVALID_UTF8", message: "Cannot accept text", closeCode: 1007 };
    told.log.add({
      ...{ kind: "closed", connection: 1, time: 3000 },
      body: { code: 1006, reason: "", wasClean: false, error },
    });
    expect(told.log.frames[0]!.error).toEqual(error);
    expect(told.log.connections.get(1)!.states.at(-1)).toMatchObject({ state: "closed", time: 3000 });
  });

  it("that were cut are shown as far as they came, and the next is whole again", () => {
    const told = new Told();
    const frame = encodeFrame("client", Opcode.binary, new Uint8Array(1000).fill(5));
    const head = new Uint8Array(frame.subarray(0, 108));
    told.log.add({
      kind: "bytes",
      connection: 1,
      time: 1,
      flags: FeedFlag.frameStart | FeedFlag.cut,
      bytes: head,
    });
    told.from(Opcode.text, "whole");
    const [cut, whole] = told.log.frames;
    expect(cut).toMatchObject({ isCut: true, payloadLength: 1000 });
    expect(cut!.payload).toEqual(new Uint8Array(100).fill(5));
    expect(Buffer.from(whole!.payload).toString()).toBe("whole");
    expect([...told.log.messages.values()][0]).toMatchObject({ gap: "cut", data: undefined });
  });
});

describe("capture › messages", () => {
  it("are put together from fragments, with control frames between (RFC 6455 §5.4)", () => {
    const told = new Told()
      .from(Opcode.text, "a", 0x01)
      .from(Opcode.ping, "?")
      .from(Opcode.continuation, "b", 0x00)
      .bytes("sent", encodeFrame("server", Opcode.pong, "?"))
      .from(Opcode.continuation, "c", 0x80);
    expect(told.texts()).toEqual(["abc"]);
    const [message] = told.log.messages.values();
    expect(message).toMatchObject({ frames: [1, 3, 5], isComplete: true, opcode: 1, wireBytes: 3 });
    const rows = bracketRows(told.log.frames, told.log.messages);
    expect(rows.map(({ brackets }) => brackets.received)).toEqual([
      "first",
      "passing",
      "inside",
      "passing",
      "last",
    ]);
    expect(rows.every(({ brackets }) => brackets.sent === "none")).toBe(true);
    expect(rows[2]!.position).toEqual({ index: 2, count: 3 });
  });

  it("whose beginning was not seen say so", () => {
    const told = new Told({ isFromStart: false })
      .from(Opcode.continuation, "end", 0x80)
      .from(Opcode.text, "next");
    expect(told.texts()).toEqual([undefined, "next"]);
    expect([...told.log.messages.values()][0]).toMatchObject({ gap: "not-from-start", opcode: 0 });
  });

  it("with a hole in them are given up, and the next is whole", () => {
    const told = new Told().from(Opcode.text, "a", 0x01).leftOut("received").from(Opcode.text, "next");
    expect(told.texts()).toEqual([undefined, "next"]);
  });

  it("that are redacted are zeros, and say so", () => {
    const told = new Told({ isRedacted: true });
    told.bytes("received", Uint8Array.of(0x81, 0x83, 1, 2, 3, 4, 1, 2, 3), FeedFlag.redacted);
    expect(told.log.frames[0]).toMatchObject({ isRedacted: true, payload: new Uint8Array(3) });
    expect([...told.log.messages.values()][0]).toMatchObject({ gap: "redacted", data: undefined });
  });
});

/** Compresses messages with one context, as a peer does that keeps it. */
async function compressed(...messages: string[]): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const payloads: Buffer[] = [];
  for (const message of messages) {
    deflate.write(message);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    payloads.push((deflate.read() as Buffer).subarray(0, -4));
  }
  return payloads;
}

describe("capture › compressed messages (RFC 7692)", () => {
  const LONG = "the same words again and again, ".repeat(20);

  it("are inflated, with what came before as context", async () => {
    const payloads = await compressed(LONG, LONG, `${LONG}!`);
    const told = new Told({ extensions: "permessage-deflate" });
    for (const payload of payloads) told.from(Opcode.text, payload, 0xc1);
    expect(told.texts()).toEqual([LONG, LONG, `${LONG}!`]);
    expect(payloads[1]!.length).toBeLessThan(20);
    const { compressedBytes, inflatedBytes } = told.log.traffic.totals.received;
    expect([compressedBytes, inflatedBytes]).toEqual([
      payloads.reduce((sum, { length }) => sum + length, 0),
      LONG.length * 3 + 1,
    ]);
  });

  it("cannot be inflated where they refer to what was not seen, and are never guessed", async () => {
    const [first, second, third] = await compressed(LONG, LONG, "words apart");
    const late = new Told({ extensions: "permessage-deflate", isFromStart: false }).from(
      Opcode.text,
      second!,
      0xc1,
    );
    expect([...late.log.messages.values()][0]).toMatchObject({ gap: "not-inflatable", data: undefined });
    // A message in between that was left out is a hole: what refers across it is not known either.
    const holed = new Told({ extensions: "permessage-deflate" })
      .from(Opcode.text, first!, 0xc1)
      .leftOut("received")
      .from(Opcode.text, third!, 0xc1);
    expect(holed.texts()[0]).toBe(LONG);
    expect([undefined, "words apart"]).toContain(holed.texts()[1]);
  });

  it("are each inflated alone where no context is kept", async () => {
    const [alone] = await compressed(LONG);
    const told = new Told({
      extensions: "permessage-deflate; client_no_context_takeover",
      isFromStart: false,
    });
    told.from(Opcode.text, alone!, 0xc1).from(Opcode.text, alone!, 0xc1);
    expect(told.texts()).toEqual([LONG, LONG]);
  });

  it("that grow too large are given up while they inflate (security: bounded)", () => {
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), options).subarray(0, -4);
    const before = performance.now();
    expect(new MessageInflater(100_000, true).inflate(bomb)).toEqual({ gap: "too-large" });
    expect(performance.now() - before).toBeLessThan(1000);
    expect(new MessageInflater(100_000, true).inflate(Uint8Array.of(0xff, 1, 2))).toEqual({
      gap: "not-inflatable",
    });
  });
});

describe("capture › bounds", () => {
  it("forgets the oldest frames beyond a count and says how many", () => {
    const limits = { maxFrames: 100, maxBytes: 1e9, maxMessageBytes: 1000, maxConnections: 2 };
    const told = new Told({}, limits);
    for (let i = 0; i < 1000; i++) told.from(Opcode.text, `message ${i}`);
    const { log } = told;
    expect(log.frames.length).toBeLessThanOrEqual(100);
    expect(log.frames.at(-1)!.number).toBe(1000);
    expect(log.forgotten.frames + log.frames.length).toBe(1000);
    expect(log.messages.size).toBe(log.frames.length);
    expect(log.frame(1000)).toBe(log.frames.at(-1));
    expect(log.frame(1)).toBeUndefined();
    expect(log.traffic.totals.received.frames).toBe(1000);
  });

  it("and beyond so many bytes, inflated ones too", () => {
    const told = new Told({}, { maxFrames: 1e6, maxBytes: 100_000, maxMessageBytes: 1e6, maxConnections: 2 });
    for (let i = 0; i < 100; i++)
      told.from(Opcode.binary, new Uint8Array(5000), 0x02).from(Opcode.continuation, "", 0x80);
    expect(told.log.bytes).toBeLessThanOrEqual(100_000);
    const held = told.log.frames.reduce(
      (sum, { header, payload }) => sum + header.length + payload.length,
      0,
    );
    const assembled = [...told.log.messages.values()].reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    expect(held + assembled).toBe(told.log.bytes);
  });

  it("forgets connections that have ended, and keeps those of an earlier feed apart", () => {
    const told = new Told({}, { maxFrames: 10, maxBytes: 1e6, maxMessageBytes: 1e6, maxConnections: 2 });
    const { log } = told;
    const hello = { scope: "own", maxFramesPerSecond: 1, maxFrameBytes: 1 } as const;
    log.add({ kind: "closed", connection: 1, time: 1, body: { code: 1000, reason: "", wasClean: true } });
    log.add({ kind: "hello", connection: 0, time: 0, body: hello });
    log.add({ kind: "opened", connection: 1, time: 1, body: facts() });
    expect([...log.connections.keys()]).toEqual([1, 2]);
    log.add({ kind: "opened", connection: 2, time: 1, body: facts() });
    expect([...log.connections.keys()]).toEqual([2, 3]);
  });
});

describe("capture › filter", () => {
  it("lists by direction, kind and text, as frames come and go", () => {
    const told = new Told({}, { maxFrames: 100, maxBytes: 1e9, maxMessageBytes: 1000, maxConnections: 2 });
    told
      .from(Opcode.text, "Ada")
      .from(Opcode.ping, "x")
      .bytes("sent", encodeFrame("server", Opcode.text, "ada too"));
    const filtered = new FilteredFrames(told.log);
    const numbers = (): number[] => filtered.update().map(({ number }) => number);
    expect(numbers()).toEqual([1, 2, 3]);
    filtered.setFilter({ ...EVERYTHING, text: "ADA" });
    expect(numbers()).toEqual([1, 3]);
    told.from(Opcode.text, "adamant").from(Opcode.text, "eve");
    expect(numbers()).toEqual([1, 3, 4]);
    filtered.setFilter({ ...EVERYTHING, text: "ada", direction: "sent" });
    expect(numbers()).toEqual([3]);
    filtered.setFilter({ ...EVERYTHING, kinds: new Set(["ping"] as const) });
    expect(numbers()).toEqual([2]);
    for (let i = 0; i < 200; i++) told.from(Opcode.ping, "");
    expect(numbers()).toEqual(told.log.frames.map(({ number }) => number));
    told.log.clear();
    expect(numbers()).toEqual([]);
    told.from(Opcode.ping, "");
    expect(numbers()).toHaveLength(1);
  });
});

describe("capture › traffic", () => {
  it("counts round trips from a ping to the pong with its payload, and seconds", () => {
    const told = new Told()
      .bytes("sent", encodeFrame("server", Opcode.ping, "1"))
      .bytes("received", encodeFrame("client", Opcode.pong, "other"))
      .bytes("received", encodeFrame("client", Opcode.pong, "1"));
    const seconds = told.log.traffic.seconds(2500);
    expect(seconds).toHaveLength(120);
    expect(seconds.at(-1)).toMatchObject({ at: 2, frames: { received: 2, sent: 1 }, roundTripMs: 2 });
  });

  it("shows what waits until it has left", () => {
    const { log } = new Told();
    log.add({ kind: "queue", connection: 1, time: 2000, body: { event: "backed-up", bufferedBytes: 500 } });
    expect(log.traffic.seconds(3000).at(-1)!.buffered).toBe(500);
    log.add({ kind: "queue", connection: 1, time: 4000, body: { event: "drained", bufferedBytes: 0 } });
    expect(log.traffic.seconds(5000).at(-1)!.buffered).toBe(0);
    expect(log.notes.map(({ text }) => text)).toEqual([
      "The client does not keep up: what is sent waits",
      "What waited has left",
    ]);
  });
});
