// What one person, and one connection, may do: told when to go on, and cut off only where nobody reads what they are told.
import { connect } from "@ws/client";
import { SUBPROTOCOL } from "@ws/rooms/client";
import { describe, expect, it } from "vitest";
import { LimitsByKey } from "../src/server/limits-by-key.ts";
import { fileUrl } from "../src/shared/files.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { createLogs, startNode } from "./support/nodes.ts";
import { sendFile } from "./support/send-file.ts";
import { arrive, dial, wsUrl } from "./support/visitor.ts";
import { randomBytes } from "node:crypto";

describe("messages", () => {
  it("that come too fast wait for their turn, and the page is told how long", async () => {
    let now = 0;
    const { url } = await startNode({ limitsNow: () => now });
    const ada = await arrive(url, "Ada");
    const { room } = await ada.come(DEFAULT_ROOM);
    ada.client.onEvent("limited", ({ retryAfterMs }) => (now += retryAfterMs));
    const results = Array.from(
      { length: LIMITS.messageBurst + 2 },
      (_, i) => room.publish("message", { text: `${i}` }).result,
    );
    const { what, retryAfterMs } = await ada.limited.next();
    expect(what).toBe("messages");
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual((LIMITS.messageBurst / LIMITS.messagesPerSecond) * 1000);
    for (const result of await Promise.all(results)) expect(result.status).toBe("delivered");
    const { entries } = await room.history();
    expect(entries.map(({ data }) => "text" in data && data.text)).toEqual(
      Array.from({ length: LIMITS.messageBurst + 2 }, (_, i) => `${i}`),
    );
  });

  it("are counted by person, not by tab", async () => {
    const { url } = await startNode({ limitsNow: () => 0 });
    const ada = await arrive(url, "Ada");
    const tab = await dial(url, ada.cookie);
    const [one, two] = [await ada.come(DEFAULT_ROOM), await tab.come(DEFAULT_ROOM)];
    for (let i = 0; i < LIMITS.messageBurst; i++) await one.say(`${i}`);
    void two.room.publish("message", { text: "one more" });
    expect((await tab.limited.next()).what).toBe("messages");
  });

  it.each([
    ["empty", { text: "" }],
    ["of blanks", { text: " \n " }],
    ["too long", { text: "x".repeat(LIMITS.text + 1) }],
    ["with control characters", { text: "a\u0000b" }],
    ["with a member more", { text: "a", html: "<b>a</b>" }],
    ["with a file that is none", { text: "a", files: [{ room: "chat/x", name: "x", type: "", bytes: 1 }] }],
  ])("that are %s are refused, whatever sends them", async (_what, data) => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const answer = await askRaw(url, ada.cookie, {
      type: "publish",
      id: 1,
      room: DEFAULT_ROOM,
      entries: [{ id: "m", event: "message", data }],
    });
    expect(answer).toMatchObject({ results: [{ code: "INVALID" }] });
  });
});

describe("rooms and files", () => {
  it("that are made too fast are refused, with when to try again", async () => {
    const { url } = await startNode({ limitsNow: () => 0 });
    const ada = await arrive(url, "Ada");
    for (let i = 0; i < LIMITS.roomBurst; i++) {
      await ada.client.request("createRoom", { name: `room-${i}`, isInviteOnly: false });
    }
    const refused = ada.client.request("createRoom", { name: "one-more", isInviteOnly: false });
    await expect(refused).rejects.toMatchObject({ code: "RATE_LIMITED" });
    const { what, retryAfterMs } = await ada.limited.next();
    expect(what).toBe("rooms");
    expect(retryAfterMs).toBeGreaterThan(LIMITS.secondsPerRoom * 500);
  });

  // Coming into rooms that there were not made as many as one liked, thirty a second, and pushed those of others out of the list.
  it("that are made by coming into them are counted as well: beyond the limit they are not listed", async () => {
    const [log] = createLogs(1);
    const { url } = await startNode({ limitsNow: () => 0, log: log! });
    const ada = await arrive(url, "Ada");
    for (let i = 0; i < LIMITS.roomBurst + 5; i++) {
      const { room } = await ada.come(`chat/flood-${i}`);
      await room.history();
      room.leave();
    }
    const bob = await arrive(url, "Bob");
    await bob.come(DEFAULT_ROOM);
    const opened = async (): Promise<readonly string[]> => {
      const { entries } = await log!.read("directory", { after: 0, limit: 100 });
      return entries.map(({ data }) => Buffer.from(data).toString());
    };
    await expect.poll(opened).toContainEqual(expect.stringContaining(DEFAULT_ROOM));
    expect((await opened()).filter((entry) => entry.includes("chat/flood-")).length).toBe(LIMITS.roomBurst);
  });

  it("that are sent too fast wait for their turn", async () => {
    let now = 0;
    const { url } = await startNode({ maxFileBytes: 100_000, limitsNow: () => now });
    const ada = await arrive(url, "Ada");
    const file = { name: "x", type: "" };
    const sending = Array.from({ length: 3 }, () => sendFile(ada, randomBytes(100_000), file));
    const { what, retryAfterMs } = await ada.limited.next();
    expect(what).toBe("files");
    expect(retryAfterMs).toBeGreaterThan(0);
    now += 1000;
    for (const { end } of await Promise.all(sending)) expect(end.status).toBe("delivered");
  });
});

// Each person could send two mebibytes a second for as long as they liked, and be as many people as they liked, until the disk was full.
describe("files of a day", () => {
  it("are bounded for everybody together, and more are refused for good", async () => {
    let now = 0;
    const { url } = await startNode({ maxFileBytesPerDay: 150_000, limitsNow: () => now });
    const [ada, bob] = [await arrive(url, "Ada"), await arrive(url, "Bob")];
    const file = { name: "x", type: "" };
    expect((await sendFile(ada, randomBytes(100_000), file)).end.status).toBe("delivered");
    const refused = await sendFile(bob, randomBytes(100_000), file);
    const answer = await fetch(url + fileUrl(refused.card), { headers: { Cookie: bob.cookie } });
    expect(answer.ok && (await answer.arrayBuffer().catch(() => undefined)) !== undefined).toBe(false);
    await (await bob.come(DEFAULT_ROOM)).say("still here");
    now += 24 * 60 * 60 * 1000;
    expect((await sendFile(bob, randomBytes(100_000), file)).end.status).toBe("delivered");
  });
});

describe("a connection", () => {
  it("is closed where it floods, and the others do not notice", async () => {
    const { url } = await startNode();
    const [ada, eve] = [await arrive(url, "Ada"), await arrive(url, "Eve")];
    const flood = await connect(wsUrl(url), { protocols: SUBPROTOCOL, headers: { Cookie: eve.cookie } });
    flood.on("message", () => {});
    for (let i = 0; i < 5000; i++)
      flood.send(JSON.stringify({ type: "history", id: i + 1, room: "chat/x", limit: 1 }));
    expect(await flood.closed).toMatchObject({ code: 1008 });
    await (await ada.come(DEFAULT_ROOM)).say("still here");
  });

  it("is closed where it sends what is too large", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const large = await connect(wsUrl(url), { protocols: SUBPROTOCOL, headers: { Cookie: ada.cookie } });
    large.send(new Uint8Array(256 * 1024 + 1));
    expect(await large.closed).toMatchObject({ code: 1009 });
  });

  it("is refused where there are too many from one address", async () => {
    const { url } = await startNode({ maxConnectionsPerAddress: 2 });
    const ada = await arrive(url, "Ada");
    await (await dial(url, ada.cookie)).hello.next();
    await expect(dial(url, ada.cookie)).rejects.toThrow("429");
  });

  it.each(["{", '{"type":"publish"}', '{"type":"publish","__proto__":{}}', "[]", "null"])(
    "is closed where it does not speak the protocol: %s",
    async (text) => {
      const { url } = await startNode();
      const ada = await arrive(url, "Ada");
      const raw = await connect(wsUrl(url), { protocols: SUBPROTOCOL, headers: { Cookie: ada.cookie } });
      raw.send(text);
      expect(await raw.closed).toMatchObject({ code: 1008, reason: "MALFORMED" });
    },
  );
});

describe("LimitsByKey", () => {
  it("fills up with time, for each key and each thing by itself", () => {
    let now = 0;
    const limits = new LimitsByKey(
      { a: { burst: 2, perSecond: 1 }, b: { burst: 1, perSecond: 1 } },
      () => now,
    );
    expect([limits.take("x", "a"), limits.take("x", "a"), limits.take("x", "a")]).toEqual([0, 0, 1000]);
    expect([limits.take("y", "a"), limits.take("x", "b")]).toEqual([0, 0]);
    now += 1000;
    expect([limits.take("x", "a"), limits.take("x", "a")]).toEqual([0, 1000]);
  });

  it("forgets the oldest of many keys first, never the newest", () => {
    const limits = new LimitsByKey({ a: { burst: 1, perSecond: 1 } }, () => 0);
    for (let i = 0; i < 10_000; i++) limits.take(`${i}`, "a");
    expect(limits.take("9999", "a")).toBe(1000);
    limits.take("one more", "a");
    expect(limits.take("one more", "a")).toBe(1000);
    expect(limits.take("9999", "a")).toBe(1000);
    expect(limits.take("0", "a")).toBe(0);
  });
});

/** Says one thing as no page of ours would, and hears what becomes of it. */
async function askRaw(
  url: string,
  cookie: string,
  message: { readonly id: number; readonly [member: string]: unknown },
): Promise<unknown> {
  const connection = await connect(wsUrl(url), { protocols: SUBPROTOCOL, headers: { Cookie: cookie } });
  connection.send(JSON.stringify(message));
  for await (const data of connection) {
    const answer = JSON.parse(String(data)) as { readonly re?: number };
    if (answer.re !== message.id) continue;
    await connection.close();
    return answer;
  }
  throw new Error("The connection ended without an answer");
}
