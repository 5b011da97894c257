// @ws/client in a real browser, bundled as an application would bundle it; and our WebSocket class beside the browser's.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build, type Rollup } from "vite";
import { WebSocket as OurWebSocket } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { hasChromium, launch } from "./chromium.ts";
import type { Found } from "./client-page.ts";
import { play } from "./websocket-scenarios.ts";

/** Ours is what browsers have, to TypeScript too: it may stand wherever theirs is asked for. */
const asTheirs = (socket: OurWebSocket): WebSocket => socket;
const AsTheirClass = OurWebSocket as typeof WebSocket;

const http = createServer((_request, response) =>
  response.setHeader("Content-Type", "text/html").end("<title>page"),
);
const server = new WebSocketServer({ server: http, protocols: ["greetings"] });
let url: string;

let flaky = 0;
server.on("connection", (connection, { url: path }) => {
  if (path === "/hello") {
    connection.send("hello");
    connection.send("world");
    void connection.close(4000, "bye €");
  } else if (path === "/lost") {
    connection.send("last words", () => connection.terminate());
  } else if (path === "/flaky" && ++flaky < 3) {
    if (flaky === 1) connection.terminate();
    else void connection.close(1012, "retry-after-ms=20");
  } else {
    connection.on("message", (data) => connection.send(data));
  }
});
http.prependListener("upgrade", (request, socket) => {
  if (request.url === "/refused") socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
});

beforeAll(async () => {
  http.listen(0, "localhost");
  await once(http, "listening");
  url = `ws://localhost:${(http.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await server.shutdown();
  http.close();
});

async function bundle(treeshake: boolean): Promise<Rollup.OutputChunk> {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@ws/source", "browser", "module", "import", "default"] },
    build: {
      write: false,
      minify: treeshake,
      rollupOptions: { treeshake },
      lib: {
        entry: fileURLToPath(new URL("client-page.ts", import.meta.url)),
        formats: ["iife"],
        name: "page",
      },
    },
  })) as Rollup.RollupOutput[];
  return output[0]!.output[0];
}

describe("@ws/client in a browser", () => {
  it("brings nothing of Node, and nothing of other packages", async () => {
    const { code, moduleIds } = await bundle(false);
    expect(moduleIds.length).toBeGreaterThan(10);
    const foreign = moduleIds.filter((id) => !/packages\/client\/src\/|test\/browser\/|^\0/.test(id));
    expect(foreign).toEqual([]);
    expect(code).not.toContain("node:");
  });

  it.skipIf(!hasChromium)(
    "works in Chromium, whose WebSocket tells the same story as ours",
    async () => {
      const { code } = await bundle(true);
      const browser = await launch();
      try {
        const page = await (await browser.newContext()).newPage();
        await page.goto(url.replace("ws:", "http:"));
        await page.addScriptTag({ content: code });
        const found = await page.evaluate(
          (to) => (globalThis as unknown as { find(url: string): Promise<Found> }).find(to),
          url,
        );
        expect(asTheirs).toBeTypeOf("function");
        expect(found).toEqual({
          native: true,
          story: await play(AsTheirClass, url),
          connection: {
            state: "open",
            protocol: "",
            mayGoOn: false,
            received: ["text", [100_000, 7]],
            result: { code: 4000, reason: "", wasClean: true },
            after: "closed",
          },
          errors: { network: ["ConnectError", "NETWORK"], aborted: "enough", relative: "closed" },
          reconnecting: {
            states: [
              "connecting",
              "open",
              "waiting",
              "connecting",
              "open",
              "waiting",
              "connecting",
              "open",
              "closed",
            ],
            received: ["a", "b", "c"],
            statuses: ["queued", "queued"],
            fates: ["delivered", "delivered"],
            last: "delivered",
            code: 1000,
          },
        });
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});
