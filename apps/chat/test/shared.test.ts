// What page and server agree on: names, people, addresses of rooms and files, and what a message may be.
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import {
  fileCard,
  fileChunk,
  fileEnd,
  fileRoom,
  fileUrl,
  isShownType,
  readFileId,
  readFileRoom,
} from "../src/shared/files.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { judgeName, judgeRoom, nameKey, readRoom, readRoomPath, roomPath } from "../src/shared/names.ts";
import { personId, readPerson } from "../src/shared/person.ts";
import { protocol } from "../src/shared/protocol.ts";
import { readEnterRequest, readSessionAnswer } from "../src/shared/session-api.ts";

const KEY = "AbC-_0123456";
const RANDOM = "x".repeat(22);

describe("a person's name", () => {
  it.each([
    ["Ada", "Ada"],
    ["  Ada \t Lovelace ", "Ada Lovelace"],
    ["A\u030Ada", "Åda"],
    ["東京", "東京"],
    ["x".repeat(24), "x".repeat(24)],
    ["𐐷".repeat(24), "𐐷".repeat(24)],
  ])("%j is %j", (input, name) => {
    expect(judgeName(input)).toEqual({ ok: true, name });
  });

  it.each([
    ["", "Choose a name."],
    [" \n ", "Choose a name."],
    ["x".repeat(25), "Use at most 24 characters."],
    ["x".repeat(100_000), "Use at most 24 characters."],
    ["a\u202eb", "Leave out invisible characters."],
    ["a\u200bb", "Leave out invisible characters."],
    ["a\u0000b", "Leave out invisible characters."],
    ["!?", "Use at least one letter or digit."],
  ])("%j is none", (input, reason) => {
    expect(judgeName(input)).toEqual({ ok: false, reason });
  });

  // "Ada" with a filler, a selector or a joiner behind it was another name, and looked like hers.
  it.each(["Ada\u3164", "\u3164", "Ada\ufe0f", "Ada\u034f", "\u115fAda", "Ada\uffa0", "Ada\u2800"])(
    "that looks like another, or like nothing, is none: %j",
    (input) => {
      expect(judgeName(input)).toEqual({ ok: false, reason: "Leave out invisible characters." });
      const room = input.toLowerCase();
      expect(judgeRoom(room)).toMatchObject({ ok: false });
      expect(readRoom(`chat/${room}`)).toBeUndefined();
    },
  );

  it("is compared as it looks", () => {
    expect(new Set(["Ada", "ADA", "ada", "Ａｄａ"].map(nameKey)).size).toBe(1);
    expect(nameKey("Ada")).not.toBe(nameKey("Adam"));
  });
});

describe("a person", () => {
  it.each(["Ada", "a.b", ".", "東京"])("is read out of what rooms know them as: %s", (name) => {
    expect(readPerson(personId({ key: KEY, name }))).toEqual({ key: KEY, name });
  });

  it.each([undefined, "", "Ada", `${KEY}.`, KEY, `${KEY}!.Ada`, `!bC-_0123456.Ada`, `${KEY}x.Ada`])(
    "is nobody in %j",
    (id) => {
      expect(readPerson(id)).toBeUndefined();
    },
  );
});

describe("a room", () => {
  it.each([
    ["Tea Time", "tea-time"],
    [" # Tea", "tea"],
    ["Büro", "büro"],
    ["ＴＥＡ", "tea"],
    ["a_b-1", "a_b-1"],
  ])("that is called %j is %j", (input, name) => {
    expect(judgeRoom(input)).toEqual({ ok: true, name });
  });

  it.each(["", "#", "-a", "a/b", "~a", "a.b", "a?b", "x".repeat(33), "x".repeat(100_000)])(
    "cannot be called %.40j",
    (input) => {
      expect(judgeRoom(input).ok).toBe(false);
    },
  );

  it("is read out of its address, and of its name among rooms", () => {
    expect(readRoomPath("tea-time")).toEqual({ kind: "public", room: "chat/tea-time", name: "tea-time" });
    expect(readRoom("chat/tea-time")).toEqual(readRoomPath("tea-time"));
    expect(readRoomPath(`~${RANDOM}`)).toEqual({ kind: "invite", room: `chat/~${RANDOM}` });
    expect(roomPath("chat/büro")).toBe("/r/b%C3%BCro");
    expect(roomPath(`chat/~${RANDOM}`)).toBe(`/r/~${RANDOM}`);
  });

  it.each([
    "",
    "chat",
    "chat/",
    "chat/Tea",
    "chat/~short",
    `chat/~${RANDOM}x`,
    `chat/~${RANDOM.slice(1)}!`,
    "file/x",
  ])("is not %j", (room) => {
    expect(readRoom(room)).toBeUndefined();
  });
});

describe("a file", () => {
  const room = fileRoom(KEY, RANDOM);
  const card = { room, name: "a.png", type: "image/png", bytes: 7 };

  it("is known by its owner and something that cannot be guessed", () => {
    expect(readFileRoom(room)).toEqual({ ownerKey: KEY, room });
    expect(fileUrl({ room })).toBe(`/files/${KEY}-${RANDOM}`);
    expect(readFileId(`${KEY}-${RANDOM}`)).toEqual({ ownerKey: KEY, room });
  });

  it.each([
    "",
    "file/",
    `${KEY}-${RANDOM}`,
    `file/${KEY}${RANDOM}-`,
    `file/${KEY}-${RANDOM}/x`,
    `file/${KEY}-../../..`,
  ])("is not %j", (text) => {
    expect(readFileRoom(text)).toBeUndefined();
  });

  it("is shown where it is one of a few kinds of images", () => {
    expect(["image/png", "image/webp"].every(isShownType)).toBe(true);
    expect(["image/svg+xml", "text/html", "", "toString"].some(isShownType)).toBe(false);
  });

  it.each([
    [{}, true],
    [{ type: "" }, true],
    [{ width: 3, height: 2 }, true],
    [{ name: "../a" }, false],
    [{ name: "a\u202egnp.exe" }, false],
    [{ name: " " }, false],
    [{ name: "x".repeat(121) }, false],
    [{ type: "image/png; charset=x" }, false],
    [{ type: "IMAGE/PNG" }, false],
    [{ bytes: -1 }, false],
    [{ bytes: 0.5 }, false],
    [{ width: 0 }, false],
    [{ room: "chat/general" }, false],
    [{ extra: 1 }, false],
  ])("may say %j of itself: %s", (claim, isRight) => {
    expect(v.is(fileCard, { ...card, ...claim })).toBe(isRight);
  });

  it("comes in pieces that are not empty and not too large", () => {
    const isChunk = (length: number): boolean => v.is(fileChunk, { bytes: new Uint8Array(length) });
    expect([0, 1, LIMITS.chunkBytes, LIMITS.chunkBytes + 1].map(isChunk)).toEqual([false, true, true, false]);
    expect(v.is(fileChunk, { bytes: "text" })).toBe(false);
    expect(v.is(fileEnd, { name: "a", type: "", bytes: 0, chunks: 0 })).toBe(true);
  });
});

describe("a message", () => {
  const { message, edit, remove } = protocol.definition.rooms.chat.events;
  const file = { room: fileRoom(KEY, RANDOM), name: "a", type: "", bytes: 1 };

  it.each([
    [{ text: "hello\n\tthere" }, true],
    [{ text: "x".repeat(LIMITS.text) }, true],
    [{ text: "", files: [file] }, true],
    [{ text: "look", files: Array.from({ length: 8 }, () => file) }, true],
    [{ text: "look", files: Array.from({ length: 9 }, () => file) }, false],
    [{ text: "" }, false],
    [{ text: " " }, false],
    [{ text: "", files: [] }, false],
    [{ text: "x".repeat(LIMITS.text + 1) }, false],
    [{ text: "\u0007" }, false],
    [{ text: 7 }, false],
    [{}, false],
    [null, false],
  ])("may be %.60j: %s", (data, isRight) => {
    expect(v.is(message, data)).toBe(isRight);
  });

  it("is changed or removed by its id", () => {
    expect(v.is(edit, { id: "a-_9", text: "b" })).toBe(true);
    expect(v.is(edit, { id: "a b", text: "b" })).toBe(false);
    expect(v.is(edit, { id: "a", text: " " })).toBe(false);
    expect(v.is(remove, { id: "x".repeat(64) })).toBe(true);
    expect(v.is(remove, { id: "x".repeat(65) })).toBe(false);
  });
});

describe("/api/session", () => {
  it("is read, and nothing else is taken for its answers", () => {
    const you = { key: KEY, name: "Ada" };
    expect(readSessionAnswer({ you })).toEqual({ you });
    expect(readSessionAnswer({ you: null })).toEqual({ you: null });
    const refusal = { error: "too-many", reason: "Wait.", retryAfterMs: 5 };
    expect(readSessionAnswer(refusal)).toEqual(refusal);
    for (const other of [undefined, null, 7, {}, { you: "Ada" }, { error: "other", reason: "" }]) {
      expect(readSessionAnswer(other)).toBeUndefined();
    }
    expect(readEnterRequest({ name: "Ada" })).toEqual({ name: "Ada" });
    for (const other of [undefined, {}, { name: 7 }, { name: "Ada", more: 1 }]) {
      expect(readEnterRequest(other)).toBeUndefined();
    }
  });
});
