import { describe, expect, it } from "vitest";
import {
  decodeClientEvent,
  decodeEnterRequest,
  decodeServerEvent,
  decodeSessionAnswer,
} from "../src/shared/decode.ts";
import { LIMITS } from "../src/shared/limits.ts";
import { isRoom, judgeName, judgeRoom, nameKey } from "../src/shared/names.ts";

const send = { type: "send", room: "lobby", id: "m1", text: "hello" };

describe("client event", () => {
  it.each([
    { type: "join", room: "lobby" },
    { type: "join", room: "büro-2", after: { epoch: "e", seq: 7 } },
    { type: "leave", room: "lobby" },
    { ...send, text: "two\nlines\tand a tab" },
    { ...send, text: "x".repeat(LIMITS.text) },
    { type: "typing", room: "lobby", isTyping: true },
    { type: "ping" },
  ])("reads %j", (event) => {
    expect(decodeClientEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["a number", "7"],
    ["no type", "{}"],
    ["an unknown type", '{"type":"shutdown"}'],
    ["a type that is a prototype's key", '{"type":"__proto__"}'],
    ["a type that is a method", '{"type":"toString"}'],
    ["a type that is no string", '{"type":["ping"]}'],
    ["__proto__ as a key", '{"type":"ping","__proto__":{"isAdmin":true}}'],
    ["constructor as a key", '{"type":"ping","constructor":{"prototype":{}}}'],
    ["fields of __proto__ only", '{"__proto__":{"type":"ping"}}'],
    ["a field too many", JSON.stringify({ ...send, author: "somebody else" })],
    ["a field too few", '{"type":"send","room":"lobby","text":"hello"}'],
    ["a room that cannot be", JSON.stringify({ ...send, room: "../etc" })],
    ["a room that is __proto__", JSON.stringify({ ...send, room: "__proto__" })],
    ["an endless room", JSON.stringify({ ...send, room: "r".repeat(10_000) })],
    ["an empty id", JSON.stringify({ ...send, id: "" })],
    ["an endless id", JSON.stringify({ ...send, id: "i".repeat(65) })],
    ["an empty text", JSON.stringify({ ...send, text: " \n " })],
    ["a text too long", JSON.stringify({ ...send, text: "x".repeat(LIMITS.text + 1) })],
    ["control characters", JSON.stringify({ ...send, text: "a\u0000b" })],
    ["a negative position", '{"type":"join","room":"lobby","after":{"epoch":"e","seq":-1}}'],
    ["half a position", '{"type":"join","room":"lobby","after":{"epoch":"e","seq":0.5}}'],
    ["an endless position", '{"type":"join","room":"lobby","after":{"epoch":"e","seq":1e999}}'],
    ["deep nesting", "[".repeat(16_000) + "]".repeat(16_000)],
  ])("refuses %s", (_what, text) => {
    expect(decodeClientEvent(text)).toBeUndefined();
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe("server event", () => {
  it("ignores fields that a newer server may add", () => {
    expect(decodeServerEvent('{"type":"pong","load":0.5}')).toEqual({ type: "pong" });
  });

  it.each([
    '{"type":"welcome"}',
    '{"type":"message","room":"lobby","epoch":"e","message":{"id":"m"}}',
    '{"type":"error","code":"unknown","reason":""}',
    '{"type":"news"}',
    "",
  ])("refuses %s", (text) => {
    expect(decodeServerEvent(text)).toBeUndefined();
  });
});

it("session answers and requests are read, and nothing else", () => {
  expect(decodeSessionAnswer('{"you":null}')).toEqual({ you: null });
  expect(decodeSessionAnswer('{"you":{"id":"p","name":"Ada"}}')).toEqual({ you: { id: "p", name: "Ada" } });
  expect(decodeSessionAnswer("<html>")).toBeUndefined();
  expect(decodeEnterRequest('{"name":"Ada"}')).toEqual({ name: "Ada" });
  expect(decodeEnterRequest('{"name":["Ada"]}')).toBeUndefined();
  expect(decodeEnterRequest('{"name":"Ada","__proto__":{}}')).toBeUndefined();
});

describe("names", () => {
  it("are trimmed, and inner spaces become one", () => {
    expect(judgeName("  Ada \t Lovelace ")).toEqual({ ok: true, name: "Ada Lovelace" });
  });

  it.each(["", "   ", "x".repeat(25), "x".repeat(100_000), "a\u202eb", "a\u0000b", "a\u200bb", "!?"])(
    "refuse %j",
    (name) => {
      expect(judgeName(name).ok).toBe(false);
    },
  );

  it("count characters, not code units", () => {
    expect(judgeName("𝔸".repeat(24)).ok).toBe(true);
  });

  it("that look alike have one key", () => {
    expect(nameKey("ADA")).toBe(nameKey("ada"));
    expect(nameKey("Ａda")).toBe(nameKey("Ada"));
  });
});

describe("rooms", () => {
  it.each([
    ["Tea Time", "tea-time"],
    ["#lobby", "lobby"],
    [" Büro 2 ", "büro-2"],
    ["日本", "日本"],
  ])("%j is called %s", (input, room) => {
    expect(judgeRoom(input)).toEqual({ ok: true, name: room });
    expect(isRoom(room)).toBe(true);
  });

  it.each(["", "#", "a/b", "..", "-a", "a".repeat(33), "a?b", "a\u202eb"])("cannot be called %j", (input) => {
    expect(judgeRoom(input).ok).toBe(false);
  });
});
