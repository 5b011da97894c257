// Who asks for `ws` gets this package: nothing here can have fallen back to the real one.
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";

const here = createRequire(import.meta.url);
const compat = realpathSync(join(fileURLToPath(new URL("..", import.meta.url)), "../../packages/compat"));

/** The file of a package's own, from where it asks for others. */
function entry(name: string, from = here): string {
  return realpathSync(from.resolve(name));
}

const consumers = {
  "engine.io": entry("engine.io", createRequire(entry("socket.io"))),
  "engine.io-client": entry("engine.io-client", createRequire(entry("socket.io-client"))),
  "socket.io-adapter": entry("socket.io-adapter", createRequire(entry("socket.io"))),
  "graphql-ws": entry("graphql-ws"),
  mqtt: entry("mqtt"),
  "@fastify/websocket": entry("@fastify/websocket"),
  "express-ws": entry("express-ws"),
  "these tests": fileURLToPath(import.meta.url),
};

describe("what `ws` is", () => {
  it.each(Object.entries(consumers))("to %s", (_, file) => {
    const resolved = createRequire(file).resolve("ws");
    expect(realpathSync(resolved)).toBe(join(compat, "dist/index.js"));
    const { name } = JSON.parse(readFileSync(join(dirname(dirname(resolved)), "package.json"), "utf8")) as {
      name: string;
    };
    expect(name).toBe("@ws/compat");
  });

  it("to `require`: the class, with all else as its properties", () => {
    const required = here("ws") as typeof WebSocket;
    expect(typeof required).toBe("function");
    expect(required.name).toBe("WebSocket");
    expect(Object.keys(required)).toEqual(
      expect.arrayContaining([
        "Server",
        "WebSocket",
        "WebSocketServer",
        "Sender",
        "createWebSocketStream",
        "OPEN",
      ]),
    );
    expect(required.Server).toBe(required.WebSocketServer);
    expect(required.WebSocket).toBe(required);
  });

  it("to this whole process: no file of the real one was loaded", async () => {
    for (const name of ["socket.io", "socket.io-client", "mqtt", "@fastify/websocket", "express-ws"])
      here(name);
    const loaded = Object.keys(here.cache);
    expect(loaded.some((file) => file.includes(`${sep}engine.io${sep}`))).toBe(true);
    expect(loaded.filter((file) => file.includes(`${sep}node_modules${sep}ws${sep}`))).toEqual([]);
  });
});
