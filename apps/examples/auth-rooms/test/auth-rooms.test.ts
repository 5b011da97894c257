import { expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { RoomClient, type RoomError, SUBPROTOCOL } from "@ws/rooms/client";
import { type Example, startExample } from "example-support/example-process";
import { protocol } from "../src/protocol.ts";

const RED = "team/red";

async function enter(
  { httpUrl, url }: Example,
  name: string,
): Promise<RoomClient<typeof protocol.definition>> {
  const response = await fetch(`${httpUrl}/login/${name}`, { method: "POST" });
  const Cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  const client = new RoomClient(
    protocol,
    await connect(url, { protocols: SUBPROTOCOL, headers: { Cookie } }),
  );
  onTestFinished(() => client.close());
  return client;
}

const codeOf = (doing: Promise<unknown>): Promise<unknown> =>
  doing.then(
    () => "allowed",
    (error: RoomError) => error.code,
  );

it("refuses who has not logged in before there is a connection", async () => {
  const { url } = await startExample();
  const Cookie = "session=00000000000000000000000000000000";
  for (const headers of [{}, { Cookie }]) {
    const attempt = connect(url, { protocols: SUBPROTOCOL, headers });
    await expect(attempt).rejects.toMatchObject({ response: { status: 401 } });
  }
});

it("lets writers write, readers read, and everybody else do nothing", async () => {
  const example = await startExample();
  const [ann, ben, cat] = await Promise.all(["ann", "ben", "cat"].map((name) => enter(example, name)));
  const [hers, his, theirs] = [ann!, ben!, cat!].map((client) => client.join(RED));
  const heard = new Promise((resolve) => {
    his!.on("message", ({ text }, { from }) => resolve(`${from}: ${text}`));
  });
  expect(await codeOf(hers!.joined)).toBe("allowed");
  expect(await codeOf(his!.joined)).toBe("allowed");
  expect(await codeOf(theirs!.joined)).toBe("JOIN_FORBIDDEN");
  expect(await codeOf(ann!.join("team/blue").joined)).toBe("JOIN_FORBIDDEN");

  expect(await hers!.publish("message", { text: "hello" }).result).toMatchObject({ status: "delivered" });
  expect(await heard).toBe("ann: hello");
  expect(await his!.publish("message", { text: "me too" }).result).toMatchObject({
    status: "failed",
    error: { code: "PUBLISH_FORBIDDEN" },
  });
  const { entries } = await his!.history();
  expect(entries.map(({ data }) => data)).toEqual([{ text: "hello" }]);
});

it("takes a right away, and gives one, while people are there", async () => {
  const example = await startExample();
  const ben = await enter(example, "ben");
  const room = ben.join(RED);
  await room.joined;
  await fetch(`${example.httpUrl}/role/ben/${RED}/writer`, { method: "POST" });
  expect(await room.publish("message", { text: "now I may" }).result).toMatchObject({ status: "delivered" });

  const left = new Promise((resolve) => {
    room.observe((change) => change.type === "left" && resolve(change.error?.code));
  });
  await fetch(`${example.httpUrl}/role/ben/${RED}/none`, { method: "POST" });
  expect(await left).toBe("JOIN_FORBIDDEN");
  expect(await codeOf(ben.join(RED).joined)).toBe("JOIN_FORBIDDEN");
});
