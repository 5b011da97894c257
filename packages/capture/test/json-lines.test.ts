// Captures as JSON Lines, there and back; and what is no capture.
import { type Capture, handshakeBytes, readJsonLines, toHar, toJsonLines, toPcapng } from "@ws/capture";
import { describe, expect, it } from "vitest";

const capture: Capture = {
  connections: [
    {
      id: 1,
      protocol: "",
      extensions: "",
      path: "/",
      openedAt: 1000,
      isFromStart: true,
      isRedacted: false,
      handshake: {
        request: {
          method: "GET",
          target: "/?a=b",
          httpVersion: "1.1",
          fields: [
            { name: "Host", value: "example.org" },
            { name: "Cookie", value: "•••", isMasked: true },
          ],
        },
        response: { status: 101, fields: [{ name: "Upgrade", value: "websocket" }] },
      },
      states: [{ time: 1000, state: "open", cause: "Answered with 101" }],
      end: { code: 1000, reason: "", wasClean: true },
    },
  ],
  frames: [
    {
      number: 1,
      connection: 1,
      time: 1001,
      direction: "received",
      fin: true,
      rsv: 0,
      opcode: 1,
      isMasked: true,
      maskKey: 0x01020304,
      lengthBits: 7,
      header: Uint8Array.of(0x81, 0x82, 1, 2, 3, 4),
      payloadLength: 2,
      payload: Uint8Array.of(0x68, 0x69),
      isRedacted: false,
      isCut: false,
      message: 1,
    },
  ],
  messages: [
    {
      number: 1,
      connection: 1,
      direction: "received",
      time: 1001,
      endTime: 1001,
      opcode: 1,
      frames: [1],
      isComplete: true,
      isCompressed: false,
      wireBytes: 2,
      data: Uint8Array.of(0x68, 0x69),
    },
    {
      number: 2,
      connection: 1,
      direction: "sent",
      time: 1002,
      endTime: 1002,
      opcode: 2,
      frames: [],
      isComplete: false,
      isCompressed: false,
      wireBytes: 0,
      data: undefined,
      gap: "cut",
    },
  ],
  leftOut: { frames: 1, bytes: 10 },
};

describe("JSON Lines", () => {
  it("are read back as what was written, bytes and gaps included", () => {
    expect(readJsonLines([...toJsonLines(capture)].join(""))).toEqual(capture);
  });

  it("have the bytes of a Buffer as those of any other array", () => {
    // A Buffer has a toJSON of its own, and was written as a list of numbers that nobody read back as bytes.
    const [message] = capture.messages;
    const messages = [{ ...message!, data: Buffer.from("hi") }];
    const [read] = readJsonLines([...toJsonLines({ ...capture, messages })].join("")).messages;
    expect(read!.data).toEqual(Uint8Array.of(0x68, 0x69));
  });

  it.each([
    ["", "Cannot read the capture: it is empty"],
    ["{}", "its first line is not of websocket-capture, version 1"],
    ['{"type":"capture","format":"websocket-capture","version":2}', "version 1"],
    [`${[...toJsonLines(capture)][0]}{"type":"other"}`, 'Cannot read line 2: its type is "other"'],
  ])("that are no capture are refused: %j", (text, message) => {
    expect(() => readJsonLines(text)).toThrow(message);
  });
});

describe("HAR", () => {
  it("has what the client said as what was sent, and says what is missing", () => {
    const { log } = toHar(capture);
    expect(log.comment).toBe("1 frames (10 bytes) were left out");
    expect(log.entries[0]).toMatchObject({
      request: { url: "ws://example.org/?a=b" },
      _webSocketMessages: [
        { type: "send", time: 1.001, opcode: 1, data: "hi" },
        { type: "receive", time: 1.002, opcode: 2, data: "", _gap: "cut" },
      ],
    });
  });
});

describe("pcapng", () => {
  it("has the frame masked as it was on the wire", () => {
    const bytes = Buffer.concat([...toPcapng(capture)]);
    expect(bytes.includes(Buffer.of(0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2))).toBe(true);
  });

  it("makes up the fields of a request that a client's capture does not know, and no others", () => {
    const { handshake } = capture.connections[0]!;
    const request = new TextDecoder().decode(handshakeBytes(handshake).request);
    expect(request).toContain("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    expect(request.match(/host:/gi)).toHaveLength(1);
  });
});
