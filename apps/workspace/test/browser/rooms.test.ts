// @ws/rooms/client in a real browser, bundled as an application would bundle it.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { RoomServer } from "@ws/rooms";
import { WebSocketServer } from "@ws/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, type Rollup } from "vite";
import { hasChromium, launch } from "./chromium.ts";
import type { RoomsFound } from "./rooms-page.ts";
import { protocol } from "./rooms-protocol.ts";

const http = createServer((_request, response) =>
  response.setHeader("Content-Type", "text/html").end("<title>page</title>"),
);
const hub = new RoomServer(protocol, { authorize: () => true });
hub.onRequest("add", (numbers) => numbers.reduce((sum, number) => sum + number));
const server = new WebSocketServer({ server: http, protocols: [hub.subprotocol] });
server.on("connection", (connection) => hub.attach(connection));

beforeAll(async () => {
  http.listen(0, "localhost");
  await once(http, "listening");
});

afterAll(async () => {
  await server.shutdown();
  await hub.close();
  http.close();
});

async function bundle(): Promise<Rollup.OutputChunk> {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@ws/source", "browser", "module", "import", "default"] },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: fileURLToPath(new URL("rooms-page.ts", import.meta.url)),
        formats: ["iife"],
        name: "page",
      },
    },
  })) as Rollup.RollupOutput[];
  return output[0]!.output[0];
}

describe("@ws/rooms/client in a browser", () => {
  it("brings nothing of Node", async () => {
    const { code, moduleIds } = await bundle();
    expect(moduleIds.filter((id) => id.includes("packages/rooms/src/")).length).toBeGreaterThan(10);
    expect(moduleIds.filter((id) => id.includes("node_modules"))).toEqual([]);
    expect(code).not.toMatch(/["'`]node:/);
  });

  it.skipIf(!hasChromium)(
    "works in Chromium, over its own WebSocket and over a client that reconnects",
    async () => {
      const { code } = await bundle();
      const browser = await launch();
      try {
        const page = await (await browser.newContext()).newPage();
        const url = `localhost:${(http.address() as AddressInfo).port}/`;
        await page.goto(`http://${url}`);
        await page.addScriptTag({ content: code });
        const found = await page.evaluate(
          (to) => (globalThis as unknown as { findRooms(to: string): Promise<RoomsFound[]> }).findRooms(to),
          `ws://${url}`,
        );
        const expected = { heard: ["hello €", [1, 2, 3]], statuses: ["delivered", "delivered"], sum: 6 };
        expect(found).toEqual([expected, expected]);
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});
