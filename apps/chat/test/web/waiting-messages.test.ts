import { describe, expect, it, vi } from "vitest";
import { maySendAgain, WaitingMessages } from "../../src/web/state/waiting-messages.ts";
import { mapMemory } from "../support/tab.ts";

const one = { room: "chat/tea", id: "1", at: 1, text: "one", files: [] };
const two = { room: "chat/tea", id: "2", at: 2, text: "two", files: [] };

describe("what waits to be sent", () => {
  it("is kept by room in the order in which it was written, and once", () => {
    const waiting = new WaitingMessages(mapMemory(), "ada");
    waiting.put(one);
    waiting.put({ ...one, room: "chat/general", id: "3" });
    waiting.put(two);
    waiting.put({ ...one, text: "another" });
    expect(waiting.of("chat/tea")).toEqual([one, two]);
    waiting.remove("1");
    waiting.remove("1");
    expect(waiting.of("chat/tea")).toEqual([two]);
  });

  it("may be sent again, unless it was sent for the first time long ago", () => {
    const waiting = new WaitingMessages(mapMemory(), "ada");
    waiting.put(one);
    expect(waiting.of("chat/tea").map(maySendAgain)).toEqual([true]);
    const before = Date.now();
    waiting.markSent("1");
    waiting.markSent("another");
    const sent = waiting.of("chat/tea");
    expect(sent[0]?.sentAt).toBeGreaterThanOrEqual(before);
    vi.spyOn(Date, "now").mockReturnValue(before + 20_000);
    waiting.markSent("1");
    expect(waiting.of("chat/tea")).toEqual(sent);
    expect(sent.map(maySendAgain)).toEqual([true]);
    vi.spyOn(Date, "now").mockReturnValue(before + 60_000);
    expect(sent.map(maySendAgain)).toEqual([false]);
  });

  it("is nothing where it was another person's, or is no list of messages", () => {
    const storage = new Map<string, string>();
    const memory = mapMemory(storage);
    new WaitingMessages(memory, "ada").put(one);
    expect(new WaitingMessages(memory, "bob").of("chat/tea")).toEqual([]);
    const waiting = new WaitingMessages(memory, "ada");
    for (const text of ["{", "[]", '{"key":"ada","messages":[{"room":"chat/tea"}]}']) {
      storage.set("waiting", text);
      expect(waiting.of("chat/tea")).toEqual([]);
    }
    waiting.put(two);
    expect(waiting.of("chat/tea")).toEqual([two]);
  });
});
