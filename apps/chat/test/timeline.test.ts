import { describe, expect, it } from "vitest";
import { emptyConversation, type Conversation } from "../src/web/state/conversation.ts";
import { linkify } from "../src/web/state/linkify.ts";
import { joinedRooms, otherRooms, unread, withCounts } from "../src/web/state/room-list.ts";
import { timeline } from "../src/web/state/timeline.ts";
import { roomOfPath, roomPath } from "../src/web/views/room-path.ts";

const ada = { id: "a", name: "Ada" };
const bob = { id: "b", name: "Bob" };
const noon = new Date(2026, 4, 4, 12).getTime();
const MINUTE = 60_000;

function conversation(...messages: readonly (readonly [typeof ada, number])[]): Conversation {
  return {
    ...emptyConversation("lobby"),
    messages: messages.map(([author, at], index) => ({
      id: `m${index}`,
      seq: index + 1,
      author,
      at: noon + at,
      text: "",
    })),
  };
}

describe("timeline", () => {
  it("groups what one author writes shortly after another", () => {
    const items = timeline(
      conversation([ada, 0], [ada, MINUTE], [bob, 2 * MINUTE], [bob, 60 * MINUTE]),
      ada,
    ).flatMap((item) => (item.kind === "message" ? [item] : []));
    expect(items.map(({ isOwn, isFirst, isLast }) => [isOwn, isFirst, isLast])).toEqual([
      [true, true, false],
      [true, false, true],
      [false, true, true],
      [false, true, true],
    ]);
  });

  it("separates days", () => {
    const items = timeline(conversation([ada, 0], [ada, MINUTE], [ada, 13 * 60 * MINUTE]), ada);
    expect(items.map(({ kind }) => kind)).toEqual(["day", "message", "message", "day", "message"]);
  });

  it("shows outgoing messages last, as ours", () => {
    const items = timeline(
      {
        ...conversation([bob, 0]),
        outgoing: [{ id: "mine", at: noon, text: "", state: "failed", reason: "no" }],
      },
      ada,
    );
    expect(items.at(-1)).toMatchObject({ id: "mine", isOwn: true, state: "failed", reason: "no" });
  });

  it("gives a message the same key before and after its confirmation", () => {
    const outgoing = { id: "m0", at: noon, text: "", state: "pending" } as const;
    const before = timeline({ ...emptyConversation("lobby"), outgoing: [outgoing] }, ada);
    const after = timeline(conversation([ada, 0]), ada);
    expect(before.map(({ key }) => key)).toEqual(after.map(({ key }) => key));
  });
});

describe("linkify", () => {
  const links = (text: string): readonly string[] =>
    linkify(text).flatMap((part) => (part.kind === "link" ? [part.text] : []));

  it.each([
    ["see https://example.org.", ["https://example.org"]],
    ["(https://example.org/a_(b))", ["https://example.org/a_(b))"]],
    ["(https://example.org/a)", ["https://example.org/a"]],
    ["https://a.example, http://b.example/x?y=1#z!", ["https://a.example", "http://b.example/x?y=1#z"]],
    ["xhttps://example.org", []],
    ["javascript:alert(1) data:text/html,x", []],
    ["https:// http://", []],
    ["<https://example.org>", ["https://example.org"]],
    ['"https://example.org/"onclick="x', ["https://example.org/"]],
  ])("finds in %j %j", (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  it("loses no character", () => {
    const text = "a https://b.example/c. d\nhttp://[ https://e.example";
    expect(
      linkify(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });

  it.each([")", "http://[", "https://a)", "http"])("is quick with a message full of %j", (piece) => {
    const begin = performance.now();
    linkify(`https://a.example/${piece.repeat(4000 / piece.length)}`);
    expect(performance.now() - begin).toBeLessThan(200);
  });
});

describe("room list", () => {
  it("counts as unread what came after the mark, and everything of another epoch", () => {
    expect(unread({ epoch: "e", seq: 9 }, { epoch: "e", seq: 7 })).toBe(2);
    expect(unread({ epoch: "e", seq: 3 }, { epoch: "old", seq: 7 })).toBe(3);
    expect(unread({ epoch: "e", seq: 3 }, undefined)).toBe(0);
  });

  it("tells our rooms from the others, and is not fooled by names of prototypes", () => {
    const positions = new Map([
      ["lobby", { epoch: "e", seq: 3 }],
      ["constructor", { epoch: "e", seq: 1 }],
    ]);
    const counts = withCounts(new Map(), [
      { room: "lobby", members: 2 },
      { room: "tea", members: 1 },
      { room: "gone", members: 0 },
    ]);
    expect(joinedRooms(positions, counts, { lobby: { epoch: "e", seq: 1 } })).toEqual([
      { room: "constructor", members: 0, unread: 0 },
      { room: "lobby", members: 2, unread: 2 },
    ]);
    expect(otherRooms(positions, counts)).toEqual([{ room: "tea", members: 1, unread: 0 }]);
  });
});

it("addresses and rooms turn into each other", () => {
  expect(roomPath("büro")).toBe("/r/b%C3%BCro");
  expect(roomOfPath("/r/b%C3%BCro")).toBe("büro");
  expect(roomOfPath("/r/Tea%20Time/")).toBe("tea-time");
  for (const path of ["/", "/r/", "/r/a/b", "/r/%", "/r/%2e%2e", "/x"])
    expect(roomOfPath(path)).toBe("lobby");
});
