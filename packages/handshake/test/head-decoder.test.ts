import { HandshakeError, RequestDecoder, ResponseDecoder, type HeadLimits } from "@ws/handshake";
import { describe, expect, test } from "vitest";
import { heldBytes } from "./memory.ts";
import { bytes, latin1, REQUEST_LINES, RESPONSE_LINES, text } from "./heads.ts";

interface Plain {
  readonly start: readonly (string | number)[];
  readonly fields: readonly [string, string][];
}

interface Reader {
  readonly rest: Uint8Array;
  push(chunk: Uint8Array): Plain | undefined;
}

/** Both decoders with one face, so that one table serves both. */
const READERS: Record<"request" | "response", (limits?: HeadLimits) => Reader> = {
  request: (limits) => {
    const decoder = new RequestDecoder(limits);
    return {
      get rest() {
        return decoder.rest;
      },
      push(chunk) {
        const head = decoder.push(chunk);
        return head && { start: [head.method, head.target, head.httpVersion], fields: [...head.headers] };
      },
    };
  },
  response: (limits) => {
    const decoder = new ResponseDecoder(limits);
    return {
      get rest() {
        return decoder.rest;
      },
      push(chunk) {
        const head = decoder.push(chunk);
        return head && { start: [head.httpVersion, head.status, head.reason], fields: [...head.headers] };
      },
    };
  },
};

type Kind = keyof typeof READERS;

const VECTORS: readonly [title: string, kind: Kind, head: string, expected: Plain][] = [
  [
    "the request of the example (RFC 6455 §1.3)",
    "request",
    text(REQUEST_LINES),
    {
      start: ["GET", "/chat", "1.1"],
      fields: [
        ["Host", "server.example.com"],
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
        ["Sec-WebSocket-Version", "13"],
      ],
    },
  ],
  [
    "the response of the example (RFC 6455 §1.3)",
    "response",
    text(RESPONSE_LINES),
    {
      start: ["1.1", 101, "Switching Protocols"],
      fields: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
      ],
    },
  ],
  [
    "a request without fields",
    "request",
    "GET / HTTP/1.1\r\n\r\n",
    { start: ["GET", "/", "1.1"], fields: [] },
  ],
  [
    "empty lines before a request line (RFC 9112 §2.2)",
    "request",
    "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    { start: ["GET", "/", "1.1"], fields: [] },
  ],
  [
    "an HTTP/1.0 request with an absolute target",
    "request",
    "POST http://a/b?c HTTP/1.0\r\n\r\n",
    { start: ["POST", "http://a/b?c", "1.0"], fields: [] },
  ],
  [
    "no space, spaces and tabs around a value, and an empty value (RFC 9112 §5.1)",
    "request",
    "GET / HTTP/1.1\r\na:1\r\nb: \t 2 3 \t\r\nc:\r\nd: \t\r\n\r\n",
    {
      start: ["GET", "/", "1.1"],
      fields: [
        ["a", "1"],
        ["b", "2 3"],
        ["c", ""],
        ["d", ""],
      ],
    },
  ],
  [
    "bytes beyond ASCII in a value, kept one to one (RFC 9110 §5.5)",
    "request",
    "GET / HTTP/1.1\r\nx: \u0080\u00a0\u00ff\r\n\r\n",
    { start: ["GET", "/", "1.1"], fields: [["x", "\u0080\u00a0\u00ff"]] },
  ],
  [
    "repeated fields and colons in values, in order",
    "request",
    "GET / HTTP/1.1\r\nHost: [::1]:80\r\nx: 1\r\nX: 2\r\n\r\n",
    {
      start: ["GET", "/", "1.1"],
      fields: [
        ["Host", "[::1]:80"],
        ["x", "1"],
        ["X", "2"],
      ],
    },
  ],
  [
    "a line longer than the first buffer",
    "request",
    `GET /${"a".repeat(300)} HTTP/1.1\r\nx: ${"b".repeat(600)}\r\n\r\n`,
    { start: ["GET", `/${"a".repeat(300)}`, "1.1"], fields: [["x", "b".repeat(600)]] },
  ],
  [
    "an empty reason (RFC 9112 §4)",
    "response",
    "HTTP/1.1 101 \r\n\r\n",
    { start: ["1.1", 101, ""], fields: [] },
  ],
  ["no space behind the status", "response", "HTTP/1.1 404\r\n\r\n", { start: ["1.1", 404, ""], fields: [] }],
  [
    "an HTTP/1.0 response with a long reason",
    "response",
    "HTTP/1.0 599 No, \u00e9 no\r\n\r\n",
    { start: ["1.0", 599, "No, \u00e9 no"], fields: [] },
  ],
];

describe.each(VECTORS)("head decoder reads %s", (_title, kind, head, expected) => {
  test.each([
    ["nothing behind", ""],
    ["a frame behind", "\u0081\u0085\u0001\u0002\u0003\u0004iiiii"],
    ["an empty line behind", "\r\n\r\n"],
  ])("whole, %s", (_name, trailing) => {
    const reader = READERS[kind]();
    expect(reader.push(bytes(head + trailing))).toEqual(expected);
    expect(latin1(reader.rest)).toBe(trailing);
  });

  test("byte by byte", () => {
    const reader = READERS[kind]();
    const all = bytes(head);
    for (let i = 0; i < all.length - 1; i++) expect(reader.push(all.subarray(i, i + 1))).toBeUndefined();
    expect(reader.rest).toHaveLength(0);
    expect(reader.push(all.subarray(-1))).toEqual(expected);
    expect(reader.rest).toHaveLength(0);
  });

  test("cut in two at every place, with a frame behind", () => {
    const all = bytes(`${head}frame`);
    for (let cut = 0; cut < head.length; cut++) {
      const reader = READERS[kind]();
      expect(reader.push(all.subarray(0, cut))).toBeUndefined();
      expect(reader.push(all.subarray(cut))).toEqual(expected);
      expect(latin1(reader.rest)).toBe("frame");
    }
  });
});

const START = "GET / HTTP/1.1\r\n";

const REFUSED: readonly [title: string, kind: Kind, head: string, code: string, status: number][] = [
  ["a bare LF as line end", "request", "GET / HTTP/1.1\nHost: a\n\n", "MALFORMED_LINE", 400],
  ["a bare LF in a field", "request", `${START}a: b\nc: d\r\n\r\n`, "MALFORMED_LINE", 400],
  ["a bare CR in a field", "request", `${START}a: b\rc: d\r\n\r\n`, "MALFORMED_LINE", 400],
  ["two CR before LF", "request", `${START}a: b\r\r\n\r\n`, "MALFORMED_LINE", 400],
  ["NUL in a value", "request", `${START}a: \0\r\n\r\n`, "MALFORMED_LINE", 400],
  ["DEL in a value", "request", `${START}a: \u007f\r\n\r\n`, "MALFORMED_LINE", 400],
  ["the start of a TLS handshake", "request", "\u0016\u0003\u0001", "MALFORMED_LINE", 400],
  ["an HTTP/2 preface", "request", "PRI * HTTP/2.0\r\n", "UNSUPPORTED_HTTP_VERSION", 505],
  ["a request line of one word", "request", "GET\r\n", "MALFORMED_START_LINE", 400],
  ["HTTP/0.9 (RFC 9112 §3)", "request", "GET /\r\n", "MALFORMED_START_LINE", 400],
  ["a space before the method", "request", " GET / HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a method that is no token", "request", "G@T / HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a space in the target", "request", "GET /a b HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["two spaces", "request", "GET  / HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a tab instead of a space", "request", "GET\t/ HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["no target", "request", "GET  HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a target beyond ASCII", "request", "GET /\u00e9 HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a space behind the version", "request", "GET / HTTP/1.1 \r\n", "MALFORMED_START_LINE", 400],
  ["the version in lower case", "request", "GET / http/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a version of two digits", "request", "GET / HTTP/1.11\r\n", "MALFORMED_START_LINE", 400],
  ["a version without a dot", "request", "GET / HTTP/1,1\r\n", "MALFORMED_START_LINE", 400],
  ["a version that is no number", "request", "GET / HTTP/1.x\r\n", "MALFORMED_START_LINE", 400],
  ["a response instead of a request", "request", "HTTP/1.1 200 OK\r\n", "MALFORMED_START_LINE", 400],
  ["HTTP/3", "request", "GET / HTTP/3.0\r\n", "UNSUPPORTED_HTTP_VERSION", 505],
  ["a folded field (RFC 9112 §5.2)", "request", `${START}a: b\r\n c\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["whitespace behind the start line", "request", `${START} a: b\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["a line of one tab", "request", `${START}\t\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["whitespace before the colon", "request", `${START}a : b\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["a field without a colon", "request", `${START}a\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["a field without a name", "request", `${START}: a\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["a name that is no token", "request", `${START}a(b): c\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["a name beyond ASCII", "request", `${START}\u00e9: c\r\n\r\n`, "MALFORMED_HEADER", 400],
  ["an empty first line", "response", "\r\nHTTP/1.1 101 \r\n\r\n", "MALFORMED_START_LINE", 400],
  ["another protocol", "response", "ICY 200 OK\r\n", "MALFORMED_START_LINE", 400],
  ["an SSH greeting", "response", "SSH-2.0-OpenSSH_9.2\r\n", "MALFORMED_START_LINE", 400],
  ["a status of two digits", "response", "HTTP/1.1 99 x\r\n", "MALFORMED_START_LINE", 400],
  ["a status of four digits", "response", "HTTP/1.1 1010 x\r\n", "MALFORMED_START_LINE", 400],
  ["a status that starts with 0", "response", "HTTP/1.1 099 x\r\n", "MALFORMED_START_LINE", 400],
  ["a status that is no number", "response", "HTTP/1.1 1e1 x\r\n", "MALFORMED_START_LINE", 400],
  ["no status", "response", "HTTP/1.1\r\n", "MALFORMED_START_LINE", 400],
  ["a tab before the status", "response", "HTTP/1.1\t101 x\r\n", "MALFORMED_START_LINE", 400],
  ["HTTP/2 in text", "response", "HTTP/2.0 200 OK\r\n", "UNSUPPORTED_HTTP_VERSION", 505],
  ["a bare LF", "response", "HTTP/1.1 101 OK\n\n", "MALFORMED_LINE", 400],
];

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(REFUSED)("head decoder refuses %s", (_title, kind, head, code, status) => {
  test("whole", () => {
    const error = failure(() => READERS[kind]().push(bytes(head)));
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ name: "HandshakeError", code, status });
  });

  test("byte by byte, and for good", () => {
    const reader = READERS[kind]();
    const error = failure(() => {
      for (const byte of bytes(head)) reader.push(Uint8Array.of(byte));
    });
    expect(error).toMatchObject({ code, status });
    expect(failure(() => reader.push(bytes(head)))).toBe(error);
    expect(reader.rest).toHaveLength(0);
  });
});

describe.each(["request", "response"] as const)("limits of the %s decoder", (kind) => {
  const start = kind === "request" ? "GET / HTTP/1.1\r\n" : "HTTP/1.1 200 OK\r\n";
  const tooLongStart = kind === "request" ? "TARGET_TOO_LONG" : "HEAD_TOO_LARGE";

  /** A head of so many bytes. */
  function head(length: number): string {
    const value = "v".repeat(length - start.length - "x: \r\n\r\n".length);
    return `${start}x: ${value}\r\n\r\n`;
  }

  function withFields(count: number): string {
    return `${start}${"a: b\r\n".repeat(count)}\r\n`;
  }

  test("let 16384 bytes through by default, and not one more", () => {
    expect(READERS[kind]().push(bytes(head(16_384)))).toBeDefined();
    expect(failure(() => READERS[kind]().push(bytes(head(16_385))))).toMatchObject({
      code: "HEAD_TOO_LARGE",
      status: 431,
    });
  });

  test("count the bytes of the head only, whatever follows", () => {
    const reader = READERS[kind]({ maxHeaderBytes: 64 });
    expect(reader.push(bytes(head(64) + "f".repeat(1000)))).toBeDefined();
    expect(reader.rest).toHaveLength(1000);
  });

  test("hold when the head comes byte by byte", () => {
    const reader = READERS[kind]({ maxHeaderBytes: 64 });
    const all = bytes(head(65));
    for (let i = 0; i < 64; i++) expect(reader.push(all.subarray(i, i + 1))).toBeUndefined();
    expect(failure(() => reader.push(all.subarray(64)))).toMatchObject({ code: "HEAD_TOO_LARGE" });
  });

  test("say so when it is the first line that is too long (RFC 9112 §3)", () => {
    const reader = READERS[kind]({ maxHeaderBytes: start.length - 1 });
    const status = kind === "request" ? 414 : 431;
    expect(failure(() => reader.push(bytes(start)))).toMatchObject({ code: tooLongStart, status });
  });

  test("let 100 fields through by default, and not one more", () => {
    expect(READERS[kind]().push(bytes(withFields(100)))?.fields).toHaveLength(100);
    expect(failure(() => READERS[kind]().push(bytes(withFields(101))))).toMatchObject({
      code: "TOO_MANY_HEADERS",
      status: 431,
    });
  });

  test("can be set", () => {
    const limits = { maxHeaderBytes: 100_000, maxHeaderCount: 5000 };
    expect(READERS[kind](limits).push(bytes(withFields(5000)))?.fields).toHaveLength(5000);
  });

  test("name the limit in the message", () => {
    const error = failure(() => READERS[kind]({ maxHeaderCount: 1 }).push(bytes(withFields(2))));
    expect(error).toMatchObject({ message: expect.stringContaining("maxHeaderCount, which is 1") });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("cannot be %s", (value) => {
    expect(() => READERS[kind]({ maxHeaderBytes: value })).toThrow(RangeError);
    expect(() => READERS[kind]({ maxHeaderCount: value })).toThrow(RangeError);
  });
});

describe("head decoder", () => {
  test("does not take more bytes once the head is complete", () => {
    const decoder = new RequestDecoder();
    decoder.push(bytes("GET / HTTP/1.1\r\n\r\n"));
    expect(() => decoder.push(bytes("x"))).toThrow(TypeError);
  });

  test("leaves the rest as a view of the chunk, uncopied", () => {
    const decoder = new RequestDecoder();
    const chunk = bytes("GET / HTTP/1.1\r\n\r\nrest");
    decoder.push(chunk);
    expect(decoder.rest.buffer).toBe(chunk.buffer);
  });

  test("keeps nothing of a chunk that the caller reuses", () => {
    const decoder = new RequestDecoder();
    const chunk = bytes("GET /first HTTP/1.1\r\nHo");
    decoder.push(chunk);
    chunk.fill(0x20);
    const head = decoder.push(bytes("st: a\r\n\r\n"));
    expect(head?.target).toBe("/first");
    expect(head?.headers.get("host")).toBe("a");
  });

  test("keeps no more alive with a value than the line it stood in", () => {
    // A part of a long string keeps all of it: a peer that pads its head would have it held as long as its address is.
    const kept: (string | undefined)[] = [];
    const held = heldBytes();
    for (let i = 0; i < 500; i++) {
      const lines = [
        ...REQUEST_LINES,
        `X-Forwarded-For: 2001:db8:0:0:0:0:0:${i}`,
        `X-Pad: ${"p".repeat(12_000)}`,
      ];
      const head = new RequestDecoder().push(bytes(`${text(lines)}${"f".repeat(2000)}`));
      kept.push(head?.headers.get("x-forwarded-for"));
    }
    expect(heldBytes() - held).toBeLessThan(500 * 2000);
    expect(kept.at(-1)).toBe("2001:db8:0:0:0:0:0:499");
  });

  test("quotes a hostile line escaped and cut", () => {
    const error = failure(() => new RequestDecoder().push(bytes(`${"\u00ff".repeat(5000)}\r\n`)));
    expect((error as Error).message.length).toBeLessThan(200);
  });
});
