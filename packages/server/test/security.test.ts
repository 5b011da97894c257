// What strangers send at the handshake, with no listener attached: no crash, no hang, no memory that stays.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { connect } from "@ws/client";
import { type Connection, type ConnectionInfo, WebSocketServer } from "@ws/server";
import { generator } from "./generator.ts";
import { ask, answer, openSession } from "./h2-client.ts";
import { dial, HANDSHAKE, hasHeadAnd, readAll, readUntil, requestText } from "./raw-client.ts";
import { answerTo, attach, certificate, listen } from "./servers.ts";

/** A handshake with some of its bytes changed, cut, doubled or thrown in. */
function mutations(count: number, seed: number): Buffer[] {
  const random = generator(seed);
  return Array.from({ length: count }, () => {
    let bytes = Buffer.from(`${requestText()}\x81\x81\0\0\0\0x`, "latin1");
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = random(bytes.length);
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const garbage = Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256)));
      const kind = random(4);
      if (kind === 0) bytes = Buffer.concat([before, garbage, after.subarray(garbage.length)]);
      else if (kind === 1) bytes = Buffer.from(before);
      else if (kind === 2) bytes = Buffer.concat([before, garbage, after]);
      else bytes = Buffer.concat([before, after, after]);
    }
    return bytes;
  });
}

describe.each([
  ["a port of its own", () => listen({ handshakeTimeoutMs: 300 })],
  ["a port of its own with HTTP/2", () => listen({ handshakeTimeoutMs: 300, http2: true })],
  ["somebody's http server", () => attach({ handshakeTimeoutMs: 300 })],
  [
    "a port with authenticate",
    () => listen({ handshakeTimeoutMs: 300, authenticate: async () => ({ context: undefined }) }),
  ],
] as const)("security › %s ›", (_where, serve) => {
  it("survives 400 broken handshakes, some of them reset, with no listener attached (security: error without a listener)", async () => {
    const { server, port } = await serve();
    await Promise.all(
      mutations(400, 20_261_121).map(async (bytes, i) => {
        const socket = await dial(port);
        socket.write(bytes);
        if (i % 3 === 0) socket.resetAndDestroy();
        else if (i % 3 === 1) socket.end();
        else await Promise.race([once(socket, "data"), once(socket, "end")]);
        socket.destroy();
      }),
    );
    const connection = await connect(`ws://localhost:${port}/`);
    await connection.close();
    await vi.waitFor(() => {
      const { connections, pendingHandshakes } = server.getStats();
      expect([connections, pendingHandshakes]).toEqual([0, 0]);
    }, 10_000);
  });
});

describe("security › HTTP/2 ›", () => {
  /** Frames of every type and none, on streams that exist and others, their lengths right, so that they are read. */
  function frames(count: number, seed: number): Buffer {
    const random = generator(seed);
    const frame = (): Buffer => {
      const payload = Buffer.from(Array.from({ length: random(40) }, () => random(256)));
      const head = Buffer.from([0, 0, payload.length, random(12), random(256), 0, 0, 0, random(8)]);
      return Buffer.concat([head, payload]);
    };
    return Buffer.concat(Array.from({ length: count }, frame));
  }
  const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");

  it.each([
    ["a port of its own", undefined],
    ["somebody's http2 server", createHttp2Server],
  ])(
    "%s survives 300 sessions of broken frames, with no listener attached (security: error without a listener)",
    async (_where, make) => {
      const http = make?.((_request, response) => response.end("a page"));
      const server = new WebSocketServer({
        ...(http === undefined ? { port: 0, http2: true } : { server: http }),
        handshakeTimeoutMs: 300,
        authenticate: async () => ({ context: undefined }),
      });
      onTestFinished(async () => {
        await server.shutdown({ deadlineMs: 0 });
        http?.close();
      });
      http?.listen(0);
      await once((http ?? server) as never, "listening");
      const { port } = (http ?? server).address() as AddressInfo;
      await Promise.all(
        Array.from({ length: 300 }, async (_, seed) => {
          const socket = await dial(port);
          socket.write(PREFACE);
          socket.write(frames(1 + (seed % 20), seed));
          if (seed % 3 === 0) socket.resetAndDestroy();
          else if (seed % 3 === 1) socket.end();
          await Promise.race([once(socket, "close"), once(socket.resume(), "end")]);
          socket.destroy();
        }),
      );
      const session = await openSession(`http://localhost:${port}`);
      const stream = ask(session);
      expect((await answer(stream))[":status"]).toBe(200);
      session.destroy();
      await vi.waitFor(() => {
        const { connections, pendingHandshakes } = server.getStats();
        expect([connections, pendingHandshakes]).toEqual([0, 0]);
      }, 10_000);
    },
  );
});

describe("security › headers that a server drops", () => {
  it.each([1, 2, 3, 5])(
    "survives a server that reads %i headers only (CVE-2024-37890: the upgrade headers were missing and the server crashed)",
    async (count) => {
      const { server, http, port } = await attach();
      http.maxHeadersCount = count;
      const answers = await Promise.all(
        ["Host", "Upgrade", "Connection"].map(async (last) => {
          const { [last]: value = "", ...others } = HANDSHAKE;
          const socket = await dial(port, requestText("/", { ...others, [last]: value }));
          const bytes = await readUntil(socket, hasHeadAnd(0));
          socket.destroy();
          return bytes.toString();
        }),
      );
      for (const text of answers) expect(text).toMatch(/^HTTP\/1\.1 (101|200|400|426) /);
      http.maxHeadersCount = 0;
      await (await connect(`ws://localhost:${port}/`)).close();
      await vi.waitFor(() => expect(server.clients.size).toBe(0));
    },
  );
});

describe("security › names that mean something to JavaScript", () => {
  const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  it("are names like any other in headers, protocols, extensions and queries (GHSA-5v72-xg48-5rpm, CVE-2023-31125)", async () => {
    const { server, port } = await listen({ protocols: ["chat"], perMessageDeflate: true });
    const connected = once(server, "connection") as Promise<[Connection, IncomingMessage, ConnectionInfo]>;
    const headers = {
      ...HANDSHAKE,
      ["__proto__"]: "x",
      constructor: "x",
      toString: "x",
      "Sec-WebSocket-Protocol": NAMES.join(", "),
      "Sec-WebSocket-Extensions": NAMES.map((name) => `${name}; ${name}=x`).join(", "),
    };
    const lines = [...Object.entries(headers), ["__proto__", "y"]]
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    const query = NAMES.map((name) => `${name}=${name}&${name}[${name}]=1`).join("&");
    const socket = await dial(port, `GET /?${query}&%&%ff=%zz HTTP/1.1\r\n${lines}\r\n`);
    expect((await readUntil(socket, hasHeadAnd(0))).toString()).toMatch(/^HTTP\/1\.1 101 /);
    const [connection, request, info] = await connected;
    expect([connection.protocol, connection.extensions]).toEqual(["", ""]);
    expect(info.query.get("__proto__")).toBe("__proto__");
    expect(request.headers["constructor" as never]).toBe("x");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    socket.destroy();
  });

  it("are so over HTTP/2 too", async () => {
    const { port } = await listen({ http2: true, protocols: ["chat"], perMessageDeflate: true });
    const stream = ask(await openSession(`http://localhost:${port}`), "/?__proto__=1", {
      constructor: "x",
      tostring: "x",
      "sec-websocket-protocol": NAMES.join(", "),
      "sec-websocket-extensions": NAMES.join(", "),
    });
    expect((await answer(stream))[":status"]).toBe(200);
    stream.close();
  });
});

describe("security › header floods", () => {
  it.each([
    ["protocols", "Sec-WebSocket-Protocol", `${"a".repeat(15_000)} b`],
    ["extensions", "Sec-WebSocket-Extensions", `x; p="${"\\a".repeat(7000)}`],
    ["commas", "Sec-WebSocket-Extensions", ",".repeat(15_000)],
    ["upgrades", "Upgrade", "a,".repeat(7000)],
    ["the origin", "Origin", `http://${"a.".repeat(7000)}`],
  ])("answers hostile %s in a moment (CVE-2021-32640, CVE-2020-7662)", async (_what, name, value) => {
    const { server, port } = await listen();
    await answerTo(port, requestText("/", { Host: "a" }));
    const begun = performance.now();
    expect(await answerTo(port, requestText("/", { ...HANDSHAKE, [name]: value }))).toMatch(/^HTTP\/1\.1 4/);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(server.getStats().rejectedHandshakes).toBe(2);
  });

  it("keeps nothing of 2,000 heads that were too large (CVE-2024-37890, security: bounded memory)", async () => {
    const { server, port } = await listen();
    const huge = requestText("/", { ...HANDSHAKE, Cookie: "c".repeat(17 * 1024) });
    const flood = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 50) {
        await Promise.all(Array.from({ length: 50 }, () => answerTo(port, huge)));
      }
    };
    await flood(500);
    const before = process.memoryUsage();
    await flood(1500);
    const after = process.memoryUsage();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(
      48 * 1024 * 1024,
    );
    expect(server.getStats().rejectedByStatus).toEqual({ 431: 2000 });
  });
});

describe("security › TLS", () => {
  it("survives garbage, resets and plain HTTP in place of TLS (security: error without a listener)", async () => {
    const { server, port } = await listen({ tls: await certificate(), http2: true, handshakeTimeoutMs: 300 });
    for (const bytes of ["\x16\x03\x01\0\x05hello", requestText(), "\0".repeat(5000)]) {
      const socket = await dial(port);
      socket.write(Buffer.from(bytes, "latin1"));
      await readAll(socket).catch(() => {});
      socket.destroy();
      (await dial(port, bytes)).resetAndDestroy();
    }
    const client = await connect(`wss://localhost:${port}/`, { tls: { rejectUnauthorized: false } });
    await client.close();
    await vi.waitFor(() => expect(server.getStats().pendingHandshakes).toBe(0));
  });
});

describe("security › the answer", () => {
  it.each([
    ["headers of the server", { headers: { "X-A": "a\r\nSet-Cookie: b" } }],
    ["headers of the handshake", { headers: { Connection: "close" } }],
    ["a subprotocol", { protocols: ["a\r\nb"] }],
  ])("cannot be split by %s: refused when the server is made (CVE-2026-1527)", (_what, options) => {
    expect(() => new WebSocketServer({ noServer: true, ...options })).toThrow(TypeError);
  });
});
