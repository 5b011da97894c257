// What is exported of a capture is read by others: tshark reads the pcapng, a strict schema the HAR, and we the JSON Lines.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { handshakeBytes, readJsonLines, toHar, toJsonLines, toPcapng } from "@ws/capture";
import { acceptKey } from "@ws/handshake";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Capture, CapturedFrame } from "../src/shared/inspector.ts";
import { checkHar } from "./support/har-schema.ts";
import { record } from "./support/recorded.ts";
import { hasTshark, readPackets } from "./support/tshark.ts";

const text = "Wireshark reads this, € and 🏓 too. ";
let capture: Capture;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "capture-"));
  capture = await record(async ([plain, compressed], [server]) => {
    const echoes = [plain, compressed].map((client) => client[Symbol.asyncIterator]());
    const both = async (data: string | Uint8Array): Promise<void> => {
      plain.send(data);
      compressed.send(data);
      for (const echo of echoes) await echo.next();
    };
    // Lengths of 7, 16 and 64 bits, at their edges, and more than TCP takes in one segment.
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 200_000, 1_000_000]) {
      await both(text.repeat(Math.ceil(length / text.length)).slice(0, length));
      await both(new Uint8Array(length).fill(length));
    }
    plain.ping("are you there?");
    server.ping();
    server.pong("unasked");
    await plain.sendStream(["in ", "three ", "fragments"]);
    await compressed.sendStream(["in fragments ", "and compressed ", text.repeat(100)]);
    for (const echo of echoes) await echo.next();
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: Capture): string {
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat([...toPcapng(content)]));
  return file;
}

function change(frame: CapturedFrame | undefined, changes: Partial<CapturedFrame>): Capture {
  const frames = capture.frames.map((other) => (other === frame ? { ...other, ...changes } : other));
  return { ...capture, frames };
}

describe.skipIf(!hasTshark())("pcapng, as tshark reads it", { timeout: 60_000 }, () => {
  it("has the same frames, and none malformed", async () => {
    const file = write("whole.pcapng", capture);
    const packets = await readPackets(file, "websocket", [
      "tcp.stream",
      "tcp.srcport",
      "websocket.opcode",
      "websocket.fin",
      "websocket.mask",
      "websocket.pmc",
    ]);
    const seen = packets.flatMap(([stream, port, opcodes, fins, masks, pmcs]) =>
      opcodes!.map((opcode, i) => ({
        connection: Number(stream![0]) + 1,
        direction: port![0] === "80" ? "sent" : "received",
        opcode: Number(opcode),
        fin: isSet(fins![i]),
        isMasked: isSet(masks![i]),
        isCompressed: isSet(pmcs![i]),
      })),
    );
    const expected = capture.frames.map(({ connection, direction, opcode, fin, isMasked, rsv }) => ({
      connection,
      direction,
      opcode,
      fin,
      isMasked,
      isCompressed: rsv === 4,
    }));
    expect(expected.length).toBeGreaterThan(75);
    expect(new Set(expected.map(({ opcode }) => opcode))).toEqual(new Set([0, 1, 2, 8, 9, 10]));
    expect(expected.some(({ isCompressed }) => isCompressed)).toBe(true);
    for (const connection of [1, 2]) {
      const of = ({ connection: id }: { readonly connection: number }): boolean => id === connection;
      expect(seen.filter(of)).toEqual(expected.filter(of));
    }
    const faults = "_ws.malformed or tcp.analysis.flags or websocket.decompression.failed.expert";
    expect(await readPackets(file, faults, ["frame.number", "_ws.expert.message"])).toEqual([]);
    expect(
      await readPackets(file, "ip.checksum.status != 1 or tcp.checksum.status != 1", ["frame.number"]),
    ).toEqual([]);
  });

  it("shows the handshake, the text, and how it ended", async () => {
    const file = write("parts.pcapng", capture);
    expect(await readPackets(file, "http.request", ["http.request.uri", "http.upgrade"])).toEqual([
      [["/echo?room=1"], ["websocket"]],
      [["/echo?room=1"], ["websocket"]],
    ]);
    const texts = await readPackets(file, 'websocket.payload.text contains "are you"', ["frame.number"]);
    expect(texts).toEqual([]);
    expect(
      await readPackets(file, 'websocket.payload.text contains "Wireshark reads this"', ["tcp.stream"]),
    ).not.toEqual([]);
    const codes = await readPackets(file, "websocket.payload.close.status_code", [
      "tcp.stream",
      "websocket.payload.close.status_code",
    ]);
    expect(codes.filter(([stream]) => stream![0] === "0").map(([, code]) => code![0])).toEqual([
      "1000",
      "1000",
    ]);
    expect(codes.filter(([stream]) => stream![0] === "1").map(([, code]) => code![0])).toEqual([
      "1001",
      "1001",
    ]);
    expect(await readPackets(file, "tcp.flags.fin == 1", ["tcp.stream"])).toHaveLength(4);
    expect(
      await readPackets(file, 'frame.comment contains "Connection 2; from 127.0.0.1"', ["tcp.stream"]),
    ).toEqual([[["1"]]]);
  });

  it("goes on behind a frame of which only a part is there", async () => {
    const cut = capture.frames.find(
      ({ payloadLength, direction }) => payloadLength === 200_000 && direction === "sent",
    );
    const file = write("cut.pcapng", change(cut, { payload: cut!.payload.slice(0, 1000), isCut: true }));
    expect(await readPackets(file, "_ws.malformed or tcp.analysis.flags", ["frame.number"])).toEqual([]);
    const opcodes = await readPackets(file, "websocket and tcp.stream == 0", ["websocket.opcode"]);
    const plain = capture.frames.filter(({ connection }) => connection === 1);
    expect(opcodes.flat(2)).toHaveLength(plain.length);
    expect(
      await readPackets(file, 'frame.comment contains "199000 bytes of its payload"', ["frame.number"]),
    ).toHaveLength(1);
  });

  it("says what a connection that was opened over HTTP/2, or broken off, is", async () => {
    const [first] = capture.connections;
    const { states, ...facts } = first!;
    const connection = {
      ...facts,
      id: 7,
      remoteAddress: "2001:db8::1",
      states,
      end: { code: 1006, reason: "", wasClean: false },
      isFromStart: false,
      isRedacted: true,
      handshake: {
        request: {
          method: "CONNECT",
          target: "/chat",
          httpVersion: "2.0",
          fields: [
            { name: ":authority", value: "example.org" },
            { name: "cookie", value: "•••", isMasked: true },
          ],
        },
        response: { status: 200, fields: [] },
      },
    };
    const frames = capture.frames
      .filter((frame) => frame.connection === 1)
      .map((frame) => ({ ...frame, connection: 7 }));
    const file = write("http2.pcapng", { ...capture, connections: [connection], frames });
    expect(await readPackets(file, "http.request", ["http.host", "ip.src"])).toEqual([
      [["example.org"], ["198.51.100.8"]],
    ]);
    expect((await readPackets(file, "websocket", ["websocket.opcode"])).flat(2)).toHaveLength(frames.length);
    expect(await readPackets(file, "tcp.flags.reset == 1", ["frame.number"])).toHaveLength(1);
    expect(
      await readPackets(file, 'frame.comment contains "HTTP/2" and frame.comment contains "zeros"', [
        "ip.src",
      ]),
    ).toHaveLength(1);
    expect(await readPackets(file, "_ws.malformed", ["frame.number"])).toEqual([]);
  });
});

describe("JSON Lines", () => {
  it("read back to the same records", () => {
    const lines = [...toJsonLines(capture)];
    expect(lines).toHaveLength(
      1 + capture.connections.length + capture.frames.length + capture.messages.length,
    );
    for (const line of lines) expect(line.indexOf("\n")).toBe(line.length - 1);
    const { frames, messages, connections, leftOut } = readJsonLines(lines.join(""));
    expect({ connections, leftOut }).toEqual({ connections: capture.connections, leftOut: capture.leftOut });
    expect(frames.map(withDigests)).toEqual(capture.frames.map(withDigests));
    expect(messages.map(withDigests)).toEqual(capture.messages.map(withDigests));
  });

  it("refuse what is something else", () => {
    expect(() => readJsonLines("")).toThrow("Cannot read the capture: it is empty");
    for (const other of ["{}\n", '{"type":"capture","format":"har","version":1}\n']) {
      expect(() => readJsonLines(other)).toThrow("its first line is not of websocket-capture, version 1");
    }
    expect(() => readJsonLines("hello")).toThrow(SyntaxError);
    const [first] = toJsonLines(capture);
    expect(() => readJsonLines(`${first}{"type":"packet"}\n`)).toThrow(
      'Cannot read line 2: its type is "packet"',
    );
  });
});

describe("HAR", () => {
  it("is HAR 1.2, and has the messages as Chromium writes them", () => {
    const har: unknown = JSON.parse(JSON.stringify(toHar(capture)));
    checkHar(har);
    const { entries } = toHar(capture).log;
    expect(entries).toHaveLength(2);
    const [plain] = entries;
    expect(plain!.request.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/echo\?room=1$/);
    expect(plain!.request.queryString).toEqual([{ name: "room", value: "1" }]);
    const { _webSocketMessages: messages } = plain!;
    expect(messages).toHaveLength(capture.messages.filter(({ connection }) => connection === 1).length);
    expect(messages[2]).toMatchObject({ type: "send", opcode: 2, data: "" });
    expect(messages.find(({ data }) => data === "in three fragments")).toMatchObject({
      type: "send",
      opcode: 1,
    });
    const bytes = messages.find(({ opcode, data }) => opcode === 2 && data.length === 168);
    expect(Buffer.from(bytes!.data, "base64")).toEqual(Buffer.alloc(125, 125));
    expect(Math.abs(messages[0]!.time - Date.now() / 1000)).toBeLessThan(600);
  });

  // A byte order mark at the beginning of a text was missing in the file.
  it("has a text with all that was said", () => {
    const [first] = capture.messages;
    const said = [{ ...first!, connection: 1, opcode: 1, data: Buffer.from("\ufeffhello") }];
    const { _webSocketMessages: messages } = toHar({ ...capture, messages: said }).log.entries[0]!;
    expect(messages[0]!.data).toBe("\ufeffhello");
  });

  it("says what is not known", () => {
    const { log } = toHar({ ...capture, leftOut: { frames: 3, bytes: 100 } });
    expect(log.comment).toBe("3 frames (100 bytes) were left out");
    const { _webSocketMessages: messages } = log.entries[1]!;
    const gaps = messages.filter(({ _gap }) => _gap === "not-inflatable");
    expect(gaps.length).toBeGreaterThan(0);
    checkHar(JSON.parse(JSON.stringify({ log })));
  });

  it("is told apart from what is none by the check", () => {
    const { log } = toHar(capture);
    expect(() => checkHar({ log: { ...log, version: "1.1" } })).toThrow('Expected "1.2"');
    expect(() => checkHar({ log: { ...log, extra: 1 } })).toThrow('received "extra"');
    expect(() =>
      checkHar({ log: { ...log, entries: [{ ...log.entries[0], startedDateTime: "now" }] } }),
    ).toThrow("Invalid timestamp");
  });
});

it("the made-up key of a handshake over HTTP/2 has its answer", () => {
  const { request, response } = handshakeBytes({
    request: { method: "CONNECT", target: "/", httpVersion: "2.0", fields: [] },
    response: { status: 200, fields: [] },
  });
  const key = /Sec-WebSocket-Key: (\S+)/.exec(new TextDecoder().decode(request))?.[1];
  expect(new TextDecoder().decode(response)).toContain(`Sec-WebSocket-Accept: ${acceptKey(key ?? "")}\r\n`);
});

/** Comparing millions of octets one by one takes minutes. */
function withDigests(fields: object): object {
  const digest = (value: unknown): unknown =>
    value instanceof Uint8Array ? createHash("sha256").update(value).digest("hex") : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, digest(value)]));
}

function isSet(value: string | undefined): boolean {
  return value === "1" || value === "True";
}
