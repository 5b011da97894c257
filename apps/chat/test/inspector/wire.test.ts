// The parser of headers and the cutter of frames: what both sides of the feed cut by.
import { encodeFrame, Opcode } from "@ws/frame";
import { describe, expect, it } from "vitest";
import { decodeRecords, encodeRecord, type FeedRecord } from "../../src/shared/inspector-feed.ts";
import { FrameCutter, type FramePiece, readWireHeader } from "../../src/shared/inspector-wire.ts";

describe("readWireHeader", () => {
  it.each([
    [0, 7, 2],
    [125, 7, 2],
    [126, 16, 4],
    [65_535, 16, 4],
    [65_536, 64, 10],
  ] as const)("says how a length of %d was written (RFC 6455 §5.2)", (length, lengthBits, size) => {
    const bytes = encodeFrame("server", Opcode.binary, new Uint8Array(length));
    expect(readWireHeader(bytes)).toMatchObject({ payloadLength: length, lengthBits, size, isMasked: false });
    const masked = encodeFrame("client", Opcode.binary, new Uint8Array(length));
    const header = readWireHeader(masked)!;
    expect(header).toMatchObject({ payloadLength: length, lengthBits, size: size + 4, isMasked: true });
    const key = Buffer.from(masked).readUInt32BE(size);
    expect(header.maskKey).toBe(key);
  });

  it("judges nothing: a length that is not minimal, reserved bits and opcodes are told as they are", () => {
    const header = readWireHeader(Uint8Array.of(0xf3, 127, 0, 0, 0, 0, 0, 0, 0, 5))!;
    expect(header).toMatchObject({ fin: true, rsv: 7, opcode: 3, lengthBits: 64, payloadLength: 5 });
  });

  it("waits for a header to be whole", () => {
    const bytes = encodeFrame("client", Opcode.binary, new Uint8Array(70_000));
    for (let length = 0; length < 14; length++)
      expect(readWireHeader(bytes.subarray(0, length))).toBeUndefined();
    expect(readWireHeader(bytes.subarray(0, 14))).toBeDefined();
  });
});

describe("FrameCutter", () => {
  const frames = [
    encodeFrame("client", Opcode.text, "one"),
    encodeFrame("client", Opcode.ping, ""),
    encodeFrame("client", Opcode.binary, new Uint8Array(300)),
    encodeFrame("client", Opcode.close, ""),
  ];
  const stream = Buffer.concat(frames);

  it.each([1, 2, 3, 7, 64, stream.length])("cuts the same frames from chunks of %d bytes", (chunkBytes) => {
    const cutter = new FrameCutter();
    const cut: Buffer[] = [];
    for (let at = 0; at < stream.length; at += chunkBytes) {
      cutter.push(stream.subarray(at, at + chunkBytes), ({ head, payload, payloadOffset }: FramePiece) => {
        if (head !== undefined) {
          expect(payloadOffset).toBe(0);
          cut.push(Buffer.from(head));
        }
        cut[cut.length - 1] = Buffer.concat([cut.at(-1)!, payload]);
      });
    }
    expect(cut).toEqual(frames.map((frame) => Buffer.from(frame)));
    expect(cutter.unfinishedHead).toHaveLength(0);
  });

  it("keeps what came of a header that is not whole", () => {
    const cutter = new FrameCutter();
    cutter.push(Uint8Array.of(0x81, 0xfe, 1), () => expect.unreachable());
    expect(cutter.unfinishedHead).toEqual(Uint8Array.of(0x81, 0xfe, 1));
  });
});

describe("records of the feed", () => {
  const records: FeedRecord[] = [
    { kind: "leftOut", connection: 3, time: 1.5, body: { direction: "sent", frames: 2, bytes: 10 } },
    {
      kind: "bytes",
      connection: 4_000_000_000,
      time: 1_700_000_000_000.25,
      flags: 11,
      bytes: Uint8Array.of(1, 2),
    },
    { kind: "closed", connection: 1, time: 2, body: { code: 1000, reason: "ü", wasClean: true } },
  ];

  it("are read as they were written, several in one message", () => {
    const message = Buffer.concat(records.map(encodeRecord));
    expect(decodeRecords(new Uint8Array(message))).toEqual(records);
  });

  it("are refused where they are cut off, or of a kind that does not exist", () => {
    const message = encodeRecord(records[1]!);
    expect(() => decodeRecords(message.subarray(0, 10))).toThrow(/cut off/);
    expect(() => decodeRecords(message.subarray(0, message.length - 1))).toThrow(/cut off/);
    message[0] = 99;
    expect(() => decodeRecords(message)).toThrow(/kind 99/);
  });
});
