// The references are judged by hand-made bytes of the RFC, so that they cannot err together with what they judge.
import { describe, expect, it } from "vitest";
import { fromHex } from "../src/bytes.ts";
import { readFrames } from "../src/reference/frame-reader.ts";
import { ReferenceInflate } from "../src/reference/inflate.ts";
import { readMessages } from "../src/reference/message-reader.ts";
import { judgeUtf8 } from "../src/reference/utf8.ts";

const SERVER = { reader: "server", reservedBits: 0, maxPayload: 1n << 20n } as const;
const CLIENT = { ...SERVER, reader: "client" } as const;

describe("reference", () => {
  it("reads the examples of RFC 6455 §5.7", () => {
    const events = (hex: string, limits: typeof SERVER | typeof CLIENT): unknown =>
      readMessages(readFrames(fromHex(hex), limits), 1000).events;
    expect(events("810548656c6c6f", CLIENT)).toEqual([["message", "text Hello"]]);
    expect(events("818537fa213d7f9f4d5158", SERVER)).toEqual([["message", "text Hello"]]);
    expect(events("010348656c80026c6f", CLIENT)).toEqual([["message", "text Hello"]]);
    expect(events("8a8537fa213d7f9f4d5158", SERVER)).toEqual([["pong", "48656c6c6f"]]);
  });

  it.each([
    ["c100", "RESERVED_BITS"],
    ["8300", "RESERVED_OPCODE"],
    ["0900", "FRAGMENTED_CONTROL"],
    ["897e", "CONTROL_TOO_LONG"],
    ["8180", "MASK_FORBIDDEN"],
    ["817e0001", "LENGTH_NOT_MINIMAL"],
    ["817f8000000000000000", "LENGTH_OVERFLOW"],
    ["817f0000000000100001", "MESSAGE_TOO_BIG"],
    ["8000", "UNEXPECTED_CONTINUATION"],
    ["01008100", "UNFINISHED_MESSAGE"],
    ["880103", "CLOSE_PAYLOAD_TRUNCATED"],
    ["880203ed", "INVALID_CLOSE_CODE"],
    ["8102c080", "INVALID_UTF8"],
  ])("refuses %s with %s", (hex, code) => {
    const { events } = readMessages(readFrames(fromHex(hex), CLIENT), 1 << 21);
    expect(events).toEqual([["error", code]]);
  });

  it("tells text that is whole, unfinished and invalid (RFC 3629 §4)", () => {
    expect(judgeUtf8(fromHex("61c3bce282acf09f9880"))).toBe("whole");
    expect(judgeUtf8(fromHex("61e282"))).toBe("unfinished");
    expect(judgeUtf8(fromHex("eda080"))).toBe("invalid");
    expect(judgeUtf8(fromHex("f490"))).toBe("invalid");
  });

  it("inflates the examples of RFC 7692 §7.2.3", () => {
    const inflate = new ReferenceInflate(15, false);
    const text = (hex: string): string => Buffer.from(inflate.message(fromHex(hex), 100)!).toString();
    expect(text("f248cdc9c90700")).toBe("Hello");
    expect(text("f200110000")).toBe("Hello");
    // One that it cannot tell of: a final block (§7.2.3.4).
    expect(inflate.message(fromHex("f348cdc9c9070000"), 100)).toBeUndefined();
    expect(inflate.message(fromHex("f248cdc9c90700"), 4)).toBeUndefined();
  });
});
