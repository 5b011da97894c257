import { expect, it, onTestFinished } from "vitest";
import { connect, type Connection, ReconnectingConnection } from "@ws/client";
import { runProgram, startExample } from "example-support/example-process";

interface Member {
  readonly connection: Connection;
  readonly messages: AsyncIterator<unknown>;
  /** Of the worker that it is with. */
  readonly pid: number;
}

const pidIn = (greeting: unknown): number => Number(/worker (\d+)/.exec(String(greeting))![1]);

async function join(url: string): Promise<Member> {
  const connection = await connect(`${url}/lobby`);
  const messages = connection[Symbol.asyncIterator]();
  return { connection, messages, pid: pidIn((await messages.next()).value) };
}

/** Members with different workers: new connections go to each in turn. */
async function joinBoth(url: string): Promise<readonly [Member, Member]> {
  const first = await join(url);
  for (;;) {
    const second = await join(url);
    if (second.pid !== first.pid) return [first, second];
    await second.connection.close();
  }
}

it("has rooms that reach over all workers", async () => {
  const { url } = await startExample({ WORKERS: "2" });
  const [ann, ben] = await joinBoth(url);
  ann.connection.send("from worker to worker");
  expect((await ben.messages.next()).value).toBe("from worker to worker");
  ben.connection.send("and back");
  expect((await ann.messages.next()).value).toBe("and back");
});

it("replaces a worker that dies, whose members come back", async () => {
  const { url } = await startExample({ WORKERS: "2" });
  const client = new ReconnectingConnection({ connect, url: `${url}/lobby`, baseDelayMs: 10 });
  onTestFinished(() => void client.close());
  const messages = client[Symbol.asyncIterator]();
  const victim = pidIn((await messages.next()).value);
  process.kill(victim, "SIGKILL");
  expect(pidIn((await messages.next()).value)).not.toBe(victim);

  const [ann, ben] = await joinBoth(url);
  ann.connection.send("still one room");
  expect((await ben.messages.next()).value).toBe("still one room");
  expect((await messages.next()).value).toBe("still one room");
});

it("gives up where workers cannot even begin", async () => {
  const { url } = await startExample({ WORKERS: "1" });
  const second = runProgram("main.js", [], { WORKERS: "2", PORT: new URL(url).port });
  expect(await second.ended).toBe(1);
  await second.says(/EADDRINUSE/);
});

it("replaces all workers on SIGHUP, and ends by itself on SIGTERM", async () => {
  const { url, child, ended, says } = await startExample({ WORKERS: "2" });
  const before = await joinBoth(url);
  child.kill("SIGHUP");
  for (const { connection } of before)
    expect(await connection.closed).toMatchObject({ code: 1012, wasClean: true });
  await says(/All workers are new/);
  const after = await joinBoth(url);
  expect(after.map(({ pid }) => before.some((old) => old.pid === pid))).toEqual([false, false]);

  child.kill("SIGTERM");
  for (const { connection } of after)
    expect(await connection.closed).toMatchObject({ code: 1012, wasClean: true });
  expect(await ended).toBe(0);
});
