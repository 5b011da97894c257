import { STATUS_CODES } from "node:http";
import { accept, encodeResponse, reject, ResponseDecoder, type Rejected } from "@ws/handshake";
import { describe, expect, test } from "vitest";
import { latin1, REQUEST_LINES, requestHead, vary } from "./heads.ts";

describe("reject", () => {
  test("is a rejection with the application's words", () => {
    expect(reject(503, "Too many connections", { "Retry-After": "30" })).toEqual({
      accepted: false,
      status: 503,
      code: "REFUSED",
      message: "Too many connections",
      headers: [["Retry-After", "30"]],
    });
  });

  test.each([300, 303, 305, 399, 400, 599])("takes the status %i", (status) => {
    expect(reject(status, "").status).toBe(status);
  });

  test.each([0, 100, 101, 200, 299, 304, 600, 404.5, Number.NaN])("refuses the status %d", (status) => {
    expect(() => reject(status, "")).toThrow(RangeError);
  });

  test.each([
    { Connection: "keep-alive" },
    { "content-length": "3" },
    { "Content-Type": "text/html" },
    { "Transfer-Encoding": "chunked" },
    { "Sec-WebSocket-Accept": "x" },
    { Location: "/a\r\nSet-Cookie: b=c" },
    { "Bad Name": "x" },
  ])("refuses the headers %j", (headers) => {
    expect(() => reject(303, "", headers as Record<string, string>)).toThrow(TypeError);
  });
});

describe("encodeResponse", () => {
  test("writes a rejection as a whole response that ends the connection", () => {
    expect(latin1(encodeResponse(reject(404, "No such room", { "X-Room": "7" })))).toBe(
      "HTTP/1.1 404 Not Found\r\nX-Room: 7\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        "X-Content-Type-Options: nosniff\r\nContent-Length: 12\r\n\r\nNo such room",
    );
  });

  test("counts the body in bytes of UTF-8", () => {
    const response = encodeResponse(reject(400, "caf\u00e9 \u{1f600}"));
    const decoder = new ResponseDecoder();
    const head = decoder.push(response);
    expect(head?.headers.get("content-length")).toBe("10");
    expect(decoder.rest).toHaveLength(10);
    expect(new TextDecoder().decode(decoder.rest)).toBe("caf\u00e9 \u{1f600}");
  });

  test("writes headers as bytes, one per character, and only the body as UTF-8 (RFC 9110 §5.5)", () => {
    const response = latin1(encodeResponse(reject(400, "\u00e9", { "X-Name": "\u00e9" })));
    expect(response).toContain("\r\nX-Name: \u00e9\r\n");
    expect(response.endsWith("\r\n\r\n\u00c3\u00a9")).toBe(true);
  });

  test("writes an empty message as an empty body", () => {
    expect(latin1(encodeResponse(reject(429, "")))).toMatch(/Content-Length: 0\r\n\r\n$/u);
  });

  test.each([
    ...[301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 408, 410, 414, 421, 426, 429, 431],
    ...[500, 501, 502, 503, 504, 505],
  ])("gives the status %i the reason it has everywhere (RFC 9110 §15)", (status) => {
    const [line] = latin1(encodeResponse(reject(status, ""))).split("\r\n");
    expect(line).toBe(`HTTP/1.1 ${status} ${STATUS_CODES[status]}`);
  });

  test("leaves the reason empty for a status without one (RFC 9112 §4)", () => {
    expect(latin1(encodeResponse(reject(499, "")))).toMatch(/^HTTP\/1\.1 499 \r\n/u);
  });

  test("announces Upgrade in Connection when it is there (RFC 9110 §7.8)", () => {
    const request = requestHead(vary(REQUEST_LINES, { "Sec-WebSocket-Version": "8" }));
    const response = latin1(encodeResponse(accept(request)));
    expect(response).toContain("HTTP/1.1 426 Upgrade Required\r\n");
    expect(response).toContain("\r\nUpgrade: websocket\r\n");
    expect(response).toContain("\r\nSec-WebSocket-Version: 13\r\n");
    expect(response).toContain("\r\nConnection: close, Upgrade\r\n");
  });

  test("writes each rejection of accept so that it can be read again", () => {
    const request = requestHead(vary(REQUEST_LINES, { Origin: "http://evil.example" }));
    const result = accept(request) as Rejected;
    const decoder = new ResponseDecoder();
    expect(decoder.push(encodeResponse(result))).toMatchObject({ status: 403, reason: "Forbidden" });
    expect(latin1(decoder.rest)).toBe(result.message);
  });

  test("refuses a result whose headers were tampered with", () => {
    const result: Rejected = { ...reject(400, ""), headers: [["X", "a\r\nSet-Cookie: b=c"]] };
    expect(() => encodeResponse(result)).toThrow(TypeError);
    expect(() => encodeResponse({ ...reject(400, ""), headers: [["X:", "a"]] })).toThrow(TypeError);
    expect(() => encodeResponse({ ...reject(400, ""), status: "400\r\n" as unknown as number })).toThrow(
      TypeError,
    );
  });
});
