import dns from "node:dns";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as api from "@ws/client";
import { connect, ConnectError } from "@ws/client";
import { letGo, rawServer, response } from "./raw-server.ts";

describe("client › its request (RFC 6455 §4.1)", () => {
  it("asks for the target with all the headers it must have, and a new key each time", async () => {
    const server = await rawServer((socket, key) => socket.write(response(key)));
    for (let i = 0; i < 2; i++) {
      const connection = await connect(`${server.url}chat?room=1`, {
        protocols: "chat",
        origin: "https://example.org",
        headers: { Cookie: "a=b" },
      }).catch((error: unknown) => error);
      if (connection instanceof api.Connection) connection.terminate();
    }
    const [head, another] = server.requests;
    expect(head).toMatch(/^GET \/chat\?room=1 HTTP\/1\.1\r\n/);
    for (const line of [
      `Host: ${new URL(server.url).host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: chat",
      "Origin: https://example.org",
      "Cookie: a=b",
    ]) {
      expect(head).toContain(`${line}\r\n`);
    }
    const key = /Sec-WebSocket-Key: (\S+)/;
    expect(Buffer.from(key.exec(head!)![1]!, "base64")).toHaveLength(16);
    expect(key.exec(head!)![1]).not.toBe(key.exec(another!)![1]);
  });

  it.each([
    ["another scheme", "ftp://localhost/", {}],
    ["a fragment", "ws://localhost/#x", {}],
    ["no URL", "localhost", {}],
    ["a protocol twice", "ws://localhost/", { protocols: ["a", "a"] }],
    ["a line break in a header", "ws://localhost/", { headers: { "X-Y": "a\r\nInjected: yes" } }],
    ["a header of the handshake", "ws://localhost/", { headers: { "Sec-WebSocket-Key": "x" } }],
    ["a limit that is no number", "ws://localhost/", { maxMessageBytes: "1" as unknown as number }],
  ])("refuses %s before it dials", async (_what, url, options) => {
    await expect(connect(url, options)).rejects.toBeInstanceOf(TypeError);
  });
});

describe("client › the answer (RFC 6455 §4.1)", () => {
  it.each([
    ["another status", {}, "HTTP/1.1 200 OK", "UNEXPECTED_STATUS"],
    ["a redirect", { Location: "ws://elsewhere/" }, "HTTP/1.1 302 Found", "UNEXPECTED_STATUS"],
    ["no Upgrade", { Upgrade: undefined }, undefined, "MISSING_UPGRADE"],
    ["another Upgrade", { Upgrade: "h2c" }, undefined, "WRONG_UPGRADE"],
    ["no Connection", { Connection: "keep-alive" }, undefined, "MISSING_CONNECTION_UPGRADE"],
    ["no accept key", { "Sec-WebSocket-Accept": undefined }, undefined, "MISSING_ACCEPT"],
    [
      "the accept key of another",
      { "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
      undefined,
      "WRONG_ACCEPT",
    ],
    ["a protocol nobody offered", { "Sec-WebSocket-Protocol": "x" }, undefined, "UNOFFERED_PROTOCOL"],
    ["two protocols", { "Sec-WebSocket-Protocol": ["a", "b"] }, undefined, "DUPLICATE_PROTOCOL"],
    [
      "an extension nobody offered",
      { "Sec-WebSocket-Extensions": "permessage-deflate" },
      undefined,
      "UNOFFERED_EXTENSION",
    ],
    ["what is not HTTP", {}, "SSH-2.0-OpenSSH", "MALFORMED_RESPONSE"],
    ["a header without a colon", { "X-Y": "1\r\nnonsense" }, undefined, "MALFORMED_RESPONSE"],
    ["a head without end", { "X-Y": "y".repeat(20_000) }, undefined, "MALFORMED_RESPONSE"],
  ])("refuses %s, and drops the socket", async (_what, headers, statusLine, code) => {
    const server = await rawServer((socket, key) => socket.write(response(key, headers, statusLine)));
    const error = await connect(server.url, { protocols: ["a", "b"] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code });
    const [socket] = server.sockets;
    if (!socket!.closed) await Promise.race([once(socket!, "close"), once(socket!.resume(), "end")]);
  });

  it.each([
    ["__proto__", "UNOFFERED_EXTENSION", "GHSA-5v72-xg48-5rpm"],
    ["constructor; toString=1", "UNOFFERED_EXTENSION", "GHSA-5v72-xg48-5rpm"],
    ["permessage-deflate; __proto__=1", "REFUSED_EXTENSIONS", "GHSA-5v72-xg48-5rpm"],
    ["permessage-deflate; server_max_window_bits=1000", "REFUSED_EXTENSIONS", "CVE-2026-2229"],
    ["permessage-deflate, permessage-deflate", "REFUSED_EXTENSIONS", "RFC 7692 §5"],
  ])("refuses the extension %s with %s, and does not crash (%s)", async (answer, code) => {
    const server = await rawServer((socket, key) =>
      socket.write(response(key, { "Sec-WebSocket-Extensions": answer })),
    );
    await expect(connect(server.url, { perMessageDeflate: true })).rejects.toMatchObject({
      name: "ConnectError",
      code,
    });
    await letGo(server.sockets);
  });

  it("keeps the status and headers of a refusal", async () => {
    const server = await rawServer((socket, key) => {
      socket.write(response(key, { "Retry-After": "30" }, "HTTP/1.1 503 Service Unavailable"));
    });
    const error = (await connect(server.url).catch((reason: unknown) => reason)) as ConnectError;
    expect(error.response?.status).toBe(503);
    expect(error.response?.headers.get("retry-after")).toBe("30");
  });

  it("takes an answer byte by byte, with provisional ones before and frames right behind it", async () => {
    const server = await rawServer((socket, key) => {
      const text = `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${response(key)}`;
      for (const character of text) socket.write(character);
      socket.write(Buffer.from([0x81, 1, 0x61]));
    });
    const connection = await connect(server.url);
    for await (const message of connection) {
      expect(message).toBe("a");
      break;
    }
    connection.terminate();
  });

  it("loses no frame that shares a segment with the answer, or with provisional ones", async () => {
    const server = await rawServer((socket, key) => {
      const head = Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${response(key)}`);
      socket.write(Buffer.concat([head, Buffer.from([0x81, 1, 0x61, 0x81, 1, 0x62, 0x88, 2, 0x03, 0xe8])]));
    });
    const connection = await connect(server.url);
    await new Promise((resolve) => setImmediate(resolve));
    const received: unknown[] = [];
    for await (const message of connection) if (received.push(message) === 2) break;
    expect(received).toEqual(["a", "b"]);
    connection.terminate();
  });
});

describe("client › what keeps it from connecting", () => {
  it("reports the network", async () => {
    const server = createServer();
    server.listen(0, "localhost");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const error = (await connect(`ws://localhost:${port}/`).catch(
      (reason: unknown) => reason,
    )) as ConnectError;
    expect(error).toMatchObject({ code: "NETWORK" });
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("says of every address of a name what was wrong with it", async () => {
    // The message was empty where a name had several addresses.
    const lookup = vi.spyOn(dns, "lookup").mockImplementation((...values: unknown[]) => {
      const callback = values.at(-1) as (error: null, addresses: unknown) => void;
      callback(null, [
        { address: "127.0.0.2", family: 4 },
        { address: "127.0.0.3", family: 4 },
      ]);
    });
    onTestFinished(() => lookup.mockRestore());
    await expect(connect("ws://two.example:1/")).rejects.toThrow(
      "Cannot connect: connect ECONNREFUSED 127.0.0.2:1; connect ECONNREFUSED 127.0.0.3:1",
    );
  });

  it.each(["end", "resetAndDestroy"] as const)(
    "reports a server that leaves without an answer: %s",
    async (how) => {
      const server = await rawServer((socket) => socket[how]());
      await expect(connect(server.url)).rejects.toMatchObject({ code: "NETWORK" });
    },
  );

  it("gives up after handshakeTimeoutMs", async () => {
    const server = await rawServer((socket) => socket.write("HTTP/1.1 101"));
    await expect(connect(server.url, { handshakeTimeoutMs: 50 })).rejects.toMatchObject({
      code: "HANDSHAKE_TIMEOUT",
    });
  });

  it("gives up when aborted, before and during, with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const server = await rawServer(() => controller.abort(reason));
    await expect(connect(server.url, { signal: controller.signal })).rejects.toBe(reason);
    await expect(connect(server.url, { signal: controller.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});
