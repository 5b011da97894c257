import { expect, it } from "vitest";
import { type Program, runProgram, startExample } from "example-support/example-process";
import { hasRedis, startRedis } from "./redis-server.ts";

async function talk(name: string, ...urls: readonly string[]): Promise<Program> {
  const person = runProgram("talk.js", [name, ...urls]);
  await person.says(/\(here\)/);
  return person;
}

it.skipIf(!hasRedis)("goes on when a node is killed, and misses nothing", async () => {
  const REDIS_URL = await startRedis();
  const [one, two] = await Promise.all([startExample({ REDIS_URL }), startExample({ REDIS_URL })]);
  const ann = await talk("Ann", one.url, two.url);
  const ben = await talk("Ben", one.url);
  const cat = await talk("Cat", two.url);
  ann.child.stdin.write("from node to node\n");
  await Promise.all([ann, ben, cat].map(({ says }) => says(/Ann: from node to node/)));

  one.child.kill("SIGKILL");
  await ben.says(/the connection broke/);
  // Ann goes on at the other node. Ben knows no other one, so he cannot hear this now.
  ann.child.stdin.write("one is gone\n");
  await cat.says(/Ann: one is gone/);

  await startExample({ REDIS_URL, PORT: new URL(one.url).port });
  await ben.says(/told 1 that were missed/);
  cat.child.stdin.write("and back again\n");
  await Promise.all([ann, ben, cat].map(({ says }) => says(/Cat: and back again/)));
  for (const person of [ann, ben, cat]) {
    const [everything] = await person.says(/[^]*/);
    const texts = everything.split("\n").filter((line) => /^\w+: /.test(line));
    expect(texts).toEqual(["Ann: from node to node", "Ann: one is gone", "Cat: and back again"]);
    expect(everything).not.toContain("for good");
  }

  // One that is told to end sends people elsewhere, and ends by itself.
  two.child.kill("SIGTERM");
  expect(await two.ended).toBe(0);
  ann.child.stdin.write("moved again\n");
  await ben.says(/Ann: moved again/);
});
