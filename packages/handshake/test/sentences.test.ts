// What people read: every refusal names the action, the reason and the values, word for word.

import {
  accept,
  createAcceptor,
  createRequest,
  encodeResponse,
  formatExtensions,
  HeaderFields,
  reject,
  RequestDecoder,
  ResponseDecoder,
  verifyResponse,
  type AcceptOptions,
  type HeadLimits,
  type RequestOptions,
} from "@ws/handshake";
import { describe, expect, test } from "vitest";
import {
  ACCEPT,
  bytes,
  KEY,
  rejected,
  REQUEST_LINES,
  requestHead,
  RESPONSE_LINES,
  responseHead,
  text,
  vary,
} from "./heads.ts";

type Change = Record<string, string | string[] | undefined>;

const REJECTED: readonly [change: Change, sentence: string][] = [
  [{ Host: undefined }, "the Host header is missing"],
  [{ Host: ["a", "b"] }, "there are several Host headers"],
  [{ Host: "a/b" }, 'the Host header is "a/b"'],
  [{ "Content-Length": "5" }, "the request announces a body"],
  [{ Upgrade: "h2c" }, "the Upgrade header does not ask for websocket"],
  [{ Connection: "close" }, "the Connection header does not contain upgrade"],
  [{ "Sec-WebSocket-Version": undefined }, "the Sec-WebSocket-Version header is missing"],
  [{ "Sec-WebSocket-Version": ["13", "8"] }, "there are several Sec-WebSocket-Version headers"],
  [{ "Sec-WebSocket-Version": "8" }, 'the WebSocket version is "8", not "13"'],
  [{ "Sec-WebSocket-Key": undefined }, "the Sec-WebSocket-Key header is missing"],
  [{ "Sec-WebSocket-Key": [KEY, KEY] }, "there are several Sec-WebSocket-Key headers"],
  [{ "Sec-WebSocket-Key": "x" }, "the Sec-WebSocket-Key header is not the base64 of 16 bytes"],
  [{ Origin: ["http://a", "http://b"] }, "there are several Origin headers"],
  [{ Origin: "http://evil.example" }, 'the origin "http://evil.example" is not allowed'],
  [{ "Sec-WebSocket-Protocol": "a b" }, "the Sec-WebSocket-Protocol header is not a list of tokens"],
  [{ "Sec-WebSocket-Protocol": "a, a" }, "the Sec-WebSocket-Protocol header names a subprotocol twice"],
  [{ "Sec-WebSocket-Extensions": "a;" }, "the Sec-WebSocket-Extensions header is malformed"],
];

describe("accept › says why it rejects", () => {
  test.each(REJECTED)("%j", (change, sentence) => {
    const { message } = rejected(requestHead(vary(REQUEST_LINES, change)));
    expect(message).toBe(`Cannot accept handshake: ${sentence}`);
  });

  test.each([
    [{ method: "POST" }, 'the method is "POST", not GET'],
    [{ httpVersion: "1.0" }, 'the HTTP version is "1.0", not "1.1"'],
    [{ target: "*" }, 'the target "*" is neither a path nor an http(s) URI'],
  ])("%j", (change, sentence) => {
    const { message } = rejected({ ...requestHead(text(REQUEST_LINES)), ...change });
    expect(message).toBe(`Cannot accept handshake: ${sentence}`);
  });
});

const REFUSED: readonly [change: Change, sentence: string][] = [
  [{ Upgrade: undefined }, "the Upgrade header is missing"],
  [{ Upgrade: "h2c" }, 'the Upgrade header is "h2c", not "websocket"'],
  [{ Connection: "close" }, "the Connection header does not contain upgrade"],
  [{ "Sec-WebSocket-Accept": undefined }, "the Sec-WebSocket-Accept header is missing"],
  [{ "Sec-WebSocket-Accept": [ACCEPT, ACCEPT] }, "there are several Sec-WebSocket-Accept headers"],
  [{ "Sec-WebSocket-Accept": "x" }, "the Sec-WebSocket-Accept header does not answer the key sent"],
  [{ "Sec-WebSocket-Protocol": ["a", "b"] }, "there are several Sec-WebSocket-Protocol headers"],
  [{ "Sec-WebSocket-Protocol": "a" }, 'the subprotocol "a" was not offered'],
  [{ "Sec-WebSocket-Extensions": "b" }, 'the extension "b" was not offered'],
  [{ "Sec-WebSocket-Extensions": "b;" }, "the Sec-WebSocket-Extensions header is malformed"],
  [{ "Sec-WebSocket-Extensions": "x" }, "the accepted extensions are not usable: x is tired"],
];

describe("verifyResponse › says why it refuses", () => {
  const request = createRequest({ url: new URL("ws://a/"), key: KEY, extensions: "x" });
  const message = (response: string): unknown =>
    verifyResponse(request, responseHead(response), { extensions: () => ({ refused: "x is tired" }) });

  test.each(REFUSED)("%j", (change, sentence) => {
    expect(message(vary(RESPONSE_LINES, change))).toMatchObject({
      message: `Cannot open WebSocket: ${sentence}`,
    });
  });

  test.each([
    ["HTTP/1.1 503 ", "the server answered 503, not 101"],
    ["HTTP/1.1 404 Not Found", 'the server answered 404 "Not Found", not 101'],
    ["HTTP/1.0 101 OK", 'the HTTP version is "1.0", not "1.1"'],
  ])("%s", (line, sentence) => {
    expect(message(text([line, ...RESPONSE_LINES.slice(1)]))).toMatchObject({
      message: `Cannot open WebSocket: ${sentence}`,
    });
  });
});

describe("createRequest › says what is wrong with its options", () => {
  test.each<[options: Record<string, unknown>, sentence: string]>([
    [
      { url: new URL("ftp://a/") },
      'Cannot create request: the scheme is "ftp:", not ws:, wss:, http: or https:',
    ],
    [{ url: new URL("ws://a/#b") }, 'Cannot create request: the URL has a fragment "#b"'],
    [{ url: new URL("ws://a%3Ab:c@a/") }, "Cannot create request: the user name in the URL has a colon"],
    [{ key: "x" }, 'Cannot create request: the key "x" is not 16 bytes in base64'],
    [{ protocols: ["a b"] }, 'Cannot offer subprotocol "a b": it is not a token'],
    [{ protocols: ["a", "a"] }, 'Cannot offer subprotocol "a": it is there twice'],
    [{ extensions: "a;" }, 'Cannot offer extensions "a;": they do not match the grammar'],
    [{ extensions: [{ name: "a b", params: [] }] }, 'Cannot format extensions: "a b" is not a token'],
    [{ headers: { "a b": "c" } }, 'Cannot set header "a b": its name is not a token'],
    [{ headers: { a: 1 } }, 'Cannot set header "a": its value is not a string but number'],
    [{ headers: { TE: "x" } }, 'Cannot set header "TE": it belongs to the handshake'],
    [
      { headers: { a: "\n" } },
      'Cannot set header "a": its value has a line break, a control character or one beyond U+00FF',
    ],
  ])("%j", (options, sentence) => {
    const all = { url: new URL("ws://a/"), ...options } as RequestOptions;
    expect(() => createRequest(all)).toThrow(new TypeError(sentence));
  });
});

describe("createAcceptor › says what is wrong with its options", () => {
  test.each<[options: Record<string, unknown>, sentence: string]>([
    [{ protocols: ["a b"] }, 'Cannot speak subprotocol "a b": it is not a token'],
    [{ protocols: () => "b" }, 'Cannot choose subprotocol "b": the client did not offer it'],
    [
      { extensions: () => ({ extensions: [{ name: "b", params: [] }], agreed: 1 }) },
      'Cannot accept extension "b": the client did not offer it',
    ],
    [{ origin: ["example.org"] }, 'Cannot allow origin "example.org": it is not like "https://example.org"'],
    [{ origin: [5] }, 'Cannot allow origin "5": it is not like "https://example.org"'],
    [{ origin: 5 }, 'Cannot check origins: "5" is not an origin policy'],
  ])("%j", (options, sentence) => {
    const offers = { "Sec-WebSocket-Protocol": "a", "Sec-WebSocket-Extensions": "a" };
    const request = requestHead(vary(REQUEST_LINES, offers));
    expect(() => accept(request, options as AcceptOptions)).toThrow(new TypeError(sentence));
  });

  test.each([
    "content-length",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
  ])("leaves %s to the handshake", (name) => {
    expect(() => createAcceptor({ headers: { [name]: "x" } })).toThrow("it belongs to the handshake");
  });
});

describe("answers › say what is wrong with them", () => {
  test("a status that is none, a first line with a break, raw headers that are not pairs", () => {
    expect(() => reject(200, "")).toThrow(
      new RangeError("Cannot reject with status 200: it must be 300 to 599, and not 304"),
    );
    expect(() => encodeResponse({ ...reject(400, ""), status: "4\n" as never })).toThrow(
      new TypeError('Cannot encode head: its first line is "HTTP/1.1 4\\n "'),
    );
    expect(() => HeaderFields.fromRaw(["a", "b", "c"])).toThrow(
      new TypeError("Cannot read raw headers: 3 entries are not pairs of name and value"),
    );
    expect(() => formatExtensions([{ name: "a", params: [["b", "c d"]] }])).toThrow(
      new TypeError('Cannot format extensions: "c d" is not a token'),
    );
  });
});

describe("head decoder › says why it refuses", () => {
  const START = "GET / HTTP/1.1\r\n";
  const short = { maxHeaderBytes: 18, maxHeaderCount: 1 };

  test.each<[head: string, sentence: string, limits?: HeadLimits]>([
    ["GET\r\n", '"GET" is not a request line'],
    ["GET / HTTP/1,1\r\n", 'the HTTP version is "HTTP/1,1"'],
    ["GET / HTTP/2.0\r\n", 'the HTTP version is "HTTP/2.0", not HTTP/1.1'],
    ["GET / \r\r", "a CR is not followed by LF"],
    ["GET /\n", "a line holds the control character 0x0a"],
    [`${START} a: b\r\n`, 'a header line starts with whitespace: " a: b"'],
    [`${START}a\r\n`, 'a header line has no colon: "a"'],
    [`${START}a b: c\r\n`, 'a header name is not a token: "a b"'],
    [
      "GET /a/long/target",
      "its request line has more bytes than maxHeaderBytes, which is 8",
      { maxHeaderBytes: 8 },
    ],
    [`${START}a: b`, "it has more bytes than maxHeaderBytes, which is 18", short],
    [
      `${START}a:\r\nb:\r\n`,
      "it has more header fields than maxHeaderCount, which is 1",
      { maxHeaderCount: 1 },
    ],
  ])("%j", (head, sentence, limits) => {
    expect(() => new RequestDecoder(limits).push(bytes(head))).toThrow(`Cannot read head: ${sentence}`);
  });

  test.each<[head: string, sentence: string, limits?: HeadLimits]>([
    ["HTTP/1.1 x\r\n", '"HTTP/1.1 x" is not a status line'],
    [
      "HTTP/1.1 200 OK",
      "its status line has more bytes than maxHeaderBytes, which is 8",
      { maxHeaderBytes: 8 },
    ],
  ])("%j", (head, sentence, limits) => {
    expect(() => new ResponseDecoder(limits).push(bytes(head))).toThrow(`Cannot read head: ${sentence}`);
  });

  test("quotes 64 characters whole, and cuts what is longer (the message is a line of a log)", () => {
    const refuse = (line: string) => () => new RequestDecoder().push(bytes(`${line}\r\n`));
    const [whole, longer] = ["x".repeat(64), "x".repeat(65)];
    expect(refuse(whole)).toThrow(new RegExp(`^Cannot read head: "${whole}" is not a request line$`, "u"));
    expect(refuse(longer)).toThrow(`"${whole}"… (65 characters) is not a request line`);
  });

  test("bytes behind the head, and limits that are none", () => {
    const decoder = new RequestDecoder();
    decoder.push(bytes(`${START}\r\n`));
    expect(() => decoder.push(bytes("x"))).toThrow(
      new TypeError("Cannot push into head decoder: its head is complete"),
    );
    for (const option of ["maxHeaderBytes", "maxHeaderCount"]) {
      expect(() => new RequestDecoder({ [option]: 0 })).toThrow(
        new RangeError(`Cannot limit heads: ${option} must be a positive integer, not 0`),
      );
    }
  });
});
