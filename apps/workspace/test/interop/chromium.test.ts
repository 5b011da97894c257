// A real browser: over HTTP/1.1, and over HTTP/2 where the WebSockets of a page share the session that the page came over.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type CloseResult, type NodeServer, WebSocketServer } from "@ws/server";
import { certificate } from "../behaviour/certificate.ts";
import { hasChromium, launch } from "../browser/chromium.ts";
import { messages } from "./peers/conversation.mjs";

const SOCKETS = 5;

interface Seen {
  readonly httpVersion: string;
  readonly extensions: string;
  /** What tells one TCP connection from another. */
  readonly port: number | undefined;
  readonly closed: Promise<CloseResult>;
}

const serve = (_request: unknown, response: { end(body: string): unknown }): void =>
  void response.end("<!doctype html><title>page</title>");

/** A page, and an echo on its own host. */
async function open(listener: NodeServer): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = new WebSocketServer({
    server: listener,
    protocols: ["interop"],
    perMessageDeflate: { thresholdBytes: 0 },
  });
  server.on("connection", (connection, request, { httpVersion }) => {
    const { extensions, closed } = connection;
    seen.push({ httpVersion, extensions, port: request.socket.remotePort, closed });
    connection.on("message", (message) => connection.send(message));
  });
  listener.listen(0, "localhost");
  await once(listener, "listening");
  onTestFinished(async () => {
    await server.shutdown();
    listener.close();
  });
  return { url: `localhost:${(listener.address() as AddressInfo).port}/`, seen };
}

/** Runs in the page: each socket says everything, and hears it again. */
async function converse({
  count,
  texts,
  size,
}: {
  count: number;
  texts: string[];
  size: number;
}): Promise<string[]> {
  const talk = async (): Promise<string> => {
    const socket = new WebSocket(location.href.replace("http", "ws"), "interop");
    socket.binaryType = "arraybuffer";
    const next = <Name extends keyof WebSocketEventMap>(name: Name): Promise<WebSocketEventMap[Name]> =>
      new Promise((resolve, reject) => {
        socket.addEventListener(name, resolve, { once: true });
        socket.addEventListener("error", () => reject(new Error("failed")), { once: true });
      });
    await next("open");
    for (const text of texts) {
      socket.send(text);
      if ((await next("message")).data !== text) return "other text";
    }
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7) % 256);
    socket.send(bytes);
    const echoed = new Uint8Array((await next("message")).data as ArrayBuffer);
    if (echoed.length !== size || echoed.some((byte, i) => byte !== bytes[i])) return "other bytes";
    socket.close(4000, "done");
    const { code, wasClean } = await next("close");
    return `${socket.protocol} ${code} ${wasClean}`;
  };
  return Promise.all(Array.from({ length: count }, talk));
}

describe.runIf(hasChromium)("Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function visit(url: string): Promise<string[]> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    try {
      const page = await context.newPage();
      await page.goto(url);
      const texts = messages.filter((message) => typeof message === "string");
      return await page.evaluate(converse, { count: SOCKETS, texts, size: 70_000 });
    } finally {
      await context.close();
    }
  }

  it("converses over HTTP/1.1, compressed", async () => {
    const listener = createServer((request: IncomingMessage, response: ServerResponse) =>
      serve(request, response),
    );
    const { url, seen } = await open(listener);
    expect(await visit(`http://${url}`)).toEqual(Array(SOCKETS).fill("interop 4000 true"));
    expect(seen.map(({ httpVersion }) => httpVersion)).toEqual(Array(SOCKETS).fill("1.1"));
    expect(seen.every(({ extensions }) => extensions.includes("permessage-deflate"))).toBe(true);
  });

  it("converses over one HTTP/2 session with many sockets, compressed (RFC 8441 §5)", async () => {
    const { key, cert } = await certificate();
    const settings = { enableConnectProtocol: true };
    const listener = createSecureServer({ key, cert, allowHTTP1: true, settings }, serve);
    const { url, seen } = await open(listener);
    expect(await visit(`https://${url}`)).toEqual(Array(SOCKETS).fill("interop 4000 true"));
    expect(seen.map(({ httpVersion }) => httpVersion)).toEqual(Array(SOCKETS).fill("2.0"));
    expect(new Set(seen.map(({ port }) => port)).size, "TCP connections").toBe(1);
    expect(seen.every(({ extensions }) => extensions.includes("permessage-deflate"))).toBe(true);
    for (const { closed } of seen) {
      expect(await closed).toEqual({ code: 4000, reason: "done", wasClean: true });
    }
  });
});
