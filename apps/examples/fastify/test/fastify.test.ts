import { expect, it } from "vitest";
import { connect } from "@ws/client";
import { startExample } from "example-support/example-process";

function tell(roomUrl: string, body: unknown): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(roomUrl, { method: "POST", headers, body: JSON.stringify(body) });
}

it("tells everybody in a room what its route is told, and nobody in another", async () => {
  const { httpUrl, url } = await startExample();
  const [ann, ben, cat] = await Promise.all(
    ["red", "red", "blue"].map((room) => connect(`${url}/rooms/${room}`)),
  );
  const heard = [ann!, ben!, cat!].map((member) => member[Symbol.asyncIterator]());
  expect(await (await fetch(`${httpUrl}/rooms/red`)).json()).toEqual({ members: 2 });
  expect(await (await tell(`${httpUrl}/rooms/red`, { text: "red alert" })).json()).toEqual({ told: 2 });
  expect(await (await tell(`${httpUrl}/rooms/blue`, { text: "all is well" })).json()).toEqual({ told: 1 });
  const texts = await Promise.all(
    heard.map(async (messages) => JSON.parse(String((await messages.next()).value)).text as unknown),
  );
  expect(texts).toEqual(["red alert", "red alert", "all is well"]);
});

it("refuses what is not in the schema, and who talks where one only listens", async () => {
  const { httpUrl, url } = await startExample();
  expect((await tell(`${httpUrl}/rooms/red`, { txt: "?" })).status).toBe(400);
  await expect(connect(`${url}/elsewhere`)).rejects.toMatchObject({ response: { status: 404 } });
  const ann = await connect(`${url}/rooms/red`);
  ann.send("may I?");
  expect(await ann.closed).toMatchObject({ code: 1008, reason: "This is for listening only" });
});

it("says goodbye to everybody when Fastify closes", async () => {
  const { url, child, ended } = await startExample();
  const ann = await connect(`${url}/rooms/red`);
  child.kill("SIGTERM");
  expect(await ann.closed).toMatchObject({ code: 1001, wasClean: true });
  expect(await ended).toBe(0);
});
