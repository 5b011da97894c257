import { describe, expect, it } from "vitest";
import { type Message, isSameGroup } from "../../src/web/state/message.ts";
import { type RoomEntry, RoomTimeline } from "../../src/web/state/room-timeline.ts";

const you = { key: "ada-key-1234", name: "Ada" };
const ADA = "ada-key-1234.Ada";
const BOB = "bob-key-1234.Bob";
const NOON = Date.UTC(2026, 10, 29, 12);

const said = (seq: number, from = BOB, id = `m${seq}`): RoomEntry => {
  return { event: "message", data: { text: `text ${seq}` }, seq, time: NOON + seq * 1000, id, from };
};
const edit = (seq: number, id: string, text: string, from = BOB): RoomEntry => {
  return { event: "edit", data: { id, text }, seq, time: NOON + seq * 1000, id: `e${seq}`, from };
};
const removal = (seq: number, id: string, from = BOB): RoomEntry => {
  return { event: "remove", data: { id }, seq, time: NOON + seq * 1000, id: `r${seq}`, from };
};
const page = (entries: readonly RoomEntry[], first = 1, last = entries.at(-1)?.seq ?? 0) => ({
  entries,
  first,
  last,
});
const all = (timeline: RoomTimeline): readonly Message[] =>
  Array.from({ length: timeline.count }, (_, at) => timeline.at(at)!);
const textsOf = (timeline: RoomTimeline): readonly string[] => all(timeline).map(({ text }) => text);

describe("timeline of a room", () => {
  it("shows a page, what comes behind it, and older pages before it, each once", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(5), said(6)]));
    timeline.add(said(7));
    timeline.add(said(7));
    expect(timeline.reachesStart).toBe(false);
    timeline.prepend(page([said(3), said(4), said(5)], 1, 7));
    expect(timeline.shift).toBe(2);
    timeline.prepend(page([said(1), said(2)], 1, 7));
    expect(textsOf(timeline)).toEqual([1, 2, 3, 4, 5, 6, 7].map((seq) => `text ${seq}`));
    expect(timeline.shift).toBe(4);
    expect(timeline.reachesStart).toBe(true);
  });

  // It was there twice until the server had confirmed it.
  it("shows ours once that came with a page before it was confirmed, also with an older one", () => {
    const timeline = new RoomTimeline(you);
    timeline.putOutgoing("old", { text: "text 1" });
    timeline.putOutgoing("new", { text: "text 3" });
    timeline.begin(page([said(2), said(3, ADA, "new")], 1, 3));
    expect(textsOf(timeline)).toEqual(["text 2", "text 3", "text 1"]);
    timeline.prepend(page([said(1, ADA, "old")], 1, 3));
    expect(textsOf(timeline)).toEqual(["text 1", "text 2", "text 3"]);
  });

  it("keeps what was heard while the page was read, in its place", () => {
    const timeline = new RoomTimeline(you);
    timeline.add(said(3));
    timeline.add(said(2));
    timeline.begin(page([said(1), said(2)], 1, 2));
    expect(textsOf(timeline)).toEqual(["text 1", "text 2", "text 3"]);
  });

  // Edits of messages that nobody had loaded stayed in the page's memory for as long as it was open, four a second of each who sent them.
  it("keeps so many edits of messages that are not here, the latest of them, and all of those that are", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(9), edit(10, "m9", "here")], 1, 10));
    for (let seq = 11; seq <= 20_010; seq++) timeline.add(edit(seq, `absent${seq}`, "x"));
    expect(timeline.amendmentCount).toBeLessThanOrEqual(6000);
    timeline.prepend(page([said(7, BOB, "absent20010"), said(8, BOB, "absent11")], 1, 20_010));
    expect(textsOf(timeline)).toEqual(["x", "text 8", "here"]);
  });

  // A message that was delivered into a history that is gone was shown as delivered, below all that came after.
  it("forgets ours that another time had taken, and keeps what waits", () => {
    const timeline = new RoomTimeline(you);
    timeline.putOutgoing("one", { text: "one", state: "delivered", seq: 500 });
    timeline.putOutgoing("two", { text: "two", state: "pending" });
    timeline.clear();
    timeline.begin(page([said(1)]));
    expect(textsOf(timeline)).toEqual(["text 1", "two"]);
  });

  it("applies edits and removals of the author, in whatever order they come, and of nobody else", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([edit(6, "m1", "second"), removal(7, "m2"), removal(8, "m3", ADA), said(9)], 1, 9));
    timeline.prepend(page([said(1), said(2), said(3), edit(4, "m1", "first")], 1, 9));
    expect(all(timeline).map(({ text, isEdited, isRemoved }) => [text, isEdited, isRemoved])).toEqual([
      ["second", true, false],
      ["", false, true],
      ["text 3", false, false],
      ["text 9", false, false],
    ]);
    timeline.add(edit(10, "m2", "back again"));
    expect(timeline.at(1)).toMatchObject({ isRemoved: true, text: "" });
  });

  it("shows the same object as long as nothing has changed", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(1), said(2), edit(3, "m1", "edited")]));
    const before = all(timeline);
    timeline.add(said(4));
    expect(timeline.at(0)).toBe(before[0]);
    expect(timeline.at(1)).toBe(before[1]);
  });

  it("shows ours at once, and once when it comes back, whichever is first: the answer or the message", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(1)]));
    timeline.putOutgoing("mine", { text: "hello", state: "pending" });
    timeline.putOutgoing("other", { text: "again", state: "pending" });
    expect(textsOf(timeline)).toEqual(["text 1", "hello", "again"]);
    timeline.putOutgoing("mine", { state: "delivered", seq: 2 });
    const keys = all(timeline).map(({ key }) => key);
    timeline.add({ ...said(2, ADA, "mine"), data: { text: "hello" } } as RoomEntry);
    timeline.add({ ...said(3, ADA, "other"), data: { text: "again" } } as RoomEntry);
    timeline.putOutgoing("other", { state: "delivered", seq: 3 });
    expect(all(timeline).map(({ key }) => key)).toEqual(keys);
    expect(all(timeline).map(({ state, isOwn }) => [state, isOwn])).toEqual([
      ["delivered", false],
      ["delivered", true],
      ["delivered", true],
    ]);
  });

  it("lets go of ours that was delivered where history has gone past it", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(1)]));
    timeline.putOutgoing("mine", { text: "hello", state: "delivered", seq: 2 });
    timeline.putOutgoing("failed", { text: "oh", state: "failed" });
    timeline.begin(page([said(50), said(51)], 1, 51));
    expect(textsOf(timeline)).toEqual(["text 50", "text 51", "oh"]);
    timeline.discard("failed");
    expect(timeline.count).toBe(2);
  });

  it("shows what we propose, and takes it back where it was refused", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([said(1, ADA)]));
    const { key } = timeline.at(0)!;
    const proposal = { text: "better" };
    timeline.propose(key, proposal);
    expect(timeline.at(0)).toMatchObject({ text: "better", state: "pending" });
    timeline.settle(key, proposal, undefined);
    expect(timeline.at(0)).toMatchObject({ text: "text 1", state: "delivered", isEdited: false });
    const removed = { isRemoved: true } as const;
    timeline.propose(key, removed);
    expect(timeline.at(0)?.isRemoved).toBe(true);
    timeline.settle(key, removed, 3);
    expect(timeline.at(0)?.isRemoved).toBe(true);
    expect(timeline.lastOwn()).toBeUndefined();
  });

  it("holds 100,000, takes in more, and lets go of the oldest", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(
      page(
        Array.from({ length: 100 }, (_, i) => said(99_901 + i)),
        1,
        100_000,
      ),
    );
    for (let from = 99_801; from > 0; from -= 100) {
      timeline.prepend(
        page(
          Array.from({ length: 100 }, (_, i) => said(from + i)),
          1,
          100_000,
        ),
      );
    }
    expect(timeline.count).toBe(100_000);
    const begun = performance.now();
    for (let seq = 100_001; seq <= 101_000; seq++) timeline.add(said(seq));
    expect(performance.now() - begun).toBeLessThan(200);
    timeline.trim(2000);
    expect([timeline.count, timeline.first, timeline.reachesStart]).toEqual([2000, 99_001, false]);
    timeline.prepend(page([said(99_000)], 1, 101_000));
    expect(timeline.at(0)?.text).toBe("text 99000");
  });

  it("ignores what nobody can have said", () => {
    const timeline = new RoomTimeline(you);
    timeline.begin(page([{ ...said(1), from: undefined }, { ...said(2), from: "nobody" }, said(3)]));
    expect(textsOf(timeline)).toEqual(["text 3"]);
  });

  it("groups what one person says shortly after another", () => {
    const timeline = new RoomTimeline(you);
    const late = { ...said(5), time: NOON + 10 * 60_000 };
    timeline.begin(page([said(1), said(2), said(3, ADA), said(4), late]));
    const [one, two, three, four, five] = all(timeline);
    expect(isSameGroup(one, two)).toBe(true);
    expect(isSameGroup(two, three)).toBe(false);
    expect(isSameGroup(four, five)).toBe(false);
  });
});
