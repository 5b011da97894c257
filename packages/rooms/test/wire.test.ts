// The codec on good and on hostile input: whatever comes, a value or a typed error, never an exception.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CLIENT_LIMITS,
  decode,
  decodeBytes,
  encode,
  encodeBytes,
  type Frame,
  readAnnouncement,
  readClientMessage,
  readPresence,
  readServerMessage,
  readStoredEntry,
  SERVER_LIMITS,
} from "@ws/rooms/wire";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A binary frame with any head and any rest. */
function binary(head: string, rest: readonly number[] = [], headLength = bytes(head).length): Uint8Array {
  const frame = new Uint8Array(4 + bytes(head).length + rest.length);
  new DataView(frame.buffer).setUint32(0, headLength);
  frame.set(bytes(head), 4);
  frame.set(rest, 4 + bytes(head).length);
  return frame;
}

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const readers = { readClientMessage, readServerMessage };

describe("codec", () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false),
      fc.string({ unit: "binary" }).filter((text) => !/\p{Surrogate}/u.test(text)),
      fc.integer(),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(
        fc.string({ maxLength: 8 }).filter((key) => key !== "__proto__"),
        tie("value"),
        {
          maxKeys: 4,
          noNullPrototype: true,
        },
      ),
    ),
  })).value;

  it("brings back every message, text and binary alike, from frames and from bytes", () => {
    fc.assert(
      fc.property(json, (data) => {
        const message = { type: "event", name: "n", data };
        const frame = encode(message, CLIENT_LIMITS);
        expect(decode(frame, CLIENT_LIMITS)).toEqual({ value: message });
        expect(decodeBytes(encodeBytes(message, CLIENT_LIMITS), CLIENT_LIMITS)).toEqual({ value: message });
      }),
    );
  });

  it("is text where there are no bytes, and no larger than its JSON then", () => {
    const message = { type: "event", name: "a", data: { date: new Date(0), list: [1, "two"] } };
    expect(encode(message)).toBe(JSON.stringify(message));
  });

  it("does not change what it is given", () => {
    const message = { type: "event", data: { list: [new Uint8Array([1])], other: 1 } };
    encode(message);
    expect(message).toEqual({ type: "event", data: { list: [new Uint8Array([1])], other: 1 } });
  });

  it("takes a message that looks like one with blobs as what it is (CVE-2022-2421: placeholders in data were believed)", () => {
    const message = {
      type: "event",
      name: "a",
      data: { at: ["data"], bytes: 3, _placeholder: true, num: 0 },
    };
    expect(decode(encode(message))).toEqual({ value: message });
    // In a text frame `blobs` means nothing.
    expect(decode('{"type":"exit","blobs":[{"at":["type"],"bytes":1}]}').error).toBeUndefined();
  });

  it("refuses to send what could not be read", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(() => encode({ data: loop })).toThrow("deeper than 32");
    expect(() => encode({ data: "x".repeat(SERVER_LIMITS.maxMessageBytes) })).toThrow(
      "maxMessageBytes is 262144",
    );
    expect(() => encode({ data: Array.from({ length: 65 }, () => new Uint8Array(1)) })).toThrow(
      "64 binary values",
    );
    expect(() => encode({ data: JSON.parse('{"__proto__":1}') as object })).toThrow("__proto__");
    expect(() => encode({ data: 1n })).toThrow(TypeError);
  });
});

/** What strangers send, with the code that they are told. */
const HOSTILE: readonly (readonly [string, Frame, string])[] = [
  ["nothing", "", "MALFORMED"],
  ["no JSON", "{", "MALFORMED"],
  ["a number", "1", "MALFORMED"],
  ["null", "null", "MALFORMED"],
  ["a list", "[]", "MALFORMED"],
  ["no type", "{}", "MALFORMED"],
  ["a type that is a number", '{"type":1}', "MALFORMED"],
  ["a type of every object", '{"type":"toString"}', "UNKNOWN_TYPE"],
  ["a type named __proto__", '{"type":"__proto__"}', "UNKNOWN_TYPE"],
  ["a long type", `{"type":"${"x".repeat(100_000)}"}`, "UNKNOWN_TYPE"],
  ["a key __proto__", '{"type":"event","name":"a","data":{"__proto__":{"isAdmin":true}}}', "MALFORMED"],
  ["a key __proto__, escaped", '{"type":"event","name":"a","data":{"\\u005f_proto__":1}}', "MALFORMED"],
  ["a key __proto__ on top", '{"type":"event","name":"a","__proto__":{"data":1}}', "MALFORMED"],
  ["a long key", `{"type":"event","name":"a","data":{"${"k".repeat(201)}":1}}`, "TOO_LARGE"],
  ["depth", `{"type":"event","name":"a","data":${nested(32)}}`, "TOO_LARGE"],
  ["depth without end", `{"type":"event","name":"a","data":${nested(100_000)}}`, "TOO_LARGE"],
  ["values without end", `{"type":"event","name":"a","data":[${"1,".repeat(20_000)}1]}`, "TOO_LARGE"],
  ["size", `{"type":"event","name":"a","data":"${"x".repeat(SERVER_LIMITS.maxMessageBytes)}"}`, "TOO_LARGE"],
  ["an empty name", '{"type":"event","name":""}', "MALFORMED"],
  ["a long name", `{"type":"event","name":"${"n".repeat(201)}"}`, "MALFORMED"],
  ["half a character in a name", '{"type":"event","name":"\\ud800"}', "MALFORMED"],
  ["a name that is an object", '{"type":"event","name":{"length":3}}', "MALFORMED"],
  ["no id", '{"type":"request","name":"a"}', "MALFORMED"],
  ["id 0", '{"type":"request","id":0,"name":"a"}', "MALFORMED"],
  ["id 1.5", '{"type":"request","id":1.5,"name":"a"}', "MALFORMED"],
  ["id beyond 2^53", '{"type":"request","id":9007199254740992,"name":"a"}', "MALFORMED"],
  ["id 1e999", '{"type":"request","id":1e999,"name":"a"}', "MALFORMED"],
  ["id null", '{"type":"request","id":null,"name":"a"}', "MALFORMED"],
  ["a code in small letters", '{"type":"error","code":"nope","message":""}', "MALFORMED"],
  ["a message that is a list", '{"type":"error","code":"NO","message":["a"]}', "MALFORMED"],
  ["an empty binary frame", new Uint8Array(), "MALFORMED"],
  ["three bytes", new Uint8Array(3), "MALFORMED"],
  ["no head", binary(""), "MALFORMED"],
  ["a head longer than the frame", binary("{}", [], 3), "MALFORMED"],
  ["a head of 4 GiB", binary("{}", [], 0xffffffff), "MALFORMED"],
  ["a head that is no UTF-8", new Uint8Array([0, 0, 0, 2, 0xc3, 0x28]), "MALFORMED"],
  ["a head with a BOM", binary('\ufeff{"type":"event","name":"a","blobs":[]}'), "MALFORMED"],
  ["no blobs", binary('{"type":"event","name":"a"}'), "MALFORMED"],
  ["bytes without a blob", binary('{"type":"event","name":"a","blobs":[]}', [1]), "MALFORMED"],
  [
    "blobs that are an object",
    binary('{"type":"event","name":"a","data":null,"blobs":{"length":1}}', [1]),
    "MALFORMED",
  ],
  ...[
    ["without a place", '{"bytes":1}'],
    ["at the root", '{"at":[],"bytes":1}'],
    ["nowhere", '{"at":["nothing"],"bytes":1}'],
    ["in what is a string", '{"at":["name",0],"bytes":1}'],
    ["where something is", '{"at":["name"],"bytes":1}'],
    ["in a prototype", '{"at":["__proto__","x"],"bytes":1}'],
    ["in the constructor of the message", '{"at":["constructor","prototype"],"bytes":1}'],
    ["without a length", '{"at":["data"]}'],
    ["longer than the frame", '{"at":["data"],"bytes":2}'],
    ["of 2^53 bytes", '{"at":["data"],"bytes":9007199254740992}'],
    ["of -1 bytes", '{"at":["data"],"bytes":-1}'],
    ["of 0.5 bytes", '{"at":["data"],"bytes":0.5}'],
    ["at a list", '{"at":"data","bytes":1}'],
    ["by an object", '{"at":[{}],"bytes":1}'],
    ["twice at one place", '{"at":["data"],"bytes":0},{"at":["data"],"bytes":1}'],
    ["inside another one", '{"at":["data"],"bytes":0},{"at":["data",0],"bytes":1}'],
    ["in the list of blobs", '{"at":["blobs",0],"bytes":1}'],
    ["that is null", "null"],
  ].map(
    ([what, blob]) =>
      [
        `a blob ${what}`,
        binary(`{"type":"event","name":"a","data":null,"blobs":[${blob}]}`, [7]),
        "MALFORMED",
      ] as const,
  ),
  [
    "blobs without end (CVE-2026-33151)",
    binary(`{"type":"event","name":"a","data":null,"blobs":[${'{"at":["data"],"bytes":0},'.repeat(999)}{}]}`),
    "TOO_LARGE",
  ],
];

describe("hostile input (CVE-2020-36049, CVE-2022-2421, CVE-2023-32695, CVE-2026-33151)", () => {
  it.each(HOSTILE)("%s is an error with a code", (_what, frame, code) => {
    const { error, value } = readClientMessage(frame);
    expect(value).toBeUndefined();
    expect(error).toMatchObject({ name: "RoomError", code });
    expect(error!.message.length).toBeLessThan(200);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it.each(Object.entries(readers))("%s never throws, whatever it is given", (_name, read) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 }), fc.json()), (frame) => {
        const { error } = read(frame);
        return error === undefined || error.name === "RoomError";
      }),
    );
  });

  it("a good message changed at any place is read or refused", () => {
    const good = encode({
      type: "publish",
      id: 1,
      room: "a",
      entries: [{ id: "x", event: "e", data: new Uint8Array(3) }],
    });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (place, value) => {
        const changed = (good as Uint8Array).slice();
        changed[place] = value;
        const { error } = readClientMessage(changed);
        return error === undefined || error.name === "RoomError";
      }),
      { numRuns: 500 },
    );
  });

  it("what an engine holds is read like what a stranger sends", () => {
    const read = [readStoredEntry, readAnnouncement, readPresence];
    for (const stored of [
      "",
      "null",
      "[]",
      '{"v":2,"event":"a"}',
      '{"v":1}',
      '{"v":1,"kind":"other"}',
      nested(99),
    ]) {
      for (const each of read.slice(0, 2)) expect(each(bytes(stored)).error, stored).toBeDefined();
    }
    expect(readPresence(bytes("1")).error).toBeDefined();
    expect(readPresence(bytes('{"v":1}')).value).toEqual({});
    expect(readStoredEntry(new Uint8Array([0x7b, 0xff])).error).toMatchObject({ code: "MALFORMED" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (random) =>
        read.every((each) => "error" in each(random)),
      ),
    );
  });

  it("what is not known of a message is left out, and nothing is inherited", () => {
    const { value } = readClientMessage(
      '{"type":"exit","id":1,"room":"a","later":{"more":1},"constructor":1}',
    );
    expect(value).toEqual({ type: "exit", id: 1, room: "a" });
    // Every object has a `constructor`, a message has not.
    expect(readClientMessage('{"type":"exit","id":1}').error).toMatchObject({ code: "MALFORMED" });
  });

  it.each([
    ["130,000 lists inside one another", `{"type":"event","name":"a","data":${nested(130_000)}}`],
    ["a code of 260,000 letters", `{"type":"error","code":"${"A".repeat(260_000)}","message":""}`],
    ["40,000 halves of characters", `{"type":"event","name":"${String.raw`\ud800`.repeat(40_000)}"}`],
  ])("refuses 256 KiB of %s", (_what, frame) => {
    expect(frame.length).toBeGreaterThan(200_000);
    expect(readClientMessage(frame).error?.code).toMatch(/^(TOO_LARGE|MALFORMED)$/);
  });
});
