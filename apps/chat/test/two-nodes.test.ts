// The demonstration of two nodes, as somebody at a terminal uses it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { redis } from "./support/engine-servers.ts";
import { arrive, roam } from "./support/visitor.ts";

const demo = fileURLToPath(new URL("../demo/two-nodes.mjs", import.meta.url));

it.skipIf(!redis.isThere)(
  "the demonstration of two nodes goes on when either of them is killed, and loses nothing",
  async () => {
    const { PORT: _, ...environment } = process.env;
    const child = spawn(process.execPath, [demo], { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGTERM"));
    let output = "";
    const read = (text: string): void => {
      output += text;
      child.emit("output");
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const found = pattern.exec(output);
        if (found !== null) return found;
        await once(child, "output");
      }
    };
    const [, url] = await says(/Chat is open at (http:\S+),/);
    await says(/Type 1 or 2/);

    const { cookie } = await arrive(url!, "Ada");
    const ada = roam([url!], cookie);
    const hers = await ada.come(DEFAULT_ROOM);
    const texts = ["both", "one is gone", "it is back", "the other is gone"];
    await hers.say(texts[0]!);
    child.stdin.write("1\n");
    await says(/Node 1 was killed/);
    await hers.say(texts[1]!);
    child.stdin.write("1\n");
    await says(/Node 1 is there again/);
    await hers.say(texts[2]!);
    child.stdin.write("2\n");
    await says(/Node 2 was killed/);
    await hers.say(texts[3]!);
    expect((await hers.room.history()).entries.map(({ data }) => "text" in data && data.text)).toEqual(texts);

    const exit = once(child, "exit");
    child.kill("SIGTERM");
    expect((await exit)[0]).toBe(0);
  },
  60_000,
);
