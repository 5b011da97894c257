import { expect, it, onTestFinished } from "vitest";
import { connect } from "@ws/client";
import { RoomClient, type RoomError, SUBPROTOCOL } from "@ws/rooms/client";
import { type Example, startExample } from "example-support/example-process";
import { protocol } from "../src/protocol.ts";

const RED = "team/red";

async function logIn({ httpUrl }: Example, name: string): Promise<string> {
  const response = await fetch(`${httpUrl}/login/${name}`, { method: "POST" });
  return response.headers.get("set-cookie")!.split(";")[0]!;
}

async function enter(example: Example, name: string): Promise<RoomClient<typeof protocol.definition>> {
  const headers = { Cookie: await logIn(example, name) };
  const client = new RoomClient(protocol, await connect(example.url, { protocols: SUBPROTOCOL, headers }));
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
  const cookies = { ann: await logIn(example, "ann"), ben: await logIn(example, "ben") };
  const setRole = async (who: "ann" | "ben", role: string): Promise<number> => {
    const headers = { Cookie: cookies[who] };
    const { status } = await fetch(`${example.httpUrl}/role/ben/${RED}/${role}`, { method: "POST", headers });
    return status;
  };
  const ben = await enter(example, "ben");
  const room = ben.join(RED);
  await room.joined;
  expect(await setRole("ben", "writer")).toBe(403);
  expect(await setRole("ann", "emperor")).toBe(404);
  expect(await setRole("ann", "writer")).toBe(200);
  expect(await room.publish("message", { text: "now I may" }).result).toMatchObject({ status: "delivered" });

  const left = new Promise((resolve) => {
    room.observe((change) => change.type === "left" && resolve(change.error?.code));
  });
  expect(await setRole("ann", "none")).toBe(200);
  expect(await left).toBe("JOIN_FORBIDDEN");
  expect(await codeOf(ben.join(RED).joined)).toBe("JOIN_FORBIDDEN");
});
