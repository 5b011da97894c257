// Web frameworks that make routes of WebSockets: @fastify/websocket, express-ws, and crossws on Node.
import websocketPlugin from "@fastify/websocket";
import nodeAdapter from "crossws/adapters/node";
import express from "express";
import expressWs from "express-ws";
import fastify from "fastify";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { serve } from "./http-server.ts";

/** What a WebSocket says first, and in answer; and how it ends. */
async function converse(url: string, ...texts: string[]): Promise<string[]> {
  const socket = new WebSocket(url);
  const heard: string[] = [];
  socket.on("open", () => {
    for (const text of texts) socket.send(text);
  });
  socket.on("message", (data, isBinary) =>
    heard.push(`${isBinary ? "binary" : "text"} ${(data as Buffer).toString()}`),
  );
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return [...heard, `close ${code} ${reason.toString()}`];
}

describe("@fastify/websocket", () => {
  async function start(): Promise<{ app: ReturnType<typeof fastify>; url: string }> {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(websocketPlugin, { options: { maxPayload: 1000 } });
    app.register(async (scope) => {
      scope.addHook("preValidation", async (request, reply) => {
        if (request.headers["x-forbidden"]) await reply.code(401).send("no");
      });
      scope.get("/echo/:name", { websocket: true }, (socket, request) => {
        socket.on("message", (data: Buffer) => {
          if (data.toString() === "bye") socket.close(1000, "bye");
          else socket.send(`${(request.params as { name: string }).name} said ${data.toString()}`);
        });
      });
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return { app, url: `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
  }

  it("has routes with parameters, and limits", async () => {
    const { url } = await start();
    expect(await converse(`${url}/echo/ann`, "hello", "bye")).toEqual([
      "text ann said hello",
      "close 1000 bye",
    ]);
    expect(await converse(`${url}/echo/ann`, "x".repeat(1001))).toEqual(["close 1009 "]);
  });

  it("refuses by hooks, and by 404", async () => {
    const { url } = await start();
    for (const [path, headers, status] of [
      ["/echo/a", { "x-forbidden": "1" }, 401],
      ["/nothing", {}, 404],
    ] as const) {
      const socket = new WebSocket(url + path, { headers });
      const [error] = (await once(socket, "error")) as [Error];
      expect(error.message).toBe(`Unexpected server response: ${status}`);
    }
  });

  it("is injected without a port", async () => {
    const { app } = await start();
    const socket = await app.injectWS("/echo/bob");
    const message = new Promise((resolve) =>
      socket.on("message", (data: Buffer) => resolve(data.toString())),
    );
    socket.send("in");
    expect(await message).toBe("bob said in");
    socket.terminate();
  });

  it("closes its clients along with the server", async () => {
    const { app, url } = await start();
    const socket = new WebSocket(`${url}/echo/a`);
    await once(socket, "open");
    const closed = once(socket, "close");
    await app.close();
    expect((await closed)[0]).toBe(1005);
  });
});

describe("express-ws", () => {
  it("has routes beside the pages, behind the same middleware, and a set of clients", async () => {
    const instance = expressWs(express());
    const { app } = instance;
    app.use((request, _response, next) => {
      (request as { tag?: string }).tag = "seen";
      next();
    });
    app.get("/page", (_request, response) => void response.send("a page"));
    app.ws("/chat", (socket, request) => {
      socket.send(`${(request as { tag?: string }).tag} ${request.url}`);
      socket.on("message", (text: Buffer) => {
        for (const each of instance.getWss().clients) each.send(`all: ${text.toString()}`);
        socket.close();
      });
    });
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/page`)).text()).toBe("a page");
    expect(await converse(`ws://127.0.0.1:${port}/chat`, "hi")).toEqual([
      "text seen /chat/.websocket",
      "text all: hi",
      "close 1005 ",
    ]);
  });
});

describe("crossws on Node", () => {
  it("has peers, topics, text and binary, headers of the upgrade, and closes", async () => {
    const { http, url } = await serve();
    const wss = new WebSocketServer({ noServer: true });
    const events: string[] = [];
    const adapter = nodeAdapter({
      wss: wss as never,
      hooks: {
        upgrade: () => ({ headers: { "x-hello": "there" } }),
        open: (peer) => {
          peer.subscribe("all");
          events.push(`open ${new URL(peer.request.url).search}`);
        },
        message: (peer, message) => {
          events.push(`message ${message.text()}`);
          if (message.text() === "bye") return peer.close(4001, "as you like");
          peer.send({ json: message.text() });
          peer.send(new Uint8Array([65]));
          peer.publish("all", `published ${message.text()}`);
        },
        close: (_peer, { code, reason }) => void events.push(`close ${code} ${reason}`),
      },
    });
    http.on("upgrade", (request, socket, head) => void adapter.handleUpgrade(request, socket, head));
    const listener = new WebSocket(`${url}/room?listener`);
    const upgrade = once(listener, "upgrade");
    await once(listener, "open");
    const [response] = (await upgrade) as [{ headers: Record<string, string> }];
    expect(response.headers["x-hello"]).toBe("there");
    const published = once(listener, "message");
    expect(await converse(`${url}/room?speaker`, "hi", "bye")).toEqual([
      'text {"json":"hi"}',
      "binary A",
      "close 4001 as you like",
    ]);
    expect(String((await published)[0])).toBe("published hi");
    await expect
      .poll(() => events)
      .toEqual(["open ?listener", "open ?speaker", "message hi", "message bye", "close 4001 as you like"]);
    listener.terminate();
  });
});
