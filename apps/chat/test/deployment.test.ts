// The files of deploy/, as far as they can be tried on one machine.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { SETTINGS } from "../src/server/settings.ts";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { addressOf, type ChatProcess, runChat } from "./support/chat-process.ts";
import { redis } from "./support/engine-servers.ts";
import { SECRET } from "./support/nodes.ts";
import { deployFolder, hasHaproxy, hasNginx, startHaproxy, startNginx } from "./support/proxy.ts";
import { dial, enter, roam } from "./support/visitor.ts";

interface Node extends ChatProcess {
  readonly url: string;
}

/** Two processes over Redis, behind a proxy on this machine. */
async function startNodes(): Promise<readonly [Node, Node]> {
  const folder = await mkdtemp(join(tmpdir(), "chat-deployed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const engine = await redis.prepare();
  await engine.start();
  const start = async (): Promise<Node> => {
    const node = runChat({
      PORT: "0",
      HOST: "127.0.0.1",
      SESSION_SECRET: SECRET,
      TRUSTED_PROXIES: "127.0.0.1",
      DATA_DIR: folder,
      ...engine.environment,
    });
    return { ...node, url: await addressOf(node) };
  };
  return await Promise.all([start(), start()]);
}

async function peopleOn({ url }: Node): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^chat_people (\d+)$/m.exec(text)![1]);
}

describe("two nodes over Redis behind HAProxy", () => {
  it.skipIf(!hasHaproxy || !redis.isThere)(
    "lose no delivered message when the one that somebody types on is killed with -9",
    async () => {
      const nodes = await startNodes();
      const front = await startHaproxy([nodes[0].url, nodes[1].url]);
      const [adas, bens] = [await enter(front, "Ada"), await enter(front, "Ben")];
      const ada = roam([front], adas.cookie);
      await ada.hello.next();
      const hosts = await Promise.all(nodes.map(peopleOn));
      const doomed = nodes[hosts.indexOf(1)]!;

      const ben = roam([front], bens.cookie);
      const [hers, his] = [await ada.come(DEFAULT_ROOM), await ben.come(DEFAULT_ROOM)];
      const texts = Array.from({ length: 18 }, (_, i) => `message ${i}`);
      const results = texts.slice(0, 9).map((text) => hers.room.publish("message", { text }).result);
      await results[0];
      doomed.child.kill("SIGKILL");
      results.push(...texts.slice(9).map((text) => hers.room.publish("message", { text }).result));
      for (const result of await Promise.all(results)) expect(result.status).toBe("delivered");

      for (const heard of [his.messages, hers.messages]) {
        const all: string[] = [];
        while (all.length < texts.length) all.push((await heard.next()).text);
        expect(all).toEqual(texts);
      }
      expect((await his.room.history()).entries.map(({ data }) => "text" in data && data.text)).toEqual(
        texts,
      );
    },
    60_000,
  );
});

describe("nginx", () => {
  it.skipIf(!hasNginx || !redis.isThere)(
    "passes the page, sessions and WebSockets on, with their origin",
    async () => {
      const nodes = await startNodes();
      const front = await startNginx([nodes[0].url, nodes[1].url]);
      const { cookie } = await enter(front, "Ada", { Origin: front });
      const ada = await dial(front, cookie, front);
      expect((await ada.hello.next()).you.name).toBe("Ada");
      await (await ada.come(DEFAULT_ROOM)).say("through nginx");
      await expect(dial(front, cookie, "https://evil.example")).rejects.toThrow("403");
      expect((await fetch(`${front}/metrics`)).status).toBe(403);
    },
    60_000,
  );
});

describe("deploy/", () => {
  it("names no variable that the chat does not know", async () => {
    const others = new Set(["NODE_ENV"]);
    for (const name of await readdir(deployFolder)) {
      const text = await readFile(join(deployFolder, name), "utf8");
      const named = [
        ...text.matchAll(/^ {4}([A-Z][A-Z_]+): /gm),
        ...text.matchAll(/[ =]([A-Z][A-Z_]+)=[\w%/]/g),
      ].map(([, variable]) => variable!);
      expect(named.filter((variable) => !(variable in SETTINGS) && !others.has(variable))).toEqual([]);
      if (/compose|service|Containerfile/.test(name)) expect(named.length).toBeGreaterThan(1);
    }
  });

  it.skipIf(!existsSync("/usr/bin/systemd-analyze"))("has a unit that systemd understands", async () => {
    const run = promisify(execFile)("/usr/bin/systemd-analyze", [
      "verify",
      join(deployFolder, "chat.service"),
    ]);
    const { stderr } = await run;
    expect(stderr.split("\n").filter((line) => line.includes("chat.service"))).toEqual([]);
  });
});
