// What people can do, on one node, over real sockets.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../src/shared/limits.ts";
import { type ChatRoomName, DEFAULT_ROOM, readRoom } from "../src/shared/names.ts";
import { personId } from "../src/shared/person.ts";
import { startNode } from "./support/nodes.ts";
import { arrive, dial, enter, roam, VisitedRoom } from "./support/visitor.ts";

describe("a room", () => {
  it("carries messages with their author, their id and their place", async () => {
    const { url } = await startNode();
    const [ada, ben] = await Promise.all([arrive(url, "Ada"), arrive(url, "Ben")]);
    const [hers, his] = await Promise.all([ada.come(DEFAULT_ROOM), ben.come(DEFAULT_ROOM)]);
    await hers.say("hello,\nBen", "first");
    expect(await his.hear("hello,\nBen")).toMatchObject({
      from: personId(ada.person),
      id: "first",
      position: { seq: 1 },
    });
  });

  it("takes a message that is sent again under its id once", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const room = await ada.come(DEFAULT_ROOM);
    await room.say("once", "same");
    expect(await room.room.publish("message", { text: "once" }, { id: "same" }).result).toMatchObject({
      status: "delivered",
      isDuplicate: true,
    });
    expect((await room.room.history()).entries).toHaveLength(1);
  });

  it("carries edits and removals, with who made them and what they are about", async () => {
    const { url } = await startNode();
    const [ada, eve] = await Promise.all([arrive(url, "Ada"), arrive(url, "Eve")]);
    const [hers, other] = await Promise.all([ada.come(DEFAULT_ROOM), eve.come(DEFAULT_ROOM)]);
    await hers.say("helo", "m");
    await hers.room.publish("edit", { id: "m", text: "hello" }).result;
    // Anybody may claim it: it counts where `from` is the author's, which nobody can claim.
    await other.room.publish("remove", { id: "m" }).result;
    const { entries } = await hers.room.history();
    expect(entries.map(({ event, data, from }) => ({ event, data, from }))).toEqual([
      { event: "message", data: { text: "helo" }, from: personId(ada.person) },
      { event: "edit", data: { id: "m", text: "hello" }, from: personId(ada.person) },
      { event: "remove", data: { id: "m" }, from: personId(eve.person) },
    ]);
  });

  it("can be read backwards, page by page", async () => {
    const server = await startNode();
    const ada = await arrive(server.url, "Ada");
    const room = await ada.come(DEFAULT_ROOM);
    for (let i = 1; i <= 12; i++) await room.say(`${i}`);
    const read = async (before?: number): Promise<readonly string[]> => {
      const { entries } = await room.room.history({ limit: 5, ...(before !== undefined && { before }) });
      return entries.map(({ data }) => ("text" in data ? data.text : ""));
    };
    expect(await read()).toEqual(["8", "9", "10", "11", "12"]);
    expect(await read(8)).toEqual(["3", "4", "5", "6", "7"]);
    expect(await read(3)).toEqual(["1", "2"]);
  });

  it("tells who is there, who is away and who types", async () => {
    const { url } = await startNode();
    const [ada, ben] = await Promise.all([arrive(url, "Ada"), arrive(url, "Ben")]);
    const hers = await ada.come(DEFAULT_ROOM);
    const his = await ben.come(DEFAULT_ROOM);
    const person = personId(ben.person);
    const change = (): Promise<unknown> =>
      hers.changes.next((told) => told.type === "presence" && told.person === person);
    expect(await change()).toMatchObject({ change: "enter" });
    const typing = new Promise((resolve) =>
      hers.room.on("typing", (data, { from }) => resolve({ data, from })),
    );
    await his.room.signal("typing", { isTyping: true });
    expect(await typing).toEqual({ data: { isTyping: true }, from: person });
    await his.room.enter({ isAway: true });
    expect(await change()).toMatchObject({ change: "update", data: { isAway: true } });
    ben.cut();
    expect(await change()).toMatchObject({ change: "exit" });
  });

  it("has a person in two tabs once, until the last of them is gone", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const tab = await dial(url, ada.cookie);
    const [one, two] = [await ada.come(DEFAULT_ROOM), await tab.come(DEFAULT_ROOM)];
    expect([...two.room.people.keys()]).toEqual([personId(ada.person)]);
    await one.say("from one");
    expect((await two.hear("from one")).from).toBe(personId(ada.person));
    ada.cut();
    await two.say("still here");
    expect(two.room.people.size).toBe(1);
  });

  it("tells whoever comes back what was missed, once and in order", async () => {
    const server = await startNode();
    const ada = await arrive(server.url, "Ada");
    const hers = await ada.come(DEFAULT_ROOM);
    const { cookie } = await enter(server.url, "Ben");
    const ben = roam([server.url], cookie);
    const his = await ben.come(DEFAULT_ROOM);
    await hers.say("before");
    await his.hear("before");
    ben.cut();
    await hers.say("meanwhile 1");
    await hers.say("meanwhile 2");
    expect((await his.messages.next()).text).toBe("meanwhile 1");
    expect((await his.messages.next()).text).toBe("meanwhile 2");
    expect(await his.changes.next(({ type }) => type === "recovered")).toMatchObject({ missed: 2 });
  });

  it("tells of a gap where more was missed than is told one by one", async () => {
    const server = await startNode();
    const ada = await arrive(server.url, "Ada");
    const room = new VisitedRoom(
      ada.client.join(DEFAULT_ROOM, { since: { epoch: "of another history", seq: 7 } }),
    );
    expect(await room.changes.next(({ type }) => type === "gap")).toMatchObject({ from: { seq: 7 } });
  });
});

describe("the list of rooms", () => {
  it("has the rooms with how many people are there, and tells what changes", async () => {
    const { url } = await startNode();
    const [ada, ben] = await Promise.all([arrive(url, "Ada"), arrive(url, "Ben")]);
    const changes: unknown[] = [];
    const directory = ada.client.join("directory");
    directory.on("rooms", ({ changed }) => changes.push(...changed));
    await directory.joined;
    expect(await ada.client.request("listRooms", {})).toEqual({ rooms: [] });

    await ben.come("chat/tea");
    await expect.poll(() => changes).toContainEqual({ room: "chat/tea", members: 1 });
    await ada.come("chat/tea");
    await expect.poll(() => changes).toContainEqual({ room: "chat/tea", members: 2 });
    expect(await ada.client.request("listRooms", {})).toEqual({ rooms: [{ room: "chat/tea", members: 2 }] });

    ben.cut();
    await expect.poll(() => changes.at(-1)).toEqual({ room: "chat/tea", members: 1 });
  });

  it("tells of rooms that are made, under the name that they get", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const directory = ada.client.join("directory");
    const opened = new Promise((resolve) => directory.on("opened", resolve));
    await directory.joined;
    const { room } = await ada.client.request("createRoom", { name: " # Tea Time ", isInviteOnly: false });
    expect(room).toBe("chat/tea-time");
    expect(await opened).toEqual({ room });
    await expect.poll(() => ada.client.request("listRooms", {})).toEqual({ rooms: [{ room, members: 0 }] });
  });

  it("does not have those that are for the invited, whose names nobody can guess", async () => {
    const { url } = await startNode();
    const [ada, ben] = await Promise.all([arrive(url, "Ada"), arrive(url, "Ben")]);
    const created = await ada.client.request("createRoom", { name: "x", isInviteOnly: true });
    const again = await ada.client.request("createRoom", { name: "x", isInviteOnly: true });
    expect(created.room).toMatch(/^chat\/~[\w-]{22}$/);
    expect(again.room).not.toBe(created.room);
    const read = readRoom(created.room);
    const [hers, his] = [await ada.come(read!.room), await ben.come(read!.room)];
    await hers.say("just us");
    await his.hear("just us");
    await ada.come("chat/listed");
    await expect
      .poll(async () => (await ben.client.request("listRooms", {})).rooms.map(({ room }) => room))
      .toEqual(["chat/listed"]);
  });

  it("says why a name cannot be had", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    await expect(
      ada.client.request("createRoom", { name: "a/b", isInviteOnly: false }),
    ).rejects.toMatchObject({
      code: "NAME_INVALID",
      message: "Use letters, digits, - and _.",
    });
  });
});

describe("who may do what", () => {
  it.each(["chat/UPPER", "chat/~short", "chat/a/b", "chat", `chat/${"x".repeat(33)}`])(
    "keeps everybody out of what is no room: %s",
    async (room) => {
      const { url } = await startNode();
      const ada = await arrive(url, "Ada");
      await expect(ada.client.join(room as ChatRoomName).joined).rejects.toMatchObject({
        code: "JOIN_FORBIDDEN",
      });
    },
  );

  it("lets nobody but the server speak in the list of rooms", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    const directory = ada.client.join("directory");
    await directory.joined;
    const { result } = directory.publish("opened", { room: "chat/forged" });
    expect(await result).toMatchObject({ status: "failed", error: { code: "PUBLISH_FORBIDDEN" } });
    await expect(directory.signal("rooms", { changed: [] })).rejects.toMatchObject({
      code: "PUBLISH_FORBIDDEN",
    });
  });

  it("lets nobody into more rooms than a page can be in", async () => {
    const { url } = await startNode();
    const ada = await arrive(url, "Ada");
    await ada.client.join("directory").joined;
    const rooms = Array.from({ length: LIMITS.roomsPerPage }, (_, i) => ada.client.join(`chat/room-${i}`));
    await Promise.all(rooms.map(({ joined }) => joined));
    await expect(ada.client.join("chat/one-more").joined).rejects.toMatchObject({ code: "TOO_MANY_ROOMS" });
  });
});
