// Several nodes: what is said on one is heard on the other, and one that ends loses nothing of what was delivered.
import { describe, expect, it } from "vitest";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { personId } from "../src/shared/person.ts";
import { createLogs, startNode, startNodes } from "./support/nodes.ts";
import { askHalf, openSilently } from "./support/silent-peer.ts";
import { arrive, dial, enter, roam } from "./support/visitor.ts";

describe("two nodes", () => {
  it("are one chat: messages, people and the list of rooms are the same on both", async () => {
    const [here, there] = await startNodes(2);
    const [ada, ben] = [await arrive(here!.url, "Ada"), await arrive(there!.url, "Ben")];
    const changes: unknown[] = [];
    const directory = ben.client.join("directory");
    directory.on("rooms", ({ changed }) => changes.push(...changed));
    await directory.joined;

    const [hers, his] = [await ada.come("chat/tea"), await ben.come("chat/tea")];
    await hers.say("from here");
    await his.say("from there");
    expect((await his.hear("from here")).position).toMatchObject({ seq: 1 });
    expect((await hers.hear("from there")).position).toMatchObject({ seq: 2 });
    const everybody = [ada, ben].map(({ person }) => personId(person)).toSorted();
    await expect.poll(() => [...his.room.people.keys()].toSorted()).toEqual(everybody);
    await expect.poll(() => changes).toContainEqual({ room: "chat/tea", members: 2 });
    await expect
      .poll(() => ben.client.request("listRooms", {}))
      .toEqual({ rooms: [{ room: "chat/tea", members: 2 }] });
  });

  it("lose nothing when one is stopped: its clients go to the other, and are told what they missed", async () => {
    const [here, there] = await startNodes(2);
    const ben = await arrive(there!.url, "Ben");
    const his = await ben.come(DEFAULT_ROOM);
    const { cookie } = await enter(here!.url, "Ada");
    const ada = roam([here!.url, there!.url], cookie);
    const hers = await ada.come(DEFAULT_ROOM);

    const sent: string[] = [];
    const results: Promise<{ readonly status: string }>[] = [];
    const say = (): void => {
      const text = `message ${sent.length}`;
      sent.push(text);
      results.push(hers.room.publish("message", { text }).result);
    };
    for (let i = 0; i < 5; i++) say();
    const stopped = here!.stop();
    for (let i = 0; i < 5; i++) say();
    await stopped;
    for (let i = 0; i < 5; i++) say();
    expect((await Promise.all(results)).map(({ status }) => status)).toEqual(sent.map(() => "delivered"));

    const heard: string[] = [];
    while (heard.length < sent.length) heard.push((await his.messages.next()).text);
    expect(heard).toEqual(sent);
    await expect.poll(() => hers.messages.waiting.map(({ text }) => text)).toEqual(sent);
    expect(his.messages.waiting).toEqual([]);
  });

  it("tell clients to come back, and proxies to send nobody more, while one stops", async () => {
    const server = await startNode({ shutdownDeadlineMs: 1000 });
    const ada = await arrive(server.url, "Ada");
    // It does not answer the close, and is cut off at the deadline.
    await openSilently(server.url, ada.cookie);
    const ready = async (): Promise<number> => (await fetch(`${server.url}/readyz`)).status;
    expect(await ready()).toBe(200);
    const stopped = server.stop();
    expect(await ada.closed).toMatchObject({ code: 1001 });
    expect(await ready()).toBe(503);
    await expect(dial(server.url, ada.cookie)).rejects.toThrow("503");
    await stopped;
    await expect(ready()).rejects.toThrow("fetch failed");
  });

  // Whoever came back while the last connection ended was now and then told 404, and a program that is told so gives up for good.
  it("tell handshakes to come back that are whole only when nobody is connected any more", async () => {
    const server = await startNode({ inspector: "own", hasLab: true });
    const ada = await arrive(server.url, "Ada");
    const askRest = await askHalf(server.url, ada.cookie);
    const stopped = server.stop();
    expect(await ada.closed).toMatchObject({ code: 1001 });
    // The WebSockets are gone before it stops listening.
    const isListening = (): Promise<boolean> =>
      fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      );
    await expect.poll(isListening).toBe(false);
    expect(await askRest()).toBe("HTTP/1.1 503 Service Unavailable");
    await stopped;
  });

  it("are missed when they die without a word: their people are gone within the lease and two looks", async () => {
    const [log, other] = createLogs(2, { leaseMs: 300 });
    const [here, there] = [await startNode({ log: log! }), await startNode({ log: other! })];
    const [ada, ben] = [await arrive(here.url, "Ada"), await arrive(there.url, "Ben")];
    await ada.come(DEFAULT_ROOM);
    const his = await ben.come(DEFAULT_ROOM);
    await expect.poll(() => his.room.people.size).toBe(2);
    // What a node that was killed leaves behind: nobody closes anything, its lease is not renewed.
    await log!.close();
    await expect.poll(() => his.room.people.size, { timeout: 15_000 }).toBe(1);
    await expect.poll(async () => (await enter(there.url, "Ada")).status, { interval: 250 }).toBe(200);
  });

  it("find on a node that starts again what was said before", async () => {
    const [log, other] = createLogs(2);
    const here = await startNode({ log: log! });
    const ada = await arrive(here.url, "Ada");
    await (await ada.come("chat/tea")).say("for later");
    await here.stop();
    const later = await startNode({ log: other! });
    const ben = await arrive(later.url, "Ben");
    expect(await ben.client.request("listRooms", {})).toEqual({ rooms: [{ room: "chat/tea", members: 0 }] });
    const his = await ben.come("chat/tea");
    expect((await his.room.history()).entries).toMatchObject([
      { data: { text: "for later" }, from: personId(ada.person) },
    ]);
  });
});
