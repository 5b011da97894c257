// Two nodes of the chat over a Redis of their own, behind one address; whoever runs it kills one of them while they talk.
// Needs redis-server, and the app built. `pnpm two-nodes` in the root of the repository builds it first.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const REDIS = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"].find(
  existsSync,
);
const main = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));

if (REDIS === undefined) {
  console.error("Cannot show two nodes: there is no redis-server on this machine");
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "chat-two-nodes-"));
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(0));

const redisPort = await freePort();
start(REDIS, [
  "--port",
  redisPort,
  "--bind",
  "127.0.0.1",
  "--dir",
  folder,
  "--save",
  "",
  "--appendonly",
  "yes",
]);

const environment = {
  ...process.env,
  HOST: "127.0.0.1",
  DATA_DIR: folder,
  SESSION_SECRET: randomBytes(32).toString("hex"),
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  INSPECTOR: "own",
  LOG_LEVEL: "error",
};
const nodes = [];
for (const name of ["1", "2"])
  nodes.push({ name, port: Number(await freePort()), child: undefined, isOpen: false });
await Promise.all(nodes.map(startNode));

// In front of them: each connection to the node that has fewest.
const front = createServer({ allowHalfOpen: true }, (client) => forward(client));
front.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
await once(front, "listening");
console.log(`Chat is open at http://localhost:${front.address().port}, on two nodes`);
console.log(
  "Type 1 or 2 to kill that node with -9, and again to start it. The page says on which it goes on.",
);

for await (const line of createInterface({ input: process.stdin })) {
  const node = nodes.find(({ name }) => name === line.trim());
  if (node === undefined) continue;
  if (node.child === undefined) {
    await startNode(node);
    console.log(`Node ${node.name} is there again`);
  } else {
    const ended = once(node.child, "exit");
    node.child.kill("SIGKILL");
    await ended;
    console.log(`Node ${node.name} was killed`);
  }
}

async function startNode(node) {
  node.child = start(process.execPath, [main], { ...environment, PORT: String(node.port) }, [
    "ignore",
    "pipe",
    "inherit",
  ]);
  node.connections = 0;
  node.child.once("exit", () => {
    node.child = undefined;
    node.isOpen = false;
  });
  await Promise.race([once(node.child.stdout, "data"), once(node.child, "exit")]);
  node.isOpen = node.child !== undefined;
  if (!node.isOpen) process.exit(1);
}

function start(program, args, env = process.env, stdio = "ignore") {
  const child = spawn(program, args, { env, stdio });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

function forward(client) {
  const [node] = nodes.filter(({ isOpen }) => isOpen).toSorted((a, b) => a.connections - b.connections);
  client.on("error", () => client.destroy());
  if (node === undefined) {
    client.destroy();
    return;
  }
  node.connections++;
  const server = connect({ port: node.port, host: "127.0.0.1", allowHalfOpen: true });
  server.on("error", () => client.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => {
    node.connections--;
    client.destroy();
  });
  client.pipe(server).pipe(client);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return String(port);
}
