// What must hold for any input, searched by random: nothing a peer sends throws anything but HandshakeError, chunking
// changes nothing, what is written can be read, and both roles understand each other.

import {
  accept,
  createConnectRequest,
  createRequest,
  encodeResponse,
  formatExtensions,
  HandshakeError,
  HeaderFields,
  http2ResponseHeaders,
  parseExtensions,
  RequestDecoder,
  ResponseDecoder,
  verifyConnectResponse,
  verifyResponse,
  type ExtensionOffer,
} from "@ws/handshake";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONNECT_HEADERS, headFromHttp2 } from "./connect-heads.ts";
import { bytes, KEY, latin1, REQUEST_LINES, RESPONSE_LINES, text } from "./heads.ts";

const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".split("");

const token: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 }),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "permessage-deflate"),
);

const extension: fc.Arbitrary<ExtensionOffer> = fc.record({
  name: token,
  params: fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 6 }),
});

/** Text that nearly is a field value: everything that means something to a parser, far more often than by chance. */
const nearlyField: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(fc.constantFrom(...',;="\\ \tabz019/:\0\r\n\u00e9'.split("")), token),
  maxLength: 40,
});

/** Bytes that nearly are a head. */
const nearlyHead: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "GET / HTTP/1.1",
        "HTTP/1.1 101 x",
        "HTTP/1.",
        "\r\n",
        "\r",
        "\n",
        ": ",
        ":",
        " ",
        "\0",
      ),
      fc.constantFrom(...REQUEST_LINES.map((line) => `${line}\r\n`)),
      fc.constantFrom(...RESPONSE_LINES.map((line) => `${line}\r\n`)),
      nearlyField,
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(""));

const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  nearlyHead.map(bytes),
  nearlyHead.map((head) => bytes(text(REQUEST_LINES) + head)),
  fc.uint8Array({ maxLength: 200 }),
);

/** The bytes in pieces, cut anywhere, empty pieces among them. */
function split(all: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => all.slice(from, places[index] ?? all.length));
}

interface Outcome {
  readonly code?: string;
  readonly head?: unknown;
  readonly behind?: string;
}

function read(decoder: RequestDecoder | ResponseDecoder, chunks: readonly Uint8Array[]): Outcome {
  try {
    for (const [index, chunk] of chunks.entries()) {
      const head = decoder.push(chunk);
      if (head === undefined) continue;
      const behind = [decoder.rest, ...chunks.slice(index + 1)].map(latin1).join("");
      return { head: { ...head, headers: [...head.headers] }, behind };
    }
    return {};
  } catch (error) {
    if (error instanceof HandshakeError) return { code: error.code };
    throw error;
  }
}

describe("for any input", () => {
  test("parse(format(extensions)) is extensions (RFC 6455 §9.1)", () => {
    fc.assert(
      fc.property(fc.array(extension, { minLength: 1, maxLength: 8 }), (offers) => {
        expect(parseExtensions(formatExtensions(offers))).toEqual(offers);
      }),
    );
  });

  test("format(parse(value)) means the same as value, where value is not malformed (RFC 6455 §9.1)", () => {
    fc.assert(
      fc.property(nearlyField, (value) => {
        const offers = parseExtensions(value);
        const again = offers && parseExtensions(formatExtensions(offers));
        expect(again).toEqual(offers);
      }),
    );
  });

  test.each(["request", "response"] as const)(
    "a %s ends in a head, in more to come, or a HandshakeError",
    (kind) => {
      const make = () =>
        kind === "request"
          ? new RequestDecoder({ maxHeaderBytes: 300, maxHeaderCount: 8 })
          : new ResponseDecoder({ maxHeaderBytes: 300, maxHeaderCount: 8 });
      fc.assert(
        fc.property(anyBytes, fc.array(fc.nat(), { maxLength: 8 }), (all, cuts) => {
          const whole = read(make(), [all]);
          expect(read(make(), split(all, cuts))).toEqual(whole);
          expect(
            read(
              make(),
              Array.from(all, (byte) => Uint8Array.of(byte)),
            ),
          ).toEqual(whole);
        }),
        { numRuns: 1000 },
      );
    },
  );

  test("accept never throws for what a peer sends, and its answer can be written and read", () => {
    const names = ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin"];
    const more = ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Content-Length", "__proto__"];
    const change = fc.array(fc.tuple(fc.constantFrom(...names, ...more), nearlyField), { maxLength: 4 });
    const right = REQUEST_LINES.slice(1).map((line) => line.split(": ") as [string, string]);
    fc.assert(
      fc.property(
        change,
        fc.boolean(),
        fc.oneof(fc.constant("/"), nearlyField),
        (changed, replace, target) => {
          const kept = replace ? right.filter(([name]) => !changed.some(([other]) => other === name)) : right;
          const headers = new HeaderFields([...kept, ...changed]);
          const request = { method: "GET", target, httpVersion: "1.1", headers };
          const result = accept(request, {
            protocols: (offered) => offered[0],
            extensions: (offers) => ({ extensions: offers, agreed: undefined }),
          });
          expect(new ResponseDecoder().push(encodeResponse(result))?.status).toBe(result.status);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("verifyResponse never throws for what a server sends", () => {
    const request = { key: KEY, protocols: ["a"], extensions: [{ name: "a", params: [] }] };
    const right = RESPONSE_LINES.slice(1).map((line) => line.split(": ") as [string, string]);
    const names = ["Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol"];
    const change = fc.array(fc.tuple(fc.constantFrom(...names, "Sec-WebSocket-Extensions"), nearlyField));
    fc.assert(
      fc.property(change, fc.constantFrom(101, 200), (changed, status) => {
        const headers = new HeaderFields([...right, ...changed]);
        const result = verifyResponse(request, { httpVersion: "1.1", status, reason: "", headers });
        expect(typeof result.accepted).toBe("boolean");
      }),
      { numRuns: 1000 },
    );
  });

  test("both roles agree, from createRequest to verifyResponse (RFC 6455 §4)", () => {
    const protocols = fc.uniqueArray(token, { maxLength: 8 });
    const path = fc.webPath();
    const url = fc.oneof(
      fc.tuple(fc.webUrl(), path).map(([base, rest]) => new URL(new URL(base).origin + rest)),
      path.map((rest) => new URL(`ws://user:p%40ss@[::1]:8080${rest}`)),
    );
    fc.assert(
      fc.property(
        url,
        protocols,
        fc.array(extension, { maxLength: 5 }),
        fc.nat(),
        (to, offered, offers, pick) => {
          const options = { url: to, protocols: offered, extensions: offers, origin: `http://${to.host}` };
          const request = createRequest(options);
          const head = new RequestDecoder().push(request.head);
          if (head === undefined) throw new Error("The request has no empty line");
          const chosen = offered[pick % Math.max(offered.length, 1)];
          const result = accept(head, {
            protocols: () => chosen,
            extensions: (received) => ({ extensions: received, agreed: received.length }),
            headers: { Server: "test" },
          });
          const response = new ResponseDecoder().push(encodeResponse(result));
          if (response === undefined) throw new Error("The response has no empty line");
          const verified = verifyResponse(request, response, {
            extensions: (list) => ({ agreed: list.length }),
          });
          expect(verified).toEqual({
            accepted: true,
            protocol: chosen ?? "",
            extensions: offers,
            agreed: offers.length === 0 ? undefined : offers.length,
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("accept never throws for what a peer sends over HTTP/2, and its answer can be sent", () => {
    const names = [
      ...Object.keys(CONNECT_HEADERS),
      "host",
      "te",
      "connection",
      "content-length",
      "__proto__",
    ];
    const change = fc.array(fc.tuple(fc.constantFrom(...names), fc.option(nearlyField, { nil: undefined })));
    fc.assert(
      fc.property(change, (changed) => {
        const fields = Object.assign(Object.create(null) as Record<string, string>, CONNECT_HEADERS);
        for (const [name, value] of changed) {
          if (value === undefined) delete fields[name];
          else fields[name] = value;
        }
        const result = accept(headFromHttp2(fields), {
          protocols: (offered) => offered[0],
          extensions: (offers) => ({ extensions: offers, agreed: undefined }),
        });
        const { ":status": status, ...regular } = http2ResponseHeaders(result);
        expect(status).toBe(result.status);
        for (const [name, value] of Object.entries(regular)) {
          expect(name).toMatch(/^[a-z-]+$/u);
          expect(value).not.toMatch(/[\r\n\0]/u);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("verifyConnectResponse never throws for what a server sends", () => {
    const request = { protocols: ["a"], extensions: [{ name: "a", params: [] }] };
    const names = ["upgrade", "te", "sec-websocket-accept", "sec-websocket-protocol"];
    const change = fc.array(fc.tuple(fc.constantFrom(...names, "sec-websocket-extensions"), nearlyField));
    fc.assert(
      fc.property(change, fc.constantFrom(101, 200, 204, 403), (changed, status) => {
        const headers = new HeaderFields(changed);
        const result = verifyConnectResponse(request, { httpVersion: "2.0", status, reason: "", headers });
        expect(typeof result.accepted).toBe("boolean");
      }),
      { numRuns: 1000 },
    );
  });

  test("createConnectRequest throws a TypeError or writes nothing that breaks a line (CVE-2026-1527)", () => {
    const line = fc.tuple(fc.oneof(token, nearlyField), nearlyField);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.option(nearlyField, { nil: "a" }), (lines, origin) => {
        let written: Record<string, unknown>;
        try {
          written = createConnectRequest({ url: new URL("wss://a/"), headers: lines, origin }).headers;
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        for (const [name, value] of Object.entries(written)) {
          expect(name).toMatch(/^:?[^\s:A-Z]+$/u);
          expect(String(value)).not.toMatch(/[\r\n\0]/u);
        }
        expect(Object.keys(written).filter((name) => name.startsWith(":"))).toHaveLength(5);
      }),
      { numRuns: 1000 },
    );
  });

  test("both roles agree over HTTP/2, from createConnectRequest to verifyConnectResponse (RFC 8441 §5)", () => {
    const url = fc.oneof(
      fc.webUrl({ withQueryParameters: true }).map((href) => new URL(href)),
      fc.webPath().map((path) => new URL(`wss://user:p%40ss@[::1]:8443${path}`)),
    );
    const protocols = fc.uniqueArray(token, { maxLength: 8 });
    fc.assert(
      fc.property(
        url,
        protocols,
        fc.array(extension, { maxLength: 5 }),
        fc.nat(),
        (to, offered, offers, pick) => {
          const scheme = to.protocol === "wss:" ? "https:" : to.protocol;
          const request = createConnectRequest({
            url: to,
            protocols: offered,
            extensions: offers,
            origin: `${scheme}//${to.host}`,
          });
          const chosen = offered[pick % Math.max(offered.length, 1)];
          const result = accept(headFromHttp2(request.headers), {
            protocols: () => chosen,
            extensions: (received) => ({ extensions: received, agreed: received.length }),
            headers: [
              ["Set-Cookie", "a=1"],
              ["Set-Cookie", "b=2"],
            ],
          });
          const { ":status": status, ...fields } = http2ResponseHeaders(result);
          const headers = HeaderFields.fromHttp2(fields);
          expect(headers.values("set-cookie")).toEqual(["a=1", "b=2"]);
          const response = { httpVersion: "2.0", status: Number(status), reason: "", headers };
          expect(
            verifyConnectResponse(request, response, { extensions: (list) => ({ agreed: list.length }) }),
          ).toEqual({
            accepted: true,
            protocol: chosen ?? "",
            extensions: offers,
            agreed: offers.length === 0 ? undefined : offers.length,
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
