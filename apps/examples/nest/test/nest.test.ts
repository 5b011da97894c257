import { expect, it } from "vitest";
import { connect, type Connection } from "@ws/client";
import { startExample } from "example-support/example-process";

async function enter(url: string): Promise<{ connection: Connection; next: () => Promise<unknown> }> {
  const connection = await connect(`${url}/events`);
  const messages = connection[Symbol.asyncIterator]();
  return { connection, next: async () => JSON.parse(String((await messages.next()).value)) as unknown };
}

const say = ({ connection }: { connection: Connection }, event: string, data: unknown): void =>
  void connection.send(JSON.stringify({ event, data }));

it("carries what a gateway is told, answers, and streams", async () => {
  const { url } = await startExample();
  const [ann, ben] = await Promise.all([enter(url), enter(url)]);
  say(ann, "say", "hello");
  expect(await ben.next()).toEqual({ event: "message", data: "hello" });
  expect(await ann.next()).toEqual({ event: "said", data: { told: 1 } });

  say(ann, "count", 3);
  for (const data of [1, 2, 3]) expect(await ann.next()).toEqual({ event: "count", data });
});

it("lets a controller tell everybody, on the same port", async () => {
  const { httpUrl, url } = await startExample();
  const [ann, ben] = await Promise.all([enter(url), enter(url)]);
  const response = await fetch(`${httpUrl}/announcements`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text: "tea is ready" }),
  });
  expect(await response.json()).toEqual({ told: 2 });
  for (const { next } of [ann, ben]) expect(await next()).toEqual({ event: "message", data: "tea is ready" });
});

it("tells what went wrong to who asked, and throws out who talks nonsense", async () => {
  const { url } = await startExample();
  const [ann, ben] = await Promise.all([enter(url), enter(url)]);
  say(ann, "say", 42);
  expect(await ann.next()).toEqual({ event: "exception", data: "Say a text" });
  ben.connection.send("nonsense");
  expect(await ben.connection.closed).toMatchObject({ code: 1008 });
  say(ann, "say", "still here");
  expect(await ann.next()).toMatchObject({ event: "said" });
});

it("says goodbye when the application closes", async () => {
  const { url, child, ended } = await startExample();
  const { connection } = await enter(url);
  child.kill("SIGTERM");
  expect(await connection.closed).toMatchObject({ code: 1001, wasClean: true });
  // When all hooks have run Nest ends the process by the signal that it was sent.
  expect(await ended).toBe("SIGTERM");
});
