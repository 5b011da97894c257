// Vite's hot updates. Vite has `ws` within itself, where nobody can replace it: its server is the real one, and what
// listens to it here is the client of this package, over the subprotocol that Vite asks for.
import { once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "vite";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

it("Vite › updates are heard", async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "vite-")));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, "index.html"), "<script type=module src=/main.js></script>");
  await writeFile(join(root, "main.js"), "import.meta.hot.accept(); console.log(1);");
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: "silent",
    server: { host: "127.0.0.1", port: 0, strictPort: false },
    optimizeDeps: { noDiscovery: true },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  const { port } = vite.httpServer!.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/main.js`)).text();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=${vite.config.webSocketToken}`, "vite-hmr");
  const messages: { type: string; updates?: { path: string }[] }[] = [];
  socket.on("message", (data) => messages.push(JSON.parse((data as Buffer).toString()) as never));
  await once(socket, "open");
  expect(socket.protocol).toBe("vite-hmr");
  await expect.poll(() => messages[0]?.type).toBe("connected");
  await writeFile(join(root, "main.js"), "import.meta.hot.accept(); console.log(2);");
  await expect.poll(() => messages.at(-1)?.updates?.[0]?.path, { timeout: 10_000 }).toBe("/main.js");
  const closed = once(socket, "close");
  socket.close();
  await closed;
});
