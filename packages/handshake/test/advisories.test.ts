// Published advisories of other WebSocket and HTTP implementations, each as a test that would have caught it.

import {
  accept,
  createAcceptor,
  createConnectRequest,
  createRequest,
  encodeResponse,
  HandshakeError,
  HeaderFields,
  http2ResponseHeaders,
  parseExtensions,
  reject,
  RequestDecoder,
  verifyConnectResponse,
  verifyResponse,
} from "@ws/handshake";
import { describe, expect, test, vi } from "vitest";
import { connectHead, connectResponse, headFromHttp2 } from "./connect-heads.ts";
import {
  accepted,
  bytes,
  KEY,
  REQUEST_LINES,
  requestHead,
  RESPONSE_LINES,
  responseHead,
  text,
  vary,
} from "./heads.ts";

/**
 * At this length a quadratic scanner needs many minutes and a linear one milliseconds, so the bound of two seconds never flakes.
 */
const HOSTILE_LENGTH = 1024 * 1024;
const BOUND_MS = 2000;

function requestWith(name: string, value: string) {
  const fields = REQUEST_LINES.slice(1).flatMap((line) => line.split(": "));
  const headers = HeaderFields.fromRaw([...fields, name, value]);
  return { method: "GET", target: "/", httpVersion: "1.1", headers };
}

function elapsedMs(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const repeat = (part: string) => part.repeat(Math.ceil(HOSTILE_LENGTH / part.length));

describe("CVE-2021-32640 and CVE-2020-7662: a regular expression on a header of the handshake backtracked", () => {
  test.each([
    ["spaces inside the value", `a${repeat(" ")}b`],
    ["spaces behind the value", `a,${repeat(" ")}`],
    ["tabs and spaces in turn", `a${repeat(" \t")}b`],
    ["commas", repeat(",")],
    ["commas and spaces", repeat(" ,")],
    ["one token", repeat("a")],
    ["tokens", repeat("a,")],
    ["distinct tokens", Array.from({ length: 100_000 }, (_, i) => `p${i}`).join(",")],
    ["semicolons", `a${repeat(";")}`],
    ["parameters", `a${repeat(";b")}`],
    ["values", `a${repeat(";b=c")}`],
    ["a quoted string without an end", `a;b="${repeat("c")}`],
    ["a quoted string of backslashes", `a;b="${repeat("\\")}`],
    ["a quoted string of escapes", `a;b="${repeat("\\c")}`],
    ["a quoted string of escaped quotes", `a;b="${repeat('\\"')}`],
    ["quoted strings", `a${repeat(';b="c"')}`],
  ])("%s", (_title, value) => {
    const names = [
      "Sec-WebSocket-Protocol",
      "Sec-WebSocket-Extensions",
      "Connection",
      "Upgrade",
      "Origin",
      "Host",
    ];
    for (const name of names) {
      const request = requestWith(name, value);
      expect(elapsedMs(() => accept(request, { protocols: ["x"] }))).toBeLessThan(BOUND_MS);
    }
    expect(elapsedMs(() => parseExtensions(value))).toBeLessThan(BOUND_MS);
  });
});

describe("GHSA-5v72-xg48-5rpm: an extension named like a property of Object.prototype crashed the server", () => {
  const NAMES = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"];

  test.each(NAMES)("as a name and as a parameter: %s", (name) => {
    const value = `${name}; ${name}; ${name}=${name}`;
    const offers = [
      {
        name,
        params: [
          [name, true],
          [name, name],
        ],
      },
    ];
    expect(parseExtensions(value)).toEqual(offers);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();

    const request = requestWith("Sec-WebSocket-Extensions", value);
    expect(accept(request)).toMatchObject({ accepted: true, extensions: [] });
    const echo = accept(request, { extensions: (list) => ({ extensions: list, agreed: undefined }) });
    expect(echo).toMatchObject({ accepted: true, extensions: offers });
  });

  test.each(NAMES)("as a header, a subprotocol, and an extension of the response: %s", (name) => {
    expect(accept(requestWith(name, "x"))).toMatchObject({ accepted: true });
    expect(accept(requestWith("Sec-WebSocket-Protocol", name), { protocols: [] })).toMatchObject({
      protocol: "",
    });
    const bare = { key: KEY, protocols: [], extensions: [] };
    for (const field of ["Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"]) {
      const response = responseHead(vary(RESPONSE_LINES, { [field]: name }));
      expect(verifyResponse(bare, response).accepted).toBe(false);
    }
  });
});

describe("CVE-2024-37890: with so many headers that Upgrade was dropped, reading it crashed the server", () => {
  const filler = Array.from({ length: 5000 }, (_, i) => `x-${i}: y`);

  test("too many headers end in 431 and not in a crash", () => {
    const head = bytes(text([REQUEST_LINES[0] as string, ...filler, ...REQUEST_LINES.slice(1)]));
    expect(() => new RequestDecoder({ maxHeaderBytes: 1_000_000 }).push(head)).toThrow(HandshakeError);
  });

  test("an HTTP server that drops the headers beyond its limit leaves a request without Upgrade: 426", () => {
    const cut = new HeaderFields(filler.map((line) => line.split(": ") as [string, string]));
    const request = { method: "GET", target: "/", httpVersion: "1.1", headers: cut };
    expect(accept(request)).toMatchObject({ accepted: false, status: 400, code: "MISSING_HOST" });
    const withHost = { ...request, headers: new HeaderFields([["Host", "example.org"], ...cut]) };
    expect(accept(withHost)).toMatchObject({ accepted: false, status: 426, code: "UPGRADE_REQUIRED" });
  });

  test.each(["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"])(
    "any other header may be the missing one: %s",
    (name) => {
      expect(accept(requestHead(vary(REQUEST_LINES, { [name]: undefined }))).accepted).toBe(false);
    },
  );

  test.each(["Upgrade", "Connection", "Sec-WebSocket-Accept"])("so may it in the response: %s", (name) => {
    const bare = { key: KEY, protocols: [], extensions: [] };
    const response = responseHead(vary(RESPONSE_LINES, { [name]: undefined }));
    expect(verifyResponse(bare, response).accepted).toBe(false);
  });
});

describe("CVE-2026-1527: an option of the upgrade carried a line break into the request", () => {
  const url = new URL("ws://example.org/");
  const INJECTIONS = [
    "x\r\nInjected: 1",
    "x\nInjected: 1",
    "x\rInjected: 1",
    "x\0",
    "x\r\n\r\nGET / HTTP/1.1",
  ];

  test.each(INJECTIONS)("%j is refused in every option of the client", (value) => {
    expect(() => createRequest({ url, headers: { a: value } })).toThrow(TypeError);
    expect(() => createRequest({ url, headers: { [value]: "a" } })).toThrow(TypeError);
    expect(() => createRequest({ url, origin: value })).toThrow(TypeError);
    expect(() => createRequest({ url, protocols: [value] })).toThrow(TypeError);
    expect(() => createRequest({ url, extensions: value })).toThrow(TypeError);
    expect(() => createRequest({ url, extensions: [{ name: value, params: [] }] })).toThrow(TypeError);
    expect(() => createRequest({ url, extensions: [{ name: "a", params: [["b", value]] }] })).toThrow(
      TypeError,
    );
    expect(() => createRequest({ url, key: value })).toThrow(TypeError);
  });

  test.each(INJECTIONS)("%j is refused in every option of the client over HTTP/2", (value) => {
    expect(() => createConnectRequest({ url, headers: { a: value } })).toThrow(TypeError);
    expect(() => createConnectRequest({ url, headers: { [value]: "a" } })).toThrow(TypeError);
    expect(() => createConnectRequest({ url, origin: value })).toThrow(TypeError);
    expect(() => createConnectRequest({ url, protocols: [value] })).toThrow(TypeError);
    expect(() => createConnectRequest({ url, extensions: value })).toThrow(TypeError);
    expect(() => createConnectRequest({ url, extensions: [{ name: value, params: [] }] })).toThrow(TypeError);
  });

  test.each(INJECTIONS)("%j is refused in every option of the server", (value) => {
    expect(() => createAcceptor({ headers: { a: value } })).toThrow(TypeError);
    expect(() => createAcceptor({ headers: { [value]: "a" } })).toThrow(TypeError);
    expect(() => createAcceptor({ protocols: [value] })).toThrow(TypeError);
    expect(() => reject(303, "", { Location: value })).toThrow(TypeError);
    const offering = requestWith("Sec-WebSocket-Extensions", "a");
    const extensions = () => ({ extensions: [{ name: "a", params: [["b", value]] as const }], agreed: 0 });
    expect(() => accept(offering, { extensions })).toThrow(TypeError);
  });

  test.each(INJECTIONS)("%j from a URL-like object is refused too", (value) => {
    const base = {
      protocol: "ws:",
      href: "",
      hash: "",
      username: "",
      password: "",
      pathname: "/",
      search: "",
    };
    expect(() => createRequest({ url: { ...base, host: value } as URL })).toThrow(TypeError);
    expect(() => createRequest({ url: { ...base, host: "a", pathname: value } as URL })).toThrow(TypeError);
    for (const change of [{ host: value }, { host: "a", pathname: value }, { host: "a", search: value }]) {
      expect(() => createConnectRequest({ url: { ...base, ...change } as URL })).toThrow(TypeError);
    }
  });

  test("a message is a body, so it may have line breaks", () => {
    const head = new TextDecoder()
      .decode(encodeResponse(reject(400, "x\r\nInjected: 1")))
      .split("\r\n\r\n")[0];
    expect(head).not.toContain("Injected");
    const over2 = http2ResponseHeaders(reject(400, "x\r\nInjected: 1"));
    expect(Object.values(over2).join()).not.toContain("Injected");
  });
});

describe("CVE-2022-41940: a crafted request of the handshake threw an exception that nobody caught", () => {
  const CRAFTED: readonly [title: string, value: string][] = [
    ["nothing", ""],
    ["NUL", "\0"],
    ["a line break", "\r\n"],
    ["a character beyond one byte", "\uffff"],
    ["a percent sign", "%"],
    ["an escape that is none", "%zz"],
    ["the name of a prototype", "__proto__"],
    ["half an IPv6 address", "["],
    ["100,000 characters", "a".repeat(100_000)],
    ["delimiters", ';=,"\\'],
  ];
  const FIELDS = ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin"];
  const MORE = ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Content-Length", "TE", "__proto__"];

  test.each(CRAFTED)("%s ends in a value wherever a request has it", (_title, value) => {
    const plain = { method: "GET", target: "/", httpVersion: "1.1", headers: new HeaderFields() };
    for (const part of ["method", "target", "httpVersion"]) accept({ ...plain, [part]: value });
    for (const name of [...FIELDS, ...MORE]) accept(requestWith(name, value));
    expect(accept({ ...plain, target: value })).toMatchObject({ accepted: false });
  });

  test.each(CRAFTED)("%s ends in a value wherever a request over HTTP/2 has it", (_title, value) => {
    for (const name of [":method", ":protocol", ":scheme", ":path", ":authority"]) {
      expect(accept(connectHead({ [name]: value }))).toMatchObject({ accepted: false });
    }
    for (const name of [...FIELDS, ...MORE]) accept(connectHead({ [name.toLowerCase()]: value }));
    expect(accept(headFromHttp2({}))).toMatchObject({ accepted: false });
  });

  test.each(CRAFTED)("%s ends in a value wherever a response has it", (_title, value) => {
    const bare = { key: KEY, protocols: ["a"], extensions: [] };
    const names = ["upgrade", "connection", "sec-websocket-accept", "sec-websocket-protocol"];
    for (const name of [...names, "sec-websocket-extensions"]) {
      const response = connectResponse(200, { [name]: value });
      expect(typeof verifyConnectResponse(bare, response).accepted).toBe("boolean");
      expect(verifyResponse(bare, { ...response, httpVersion: "1.1" }).accepted).toBe(false);
    }
  });
});

describe("GHSA-5v72-xg48-5rpm over HTTP/2: names of Object.prototype are names", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("%s", (name) => {
    const fields = Object.assign(Object.create(null) as Record<string, string>, { [name]: "x" });
    const { headers } = headFromHttp2(fields);
    expect(headers.get(name)).toBe("x");
    const answer = accepted(connectHead({ "sec-websocket-extensions": name }), {
      extensions: (offers) => ({ extensions: offers, agreed: undefined }),
    });
    expect(http2ResponseHeaders(answer)).toMatchObject({ "sec-websocket-extensions": name });
    const bare = { protocols: [], extensions: [] };
    for (const field of ["sec-websocket-extensions", "sec-websocket-protocol"]) {
      expect(verifyConnectResponse(bare, connectResponse(200, { [field]: name })).accepted).toBe(false);
    }
  });
});

/** How many bytes were searched and how many decoded meanwhile, which no clock can tell. */
function bytesRead(read: () => void): { readonly searched: number; readonly decoded: number } {
  const indexOf = vi.spyOn(Buffer.prototype, "indexOf");
  const toString = vi.spyOn(Buffer.prototype, "toString");
  try {
    read();
    const searched = indexOf.mock.calls.map(([, start], call) => {
      const { length } = indexOf.mock.contexts[call] as Buffer;
      const found = indexOf.mock.results[call]!.value as number;
      return (found === -1 ? length : found + 1) - (start as number);
    });
    const calls = toString.mock.calls as unknown as [encoding: string, start: number, end: number][];
    const decoded = calls.map(([, start, end]) => end - start);
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    return { searched: sum(searched), decoded: sum(decoded) };
  } finally {
    indexOf.mockRestore();
    toString.mockRestore();
  }
}

describe("CVE-2023-43669: the head was parsed from its start at each chunk, which is quadratic", () => {
  test.each([1, 2, 7, 1000, 1_000_000])("each byte is read once, in chunks of %i", (size) => {
    const filler = Array.from({ length: 2000 }, (_, i) => `x-${i}: ${"y".repeat(50)}`);
    const head = bytes(text([...REQUEST_LINES, ...filler]));
    const decoder = new RequestDecoder({ maxHeaderBytes: 1_000_000, maxHeaderCount: 10_000 });
    let done = false;
    const { searched, decoded } = bytesRead(() => {
      for (let i = 0; i < head.length; i += size) {
        done = decoder.push(head.subarray(i, i + size)) !== undefined;
      }
    });
    expect(done).toBe(true);
    expect(searched).toBe(head.length);
    // Twice where a line comes in several chunks: as a part, and when it is whole.
    const isWhole = size > head.length;
    expect(decoded).toBeGreaterThan(0.9 * head.length);
    expect(decoded).toBeLessThan((isWhole ? 1 : 2) * head.length);
  });

  test("a line that never ends costs no more than its bytes", () => {
    const length = 100_000;
    const decoder = new RequestDecoder({ maxHeaderBytes: 2 * length });
    decoder.push(bytes("GET / HTTP/1.1\r\nx: "));
    const byte = bytes("y");
    const { searched, decoded } = bytesRead(() => {
      for (let i = 0; i < length; i++) decoder.push(byte);
    });
    expect([searched, decoded]).toEqual([length, length]);
  });
});

describe("CVE-2020-28481: pages of any origin were let in by default", () => {
  test("only the same origin is", () => {
    expect(accept(requestWith("Origin", "http://evil.example"))).toMatchObject({ status: 403 });
    expect(accept(requestWith("Origin", "http://server.example.com")).accepted).toBe(true);
  });
});
