import { MemoryLog } from "@ws/rooms";
import { HEARTBEAT } from "@ws/rooms/client";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/shared/limits.ts";
import { fileUrl } from "../../src/shared/files.ts";
import { createFileDraft } from "../../src/web/state/file-draft.ts";
import type { Message } from "../../src/web/state/message.ts";
import { WaitingMessages } from "../../src/web/state/waiting-messages.ts";
import { GatedLog } from "../support/gated-log.ts";
import { createLogs, startNode } from "../support/nodes.ts";
import { seed } from "../support/seed.ts";
import { Browser, mapMemory } from "../support/tab.ts";
import { arrive } from "../support/visitor.ts";

describe("the state of the page › talking", () => {
  it("shows what others say, and ours once, from the first moment on", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    ada.room.send("hello Bob");
    expect(ada.messages.map(({ text, state }) => [text, state])).toEqual([["hello Bob", "pending"]]);
    await ada.until(() => ada.messages[0]?.state === "delivered");
    await bob.until(() => bob.texts.length === 1);
    await bob.say("hello Ada\nwith a second line");
    await ada.until(() => ada.texts.length === 2);
    expect(ada.texts).toEqual(bob.texts);
    expect(ada.messages.map(({ isOwn, author: { name } }) => [isOwn, name])).toEqual([
      [true, "Ada"],
      [false, "Bob"],
    ]);
    expect(ada.chat.notices.announcement.value).toBe("Bob: hello Ada\nwith a second line");
  });

  it("edits and removes our own, for everybody, and tells where that was refused", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const ada = await new Browser(url).open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    await ada.say("helo");
    await ada.say("gone soon");
    ada.room.draft.text.value = "half written";
    ada.room.draft.beginEdit(ada.messages[0]!);
    ada.room.write("hello");
    ada.room.sendDraft();
    expect(ada.room.draft.text.value).toBe("half written");
    ada.room.remove(ada.messages[1]!);
    await bob.until(() => bob.messages[0]?.isEdited === true && bob.messages[1]?.isRemoved === true);
    expect(bob.texts).toEqual(["hello", ""]);
    await ada.until(() => ada.messages.every(({ state }) => state === "delivered"));

    log.refuse((room) => room === "chat/general");
    ada.room.draft.beginEdit(ada.messages[0]!);
    ada.room.write("HELLO");
    ada.room.sendDraft();
    expect(ada.texts[0]).toBe("HELLO");
    await ada.until(() => ada.chat.notices.current.value !== undefined);
    expect([ada.texts[0], ada.chat.notices.current.value?.tone]).toEqual(["hello", "bad"]);
    await log.close();
  });

  it("fails what the server did not take, and a retry under the same id makes it one message", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const ada = await new Browser(url).open().enter("Ada");
    log.refuse((room) => room === "chat/general");
    ada.room.send("once");
    await ada.until(() => ada.messages[0]?.state === "failed");
    expect(ada.messages[0]?.reason).toBe("That did not work.");
    const { key, id } = ada.messages[0]!;
    log.release();
    ada.room.own.retry(id);
    expect(ada.messages[0]?.state).toBe("pending");
    await ada.until(() => ada.messages[0]?.state === "delivered");
    expect(ada.messages.map((message) => message.key)).toEqual([key]);
    const bob = await new Browser(url).open().enter("Bob");
    expect(bob.texts).toEqual(["once"]);
    await log.close();
  });

  it("tells who writes, until they stop, say something, or are gone", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    bob.room.write("h");
    await ada.until(() => ada.room.typing.people.value.size === 1);
    bob.room.write("");
    await ada.until(() => ada.room.typing.people.value.size === 0);
    bob.room.write("hm");
    await ada.until(() => ada.room.typing.people.value.size === 1);
    await bob.say("hm");
    await ada.until(() => ada.room.typing.people.value.size === 0);
    expect(bob.room.typing.people.value.size).toBe(0);
  });
});

describe("the state of the page › files", () => {
  const bytes = Uint8Array.from({ length: 3 * LIMITS.chunkBytes + 5 }, (_, i) => i % 251);

  it("go piece by piece, and then the message with their cards", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const browser = new Browser(url);
    const ada = await browser.open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    const draft = await createFileDraft(new File([bytes], "notes.bin"), async () => undefined);
    const image = await createFileDraft(new File(["x"], "a.png", { type: "image/png" }), async () => {
      return { width: 3, height: 2 };
    });
    log.hold((room) => room.startsWith("file/"));
    ada.room.send("here they are", [draft, image]);
    expect(ada.messages[0]).toMatchObject({ state: "uploading", drafts: [draft, image] });
    await expect.poll(() => log.held).toBeGreaterThan(0);
    const upload = [...ada.room.own.uploads.value.values()][0]!;
    expect([upload.sentBytes.value, upload.totalBytes]).toEqual([0, bytes.length + 1]);
    log.step();
    await ada.until(() => upload.sentBytes.value > 0);
    expect(upload.sentBytes.value).toBeLessThan(upload.totalBytes);
    log.release();
    await bob.until(() => bob.messages.length === 1);
    expect(bob.messages[0]?.files).toMatchObject([
      { name: "notes.bin", bytes: bytes.length },
      { name: "a.png", type: "image/png", width: 3, height: 2 },
    ]);
    expect(ada.room.own.uploads.value.size).toBe(0);
    const [card] = bob.messages[0]!.files;
    const response = await fetch(url + fileUrl(card!), { headers: { Cookie: browser.cookie } });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    await log.close();
  });

  it("are cancelled: nobody sees the message, and nothing more is sent", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const ada = await new Browser(url).open().enter("Ada");
    const draft = await createFileDraft(new File([bytes], "notes.bin"), async () => undefined);
    log.hold((room) => room.startsWith("file/"));
    ada.room.send("", [draft]);
    await expect.poll(() => log.held).toBeGreaterThan(0);
    ada.room.own.discard(ada.messages[0]!.id);
    expect([ada.messages, ada.room.own.uploads.value.size]).toEqual([[], 0]);
    log.release();
    await ada.say("still here");
    expect(ada.texts).toEqual(["still here"]);
    await log.close();
  });

  it("fail, and are sent anew by a retry", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const ada = await new Browser(url).open().enter("Ada");
    const draft = await createFileDraft(new File([bytes], "notes.bin"), async () => undefined);
    log.refuse((room) => room.startsWith("file/"));
    ada.room.send("", [draft]);
    await ada.until(() => ada.messages[0]?.state === "failed");
    log.release();
    ada.room.own.retry(ada.messages[0]!.id);
    await ada.until(() => ada.messages[0]?.state === "delivered");
    expect(ada.messages[0]?.files).toHaveLength(1);
    await log.close();
  });
});

describe("the state of the page › breaks", () => {
  it("tells what was recovered, sends what waited, and shows nothing twice", async () => {
    const log = new MemoryLog();
    const node = await startNode({ log });
    const { port, url } = node;
    const ada = await new Browser(url).open().enter("Ada");
    await ada.say("before");
    await node.stop();
    await ada.until(() => ada.chat.connection.status.value.state === "reconnecting");
    ada.room.send("in between");
    // Somebody who was quicker: on another node of the same engine.
    const other = await startNode({ log: new MemoryLog({ sharedWith: log }) });
    const bob = await arrive(other.url, "Bob");
    const general = await bob.come("chat/general");
    await general.say("one");
    await general.say("two");
    await startNode({ log, port });
    await ada.until(() => ada.chat.notices.current.value !== undefined);
    expect(ada.chat.notices.current.value).toEqual({ text: "2 messages recovered", tone: "good" });
    await ada.until(() => ada.messages.every(({ state }) => state === "delivered"));
    expect(ada.texts.toSorted()).toEqual(["before", "in between", "one", "two"]);
    expect(ada.chat.connection.status.value).toEqual({ state: "open", isStuck: false });
    await log.close();
  });

  it("tells of a gap where the server has forgotten, and loads what there is", async () => {
    const node = await startNode();
    const { port, url } = node;
    const ada = await new Browser(url).open().enter("Ada");
    for (let i = 0; i < 5; i++) await ada.say(`old ${i}`);
    await node.stop();
    const log = new MemoryLog();
    await startNode({ log, port });
    await ada.until(() => ada.chat.notices.current.value?.tone === "bad");
    await ada.until(() => ada.room.reading.state.value === "ready" && ada.texts.length === 0);
    await ada.say("new");
    expect(ada.texts).toEqual(["new"]);
    await log.close();
  });
});

describe("the state of the page › loaded anew", () => {
  /** What the next page of the tab finds. */
  const left = (storage: Map<string, string>): Map<string, string> => new Map(storage);

  it("sends what was written while there was no connection", async () => {
    const log = new MemoryLog();
    const node = await startNode({ log });
    const browser = new Browser(node.url);
    const storage = new Map<string, string>();
    const ada = await browser.open(mapMemory(storage)).enter("Ada");
    await ada.say("before");
    await expect.poll(() => storage.size).toBe(0);
    await node.stop();
    await ada.until(() => ada.chat.connection.status.value.state === "reconnecting");
    ada.room.send("first");
    ada.room.send("second");
    const next = left(storage);
    void ada.socket?.close();
    await startNode({ log, port: node.port });
    const again = browser.open(mapMemory(next));
    await again.chat.session.start();
    await again.until(() => again.chat.current.value !== undefined);
    expect(again.messages.map(({ text, state }) => [text, state])).toEqual([
      ["first", "pending"],
      ["second", "pending"],
    ]);
    await again.until(() => again.texts.length === 3 && again.messages.every(isDelivered));
    expect(again.texts).toEqual(["before", "first", "second"]);
    await expect.poll(() => next.size).toBe(0);
    await log.close();
  });

  it("has once what had arrived without a word", async () => {
    const log = new GatedLog();
    const { url } = await startNode({ log });
    const browser = new Browser(url);
    const storage = new Map<string, string>();
    const ada = await browser.open(mapMemory(storage)).enter("Ada");
    log.hold((room) => room === "chat/general");
    ada.room.send("once");
    await expect.poll(() => log.held).toBe(1);
    const next = left(storage);
    void ada.socket?.close();
    const again = browser.open(mapMemory(next));
    await again.chat.session.start();
    await expect.poll(() => log.held).toBe(2);
    log.release();
    await again.until(() => again.messages[0]?.state === "delivered");
    const bob = await new Browser(url).open().enter("Bob");
    expect([again.texts, bob.texts]).toEqual([["once"], ["once"]]);
    await expect.poll(() => next.size).toBe(0);
    await log.close();
  });

  it("leaves to the person what was sent too long ago to be sent by itself", async () => {
    const { url } = await startNode();
    const browser = new Browser(url);
    const ada = await browser.open().enter("Ada");
    const storage = new Map<string, string>();
    const waiting = new WaitingMessages(mapMemory(storage), ada.chat.session.you.value!.key);
    waiting.put({
      room: "chat/general",
      id: "old",
      at: 1,
      sentAt: Date.now() - 60_000,
      text: "old",
      files: [],
    });
    const again = browser.open(mapMemory(storage));
    await again.chat.session.start();
    expect(again.messages).toMatchObject([
      { text: "old", state: "failed", reason: "The server has not confirmed it." },
    ]);
    expect(storage.size).toBe(0);
    await again.until(() => again.room.reading.state.value === "ready");
    again.room.own.retry("old");
    await ada.until(() => ada.texts.includes("old"));
  });
});

function isDelivered({ state }: Message): boolean {
  return state === "delivered";
}

describe("the state of the page › the connection", () => {
  it("is asked whether it is alive, and the server answers", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    const answered = new Promise<void>((resolve) => {
      ada.socket?.on("message", (data) => {
        if (HEARTBEAT.isReply(data)) resolve();
      });
    });
    void ada.socket?.send(HEARTBEAT.message);
    await answered;
    await ada.say("still here");
  });

  // Where the browser keeps no cookies the page entered a second time by itself, and was told that its own name was taken.
  it("is not begun again where the browser keeps no cookies, which is said", async () => {
    const { url } = await startNode();
    const browser = new Browser(url);
    const ada = browser.open();
    let entered = 0;
    const enter = browser.api.enter.bind(browser.api);
    Object.assign(browser.api, {
      enter: async (name: string) => {
        entered++;
        const answer = await enter(name);
        browser.cookie = "";
        return answer;
      },
    });
    await ada.chat.session.enter("Ada");
    await ada.until(() => ada.chat.session.error.value !== undefined);
    expect(ada.chat.session.error.value).toContain("cookies");
    expect([entered, ada.chat.session.phase.value]).toEqual([1, "entering"]);
  });

  it("begins anew where it had ended for good, and its button once did nothing", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    await ada.say("before");
    void ada.socket?.close();
    await ada.until(() => ada.chat.connection.status.value.state === "closed");
    ada.chat.reconnectNow();
    await ada.until(() => ada.chat.current.value?.reading.state.value === "ready");
    expect(ada.texts).toEqual(["before"]);
    await ada.say("after");
  });
});

describe("the state of the page › rooms", () => {
  it("are made, joined, counted, marked as unread, and left", async () => {
    const { url } = await startNode();
    const browser = new Browser(url);
    const ada = await browser.open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    expect(await ada.chat.create("tea-time", false)).toBeUndefined();
    expect(ada.chat.room.value).toBe("chat/tea-time");
    await bob.until(() =>
      bob.chat.otherRooms.value.some(({ label, members }) => label === "tea-time" && members === 1),
    );
    await bob.say("are you there?");
    await ada.until(() => ada.chat.unread.value === 1);
    expect(ada.chat.joinedRooms.value.map(({ label, unread }) => [label, unread])).toEqual([
      ["general", 1],
      ["tea-time", 0],
    ]);
    ada.chat.open("chat/general");
    await ada.until(() => ada.texts.includes("are you there?"));
    expect(ada.chat.unread.value).toBe(0);
    ada.chat.open("chat/tea-time");
    await bob.say("and now?");
    await ada.until(() => ada.chat.unread.value === 1);

    // The next page of this browser knows the rooms, and what is unread in them.
    const again = browser.open();
    again.chat.open("chat/tea-time");
    await again.chat.session.start();
    await again.until(() => again.chat.joinedRooms.value.some(({ unread }) => unread === 1));
    expect(again.chat.joinedRooms.value.map(({ label }) => label)).toEqual(["general", "tea-time"]);

    ada.chat.leave("chat/tea-time");
    await ada.until(() => ada.chat.room.value === "chat/general");
    expect(ada.chat.joinedRooms.value.map(({ label }) => label)).toEqual(["general"]);
  });

  it("that are for those who have the link are in no list", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    const bob = await new Browser(url).open().enter("Bob");
    expect(await ada.chat.create("surprise", true)).toBeUndefined();
    const { value: room } = ada.chat.room;
    expect(room).toMatch(/^chat\/~[\w-]{22}$/);
    expect(ada.chat.labelOf(room)).toBe("surprise");
    await ada.say("secret");
    expect(bob.chat.otherRooms.value).toEqual([]);
    bob.chat.open(room, "surprise");
    await bob.until(() => bob.texts.includes("secret"));
    await ada.until(() => ada.room.people.total.value === 2);
  });

  it("are as many as one can be in, and the next is refused with a sentence", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    for (let i = 1; i < LIMITS.roomsPerPage; i++) ada.chat.open(`chat/room-${i}`);
    expect(ada.chat.notices.current.value).toBeUndefined();
    ada.chat.open("chat/one-too-many");
    expect(ada.chat.notices.current.value?.text).toContain(`${LIMITS.roomsPerPage} rooms`);
  });

  it("go further and further back", async () => {
    const log = createLogs(1)[0]!;
    const { url } = await startNode({ log });
    const texts = Array.from({ length: 240 }, (_, i) => `text ${i}`);
    await seed(log, "chat/general", texts);
    const ada = await new Browser(url).open().enter("Ada");
    expect(ada.texts).toEqual(texts.slice(-100));
    await ada.room.reading.loadOlder();
    await ada.room.reading.loadOlder();
    await ada.room.reading.loadOlder();
    expect(ada.texts).toEqual(texts);
    expect(ada.room.timeline.reachesStart).toBe(true);
  });
});

describe("the state of the page › people", () => {
  it("are here once, whatever their tabs, away when they are, and gone with the last tab", async () => {
    const { url } = await startNode();
    const ada = await new Browser(url).open().enter("Ada");
    const browser = new Browser(url);
    const one = await browser.open().enter("Bob");
    const two = browser.open();
    await two.chat.session.start();
    await two.until(() => two.chat.current.value?.isLive.value === true);
    await ada.until(() => ada.room.people.list.value.length === 2);
    one.room.setAway(true);
    two.room.setAway(true);
    await ada.until(() => ada.room.people.list.value[1]?.isAway === true);
    expect(ada.room.people.list.value.map(({ name }) => name)).toEqual(["Ada", "Bob"]);
    void one.socket?.close();
    void two.socket?.close();
    await ada.until(() => ada.room.people.list.value.length === 1);
  });

  it("leave on all their tabs, and their name is free", async () => {
    const { url } = await startNode();
    const browser = new Browser(url);
    const one = await browser.open().enter("Ada");
    const two = browser.open();
    await two.chat.session.start();
    await two.until(() => two.chat.current.value?.isLive.value === true);
    const stranger = new Browser(url).open();
    await stranger.chat.session.enter("ada");
    expect(stranger.chat.session.error.value).toContain("ada");
    await one.chat.exit();
    await two.until(() => two.chat.session.phase.value === "entering");
    expect(one.chat.session.phase.value).toBe("entering");
    await expect
      .poll(async () => {
        await stranger.chat.session.enter("Ada");
        return stranger.chat.session.phase.value;
      })
      .toBe("chatting");
  });
});
