import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseExtensions } from "../src/deflate/extension-header.ts";
import { encodeFrame } from "../src/wire/frame.ts";
import { FrameReader } from "../src/wire/frame-reader.ts";
import { acceptOf, parseHead, statusOf } from "../src/wire/http-head.ts";
import { inspectUtf8, isUtf8 } from "../src/wire/utf8.ts";
import { textOf } from "../src/cases/payloads.ts";
import { invalidSamples, validSamples } from "../src/cases/utf8-samples.ts";

describe("frames", () => {
  test("are written as in the examples of RFC 6455 §5.7", () => {
    const hello = Buffer.from("Hello");
    const mask = Buffer.from("37fa213d", "hex");
    expect(encodeFrame({ opcode: 1, payload: hello, mask: false }).toString("hex")).toBe("810548656c6c6f");
    expect(encodeFrame({ opcode: 1, payload: hello, mask }).toString("hex")).toBe("818537fa213d7f9f4d5158");
    expect(
      encodeFrame({ opcode: 1, fin: false, payload: hello.subarray(0, 3), mask: false }).toString("hex"),
    ).toBe("010348656c");
    expect(
      encodeFrame({ opcode: 2, payload: Buffer.alloc(256), mask: false })
        .subarray(0, 4)
        .toString("hex"),
    ).toBe("827e0100");
    expect(
      encodeFrame({ opcode: 2, payload: Buffer.alloc(65_536), mask: false })
        .subarray(0, 10)
        .toString("hex"),
    ).toBe("827f0000000000010000");
  });

  test("are read back as they were written, whole and octet by octet", () => {
    const written = [0, 1, 125, 126, 127, 300].flatMap((length) =>
      ([true, false] as const).map((mask) => ({
        opcode: 2,
        rsv: length % 8,
        fin: mask,
        payload: randomBytes(length),
        mask,
      })),
    );
    const bytes = Buffer.concat(written.map(encodeFrame));
    const whole = new FrameReader().push(bytes);
    const reader = new FrameReader();
    const pieces = [...bytes].flatMap((octet) => reader.push(Buffer.from([octet])));
    expect(pieces).toEqual(whole);
    expect(whole.map(({ payload, rsv, fin }) => ({ payload, rsv, fin }))).toEqual(
      written.map(({ payload, rsv, fin }) => ({ payload, rsv, fin })),
    );
    expect(reader.inside).toBe(false);
  });

  test("of absurd lengths end the reading instead of the memory", () => {
    const reader = new FrameReader();
    expect(reader.push(Buffer.from("827fffffffffffffffff00", "hex"))).toEqual([]);
    expect(reader.unreadable).toContain("18446744073709551615 bytes");
  });
});

describe("UTF-8", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const decodes = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };

  test("samples are what they claim", () => {
    expect(validSamples.filter(({ bytes }) => !isUtf8(bytes) || !decodes(bytes))).toEqual([]);
    expect(invalidSamples.filter(({ bytes }) => isUtf8(bytes) || decodes(bytes))).toEqual([]);
  });

  test("is judged as the platform judges it, for all sequences of two octets and many of four", () => {
    for (let pair = 0; pair < 65_536; pair++) {
      const bytes = Buffer.from([pair >> 8, pair & 255]);
      if (isUtf8(bytes) !== decodes(bytes)) expect.unreachable(bytes.toString("hex"));
    }
    for (let i = 0; i < 50_000; i++) {
      const bytes = randomBytes(4);
      bytes[0] = 0xe0 | ((bytes[0] as number) & 0x1f);
      for (let at = 1; at < 4; at++)
        bytes[at] = 0x80 | ((bytes[at] as number) & 0x7f & (i % 3 === 0 ? 0xff : 0x3f));
      if (isUtf8(bytes) !== decodes(bytes)) expect.unreachable(bytes.toString("hex"));
    }
  });

  test("tells the first octet that cannot be repaired", () => {
    expect(inspectUtf8(Buffer.from("41eda080", "hex"))).toEqual({ invalidAt: 2, truncated: false });
    expect(inspectUtf8(Buffer.from("f48f", "hex"))).toEqual({ invalidAt: undefined, truncated: true });
    expect(inspectUtf8(Buffer.from("f490", "hex"))).toEqual({ invalidAt: 1, truncated: false });
  });

  test("text payloads have the size that was asked for and are valid", () => {
    for (let size = 0; size < 300; size++) {
      const text = textOf(size);
      expect(text.length).toBe(size);
      expect(isUtf8(text), String(size)).toBe(true);
    }
  });
});

describe("heads", () => {
  test("are parsed once whole, with names compared without case", () => {
    const bytes = Buffer.from("HTTP/1.1 101 Switching\r\nUpgrade: a, B\r\nupgrade:c\r\n\r\nrest");
    expect(parseHead(bytes.subarray(0, 50))).toBeUndefined();
    const parsed = parseHead(bytes);
    expect(parsed?.head.tokens("UPGRADE")).toEqual(["a", "b", "c"]);
    expect(bytes.subarray(parsed?.length).toString()).toBe("rest");
    expect(statusOf(parsed!.head)).toBe(101);
  });

  test("the accept value is the RFC's (RFC 6455 §1.3)", () => {
    expect(acceptOf("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });
});

describe("the extensions header (RFC 6455 §9.1)", () => {
  test("is parsed with parameters in order, quoted ones too", () => {
    expect(parseExtensions('foo; a=1 ;b , bar;c="d"')).toEqual([
      {
        name: "foo",
        parameters: [
          ["a", "1"],
          ["b", undefined],
        ],
      },
      { name: "bar", parameters: [["c", "d"]] },
    ]);
  });

  test.each(["", "; a", "foo;", "foo; a=", "foo bar", 'foo; a="', "foo,", "f@o", "foo;;a", 'foo; a="b c"'])(
    "refuses %j",
    (value) => {
      expect(() => parseExtensions(value)).toThrow(SyntaxError);
    },
  );
});
