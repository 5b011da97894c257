import { describe, expect, it, vi } from "vitest";
import { AWAY_AFTER_MS, AwayWatch } from "../../src/web/state/away-watch.ts";
import { PersonMemory } from "../../src/web/state/person-memory.ts";
import { mapMemory } from "../support/tab.ts";

describe("what a browser keeps of a person", () => {
  it("is there for the next page, and the other tabs", () => {
    const memory = mapMemory();
    const one = new PersonMemory(memory, "ada");
    one.setRoom("chat/a", true);
    one.setRoom("chat/b", true);
    one.setReadTo("chat/a", { epoch: "e", seq: 3 });
    one.setTitle("chat/~x", "tea");
    const two = new PersonMemory(memory, "ada");
    two.setRoom("chat/a", false);
    expect(one.rooms).toEqual(["chat/b"]);
    expect([two.readTo("chat/a"), two.titleOf("chat/~x")]).toEqual([{ epoch: "e", seq: 3 }, "tea"]);
  });

  it("is nothing for another person, and nothing where somebody has meddled with it", () => {
    const memory = mapMemory();
    new PersonMemory(memory, "ada").setRoom("chat/a", true);
    expect(new PersonMemory(memory, "bob").rooms).toEqual([]);
    for (const text of [
      "{",
      "null",
      '{"key":"ada","rooms":7}',
      '{"key":"ada","rooms":[],"read":{"chat/a":1}}',
    ]) {
      memory.set("person", text);
      expect(new PersonMemory(memory, "ada").rooms).toEqual([]);
    }
    expect(new PersonMemory(memory, "ada").readTo("toString")).toBeUndefined();
  });
});

describe("being away", () => {
  it("begins some minutes after anything was done on any tab, and ends with the next thing", () => {
    vi.useFakeTimers();
    const memory = mapMemory();
    const seen: string[] = [];
    const one = new AwayWatch(memory, (isAway) => seen.push(`one ${isAway}`));
    const two = new AwayWatch(memory, (isAway) => seen.push(`two ${isAway}`));
    vi.advanceTimersByTime(AWAY_AFTER_MS - 1000);
    two.active();
    vi.advanceTimersByTime(2000);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(AWAY_AFTER_MS);
    expect(seen.toSorted()).toEqual(["one true", "two true"]);
    one.active();
    two.look();
    expect(seen.slice(2)).toEqual(["one false", "two false"]);
    one.stop();
    two.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
