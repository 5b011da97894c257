import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { arrive } from "./support/peer.ts";

const main = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Run {
  readonly child: ChildProcess;
  /** Resolves with what it printed once that matches. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly exit: Promise<{ readonly code: number | null; readonly output: string }>;
}

function run(environment: Record<string, string>): Run {
  const { PORT: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [main], { env: { ...inherited, ...environment } });
  children.push(child);
  let output = "";
  const read = (text: string): void => {
    output += text;
    child.emit("output");
  };
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", read);
  return {
    child,
    says: async (pattern) => {
      while (!pattern.test(output)) await once(child, "output");
      return output;
    },
    exit: once(child, "close").then(([code]) => ({ code: code as number | null, output })),
  };
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
    const { child, says, exit } = run({ PORT: "0" });
    const output = await says(/\n/);
    expect(output).toMatch(/^Chat is open at http:\/\/localhost:\d+\n$/);
    const url = output.trim().replace("Chat is open at ", "");
    const ada = await arrive(url, "Ada");

    child.kill(signal);
    child.kill(signal);
    expect((await ada.closed).code).toBe(1001);
    expect(await exit).toMatchObject({ code: 0 });
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  it("ends within its deadline although a peer does not answer", async () => {
    const { child, says, exit } = run({ PORT: "0", SHUTDOWN_DEADLINE_MS: "200" });
    const url = (await says(/\n/)).trim().replace("Chat is open at ", "");
    const ada = await arrive(url, "Ada");
    ada.connection.pause();
    child.kill("SIGTERM");
    expect(await exit).toMatchObject({ code: 0 });
  });

  it("takes the next free port when nobody chose one, and says so", async () => {
    const blocker = await occupy(3000);
    const { child, says, exit } = run({});
    const output = await says(/\n/);
    expect(output).toMatch(/^Chat is open at http:\/\/localhost:30(?:0[1-9]|1\d) \(port 3000 is taken\)\n$/);
    child.kill("SIGTERM");
    await exit;
    blocker?.close();
  });

  it("does not start on a port that was chosen and is taken", async () => {
    const blocker = await occupy(0);
    const { port } = (blocker as Server).address() as AddressInfo;
    const { code, output } = await run({ PORT: String(port) }).exit;
    expect(code).toBe(1);
    expect(output).toBe(`Cannot start the chat: port ${port} is taken\n`);
    blocker?.close();
  });

  it("does not start with a setting that makes no sense", async () => {
    const { code, output } = await run({ PORT: "web", GRACE_MS: "long" }).exit;
    expect(code).toBe(1);
    expect(output).toContain('PORT is "web", but must be a whole number from 0 to 65535');
    expect(output).toContain('GRACE_MS is "long"');
    expect(output).not.toContain("    at ");
  });
});
