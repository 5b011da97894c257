import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { addressOf, type ChatProcess, runChat } from "./support/chat-process.ts";
import { openSilently } from "./support/silent-peer.ts";
import { arrive, roam } from "./support/visitor.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chat-process-"));
});
afterAll(() => rm(folder, { recursive: true }));

function runWith(environment: Record<string, string>): ChatProcess {
  return runChat({ DATA_DIR: folder, ...environment });
}

async function occupy(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port);
  try {
    await once(server, "listening");
    return server;
  } catch {
    // Somebody else has it: taken is taken.
    return undefined;
  }
}

describe("the process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("says where it is, and ends with 0 on %s", async (signal) => {
    const chat = runWith({ PORT: "0" });
    const { child, exit } = chat;
    const output = await chat.says(/\n/);
    expect(output).toMatch(/^Chat is open at http:\/\/localhost:\d+\n$/);
    const url = await addressOf(chat);
    const ada = await arrive(url, "Ada");

    child.kill(signal);
    child.kill(signal);
    expect((await ada.closed).code).toBe(1001);
    expect(await exit).toMatchObject({ code: 0 });
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("ends within its deadline although a peer does not answer", async () => {
    const chat = runWith({ PORT: "0", SHUTDOWN_DEADLINE_MS: "200" });
    const { child, exit } = chat;
    const url = await addressOf(chat);
    const ada = await arrive(url, "Ada");
    await openSilently(url, ada.cookie);
    child.kill("SIGTERM");
    expect(await exit).toMatchObject({ code: 0 });
  });

  it("keeps what was delivered through kill -9, and everybody their session", async () => {
    const dataFolder = join(folder, "kept");
    const first = runWith({ PORT: "0", DATA_DIR: dataFolder });
    const url = await addressOf(first);
    const ada = await arrive(url, "Ada");
    await (await ada.come(DEFAULT_ROOM)).say("on the disk");
    first.child.kill("SIGKILL");
    await first.exit;

    const second = runWith({ PORT: "0", DATA_DIR: dataFolder });
    const again = roam([await addressOf(second)], ada.cookie);
    expect((await again.hello.next()).you).toEqual(ada.person);
    const { room } = await again.come(DEFAULT_ROOM);
    expect((await room.history()).entries).toMatchObject([{ data: { text: "on the disk" } }]);
    second.child.kill("SIGTERM");
    expect(await second.exit).toMatchObject({ code: 0 });
  });

  it("does not start twice on the same data", async () => {
    const dataFolder = join(folder, "once");
    const first = runWith({ PORT: "0", DATA_DIR: dataFolder });
    await first.says(/\n/);
    const { code, output } = await runWith({ PORT: "0", DATA_DIR: dataFolder }).exit;
    expect(code).toBe(1);
    expect(output).toMatch(/^Cannot start the chat: .*chat\.db/);
    first.child.kill("SIGTERM");
    await first.exit;
  });

  it("logs lines of JSON beside what it says to people", async () => {
    const { child, says, exit } = runWith({ PORT: "0", LOG_LEVEL: "info", DATA_DIR: join(folder, "logged") });
    await says(/"msg":"open"/);
    child.kill("SIGTERM");
    const { output } = await exit;
    const lines = output.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["open", "stopped"]);
  });

  it("takes the next free port when nobody chose one, and says so", async () => {
    const blocker = await occupy(3000);
    const { child, says, exit } = runWith({});
    const output = await says(/\n/);
    expect(output).toMatch(/^Chat is open at http:\/\/localhost:30(?:0[1-9]|1\d) \(port 3000 is taken\)\n$/);
    child.kill("SIGTERM");
    await exit;
    blocker?.close();
  });

  it("does not start on a port that was chosen and is taken", async () => {
    const blocker = await occupy(0);
    const { port } = (blocker as Server).address() as AddressInfo;
    const { code, output } = await runWith({ PORT: String(port) }).exit;
    expect(code).toBe(1);
    expect(output).toBe(`Cannot start the chat: port ${port} is taken\n`);
    blocker?.close();
  });

  it("does not start with a setting that makes no sense", async () => {
    const { code, output } = await runWith({ PORT: "web", GRACE_MS: "long" }).exit;
    expect(code).toBe(1);
    expect(output).toContain('PORT is "web", but must be a whole number from 0 to 65535');
    expect(output).toContain('GRACE_MS is "long"');
    expect(output).not.toContain("    at ");
  });
});
