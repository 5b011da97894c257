import { describe, expect, it } from "vitest";
import { MemoryMessageStore } from "../src/server/memory-message-store.ts";
import type { MessageDraft } from "../src/server/message-store.ts";

const draft = (id: string, text = id): MessageDraft => ({
  id,
  text,
  at: 0,
  author: { id: "p", name: "Ada" },
});

async function filled(count: number, store = new MemoryMessageStore()): Promise<MemoryMessageStore> {
  for (let i = 1; i <= count; i++) await store.append("lobby", draft(`m${i}`));
  return store;
}

describe("memory message store", () => {
  it("numbers the messages of each room from 1", async () => {
    const store = await filled(2);
    const { message } = await store.append("lobby", draft("m3"));
    expect(message.seq).toBe(3);
    expect((await store.append("tea", draft("m1"))).message.seq).toBe(1);
  });

  it("keeps a message once, however often it is sent", async () => {
    const store = await filled(2);
    const again = await store.append("lobby", draft("m1", "changed"));
    expect(again).toMatchObject({ isNew: false, message: { seq: 1, text: "m1" } });
    expect((await store.position("lobby")).seq).toBe(2);
  });

  it("gives the latest to who has seen nothing", async () => {
    const store = await filled(5);
    const page = await store.read("lobby", undefined, 2);
    expect(page).toMatchObject({ recovery: "fresh", position: { seq: 5 } });
    expect(page.messages.map(({ seq }) => seq)).toEqual([4, 5]);
  });

  it("recovers exactly what came after a position", async () => {
    const store = await filled(5);
    const { epoch } = await store.position("lobby");
    const page = await store.read("lobby", { epoch, seq: 3 }, 100);
    expect(page.recovery).toBe("recovered");
    expect(page.messages.map(({ seq }) => seq)).toEqual([4, 5]);
    expect((await store.read("lobby", { epoch, seq: 5 }, 100)).messages).toEqual([]);
  });

  it.each([
    ["another epoch", { epoch: "other", seq: 3 }],
    ["the future", { seq: 9 }],
    ["more than a page ago", { seq: 1 }],
  ])("says gap to a position of %s", async (_what, after) => {
    const store = await filled(5);
    const { epoch } = await store.position("lobby");
    const page = await store.read("lobby", { epoch, ...after }, 3);
    expect(page.recovery).toBe("gap");
    expect(page.messages.map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });

  it("forgets the oldest messages of a full room, and their ids", async () => {
    const store = await filled(1000, new MemoryMessageStore({ maxMessages: 100 }));
    const { messages } = await store.read("lobby", undefined, 10_000);
    expect(messages).toHaveLength(100);
    expect(messages.at(-1)?.seq).toBe(1000);
    expect((await store.append("lobby", draft("m1"))).isNew).toBe(true);
  });

  it("forgets the quietest room when there are too many, and begins it anew under another epoch", async () => {
    const store = new MemoryMessageStore({ maxRooms: 2 });
    const { epoch } = await store.append("one", draft("a"));
    await store.append("two", draft("b"));
    await store.append("one", draft("c"));
    await store.append("three", draft("d"));
    expect((await store.position("one")).seq).toBe(2);
    const { recovery } = await store.read("two", { epoch, seq: 1 }, 10);
    expect(recovery).toBe("gap");
  });

  it("forgets rooms when there is too much text", async () => {
    const store = new MemoryMessageStore({ maxCharacters: 1000 });
    await store.append("one", draft("a", "x".repeat(600)));
    await store.append("two", draft("b", "x".repeat(600)));
    expect((await store.position("one")).seq).toBe(0);
    expect((await store.position("two")).seq).toBe(1);
  });
});
