// Two processes on a real engine, one of which is killed while people talk.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readConfig } from "../src/server/config.ts";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { addressOf, runChat } from "./support/chat-process.ts";
import { nats, redis } from "./support/engine-servers.ts";
import { SECRET, startNode } from "./support/nodes.ts";
import { sendFile } from "./support/send-file.ts";
import { arrive, dial, enter, roam } from "./support/visitor.ts";

describe.each([redis, nats])("two nodes over $name", ({ isThere, prepare }) => {
  it.skipIf(!isThere)(
    "lose no delivered message when one of them is killed under load",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "chat-nodes-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      const engine = await prepare();
      await engine.start();
      const environment = { PORT: "0", SESSION_SECRET: SECRET, DATA_DIR: folder, ...engine.environment };
      const [first, second] = [runChat(environment), runChat(environment)];
      const [here, there] = await Promise.all([addressOf(first), addressOf(second)]);

      const ben = await arrive(there, "Ben");
      const his = await ben.come(DEFAULT_ROOM);
      const { cookie } = await enter(here, "Ada");
      expect((await enter(there, "Ada")).status).toBe(409);
      const ada = roam([here, there], cookie);
      const hers = await ada.come(DEFAULT_ROOM);

      // Fewer than make the server slow her down.
      const texts = Array.from({ length: 15 }, (_, i) => `message ${i}`);
      const results = texts.slice(0, 10).map((text) => hers.room.publish("message", { text }).result);
      await results[0];
      first.child.kill("SIGKILL");
      results.push(...texts.slice(10).map((text) => hers.room.publish("message", { text }).result));
      for (const result of await Promise.all(results)) expect(result.status).toBe("delivered");

      const heard: string[] = [];
      while (heard.length < texts.length) heard.push((await his.messages.next()).text);
      expect(heard).toEqual(texts);
      const { entries } = await his.room.history();
      expect(entries.map(({ data }) => "text" in data && data.text)).toEqual(texts);
      await expect.poll(() => hers.messages.waiting.map(({ text }) => text)).toEqual(texts);

      const { card, end } = await sendFile(ben, new Uint8Array(200_000).fill(7), {
        name: "sevens",
        type: "",
      });
      expect(end.status).toBe("delivered");
      const response = await fetch(`${there}/files/${card.room.slice("file/".length)}`, {
        headers: { Cookie: ben.cookie },
      });
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(200_000).fill(7));
      second.child.kill("SIGTERM");
      expect(await second.exit).toMatchObject({ code: 0 });
    },
    60_000,
  );
});

describe("a node whose Redis is not there yet", () => {
  it.skipIf(!redis.isThere)("says so, and is ready when it is", async () => {
    const { environment, start } = await redis.prepare();
    const { engine } = readConfig(environment);
    const { url } = await startNode({ engine });
    const status = async (path: string): Promise<number> => (await fetch(url + path)).status;
    expect(await Promise.all(["/healthz", "/readyz", "/api/session"].map(status))).toEqual([200, 503, 503]);
    expect(await enter(url, "Ada")).toMatchObject({ status: 503, body: { error: "unavailable" } });
    const early = await dial(url, "chat_session=x");
    expect(await early.closed).toMatchObject({ code: 1013, reason: "NOT_READY" });

    await start();
    await expect.poll(() => status("/readyz"), { timeout: 10_000 }).toBe(200);
    const ada = await arrive(url, "Ada");
    await (await ada.come(DEFAULT_ROOM)).say("at last");
  });
});
