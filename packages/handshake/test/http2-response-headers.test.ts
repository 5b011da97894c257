import { accept, encodeResponse, http2ResponseHeaders, reject, type Rejected } from "@ws/handshake";
import { describe, expect, test } from "vitest";
import { connectHead } from "./connect-heads.ts";
import { accepted, REQUEST_LINES, requestHead, text } from "./heads.ts";

const entries = (result: Parameters<typeof http2ResponseHeaders>[0]) =>
  Object.entries(http2ResponseHeaders(result));

describe("http2ResponseHeaders", () => {
  test("writes a yes as a 200 that frames no body (RFC 8441 §5.1)", () => {
    expect(entries(accepted(connectHead(), { protocols: ["chat"] }))).toEqual([
      [":status", 200],
      ["sec-websocket-protocol", "chat"],
    ]);
  });

  test("writes names in lower case, and repeated fields as a list (RFC 8441 §5)", () => {
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["X-Room", "7"],
      ["SET-COOKIE", "b=2"],
    ];
    expect(entries(accepted(connectHead(), { headers }))).toEqual([
      [":status", 200],
      ["set-cookie", ["a=1", "b=2"]],
      ["x-room", "7"],
    ]);
  });

  test("keeps a value with whitespace around it, without that (a peer drops the field: RFC 9113 §8.2.1)", () => {
    // Over HTTP/1.1 such a value arrives trimmed; over HTTP/2 the whole field was gone.
    const headers = { "X-A": " 1\t", "X-B": " a b " };
    expect(http2ResponseHeaders(accepted(connectHead(), { headers }))).toMatchObject({
      "x-a": "1",
      "x-b": "a b",
    });
  });

  test("writes a no as a whole response, counting the body in bytes of UTF-8", () => {
    expect(entries(reject(404, "caf\u00e9", { "X-Room": "7" }))).toEqual([
      [":status", 404],
      ["x-room", "7"],
      ["content-type", "text/plain; charset=utf-8"],
      ["x-content-type-options", "nosniff"],
      ["content-length", "5"],
    ]);
  });

  test("keeps headers named like properties of Object.prototype as headers", () => {
    const headers: [string, string][] = [
      ["__proto__", "1"],
      ["__proto__", "2"],
      ["hasOwnProperty", "3"],
    ];
    const written = http2ResponseHeaders(accepted(connectHead(), { headers }));
    expect(Object.getPrototypeOf(written)).toBeNull();
    expect(Object.entries(written)).toEqual([
      [":status", 200],
      ["__proto__", ["1", "2"]],
      ["hasownproperty", "3"],
    ]);
  });

  test.each<[title: string, line: [string, string]]>([
    ["a line break in a value", ["X", "a\r\nset-cookie: b=c"]],
    ["a line break in a name", ["x\r\ny", "a"]],
    ["a pseudo-header field", [":status", "200"]],
    ["Connection (RFC 9113 §8.2.2)", ["Connection", "close"]],
    ["Upgrade (RFC 9113 §8.2.2)", ["Upgrade", "websocket"]],
    ["Transfer-Encoding (RFC 9113 §8.2.2)", ["transfer-encoding", "chunked"]],
  ])("refuses a result that was tampered with: %s", (_title, line) => {
    const result: Rejected = { ...reject(400, ""), headers: [line] };
    expect(() => http2ResponseHeaders(result)).toThrow(TypeError);
    expect(() => http2ResponseHeaders({ ...accepted(connectHead()), headers: [line] })).toThrow(TypeError);
  });

  test("says what is wrong with it", () => {
    const result: Rejected = { ...reject(400, ""), headers: [["Upgrade", "websocket"]] };
    expect(() => http2ResponseHeaders(result)).toThrow(
      new TypeError('Cannot set header "Upgrade": it has no place in HTTP/2'),
    );
  });

  test("and encodeResponse each refuse what was accepted over the other version", () => {
    const over1 = accepted(requestHead(text(REQUEST_LINES)));
    expect(() => http2ResponseHeaders(over1)).toThrow(
      new TypeError("Cannot answer over HTTP/2: the request was accepted with 101, not 200"),
    );
    expect(() => encodeResponse(accepted(connectHead()))).toThrow(
      new TypeError("Cannot encode response: the request was accepted with 200, not 101"),
    );
    expect(accept(connectHead())).toMatchObject({ accepted: true });
  });
});
