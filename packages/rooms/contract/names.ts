// Rooms and persons may be called anything: no name collides with another, with a key of the engine, or with JavaScript's own.
import { describe, expect, it } from "vitest";
import { entries, idsOf, readAll, text, utf8 } from "./entries.ts";
import type { EngineTraits, Start } from "./engine-under-test.ts";
import { Hearing } from "./hearing.ts";

/** Each differs from all others, if only in half of a surrogate pair, in case, or in how a letter is composed. */
const ODD = [
  "a",
  "A",
  "a.b",
  "a:b",
  "a/b",
  "a b",
  "a\tb",
  "a\nb",
  "a\r\nb",
  "a\0b",
  "a*",
  "a>",
  "*",
  ">",
  "?",
  "[a]",
  "{a}",
  "{a}b",
  "$SYS",
  "%61",
  "=0061",
  "=",
  "\\",
  "'; drop table rooms; --",
  '"',
  "..",
  "../a",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "\u00E9",
  "e\u0301",
  "\u{1F600}",
  "\uD83D",
  "\uDE00",
  "\uFFFD",
  "\uFEFFa",
  " a",
  "a ",
  "x".repeat(199),
  "x".repeat(200),
  "\uFFFF".repeat(200),
  "\u{1F600}".repeat(100),
];

export function names(start: Start, traits: EngineTraits): void {
  describe("names", () => {
    it("keeps rooms apart whatever they are called", async () => {
      const { log, second } = await start();
      const other = await second();
      const hearings = ODD.map(() => new Hearing());
      await Promise.all(ODD.map((room, i) => other.listen(room, hearings[i]!)));
      await Promise.all(ODD.map((room, i) => log.append(room, entries(`odd:${i}`))));
      await Promise.all(ODD.map((room, i) => log.announce(room, utf8(String(i)))));
      for (const [i, room] of ODD.entries()) {
        const hearing = hearings[i]!;
        expect(idsOf(await hearing.heard(1)), JSON.stringify(room)).toEqual([`odd:${i}`]);
        expect((await hearing.announced(1)).map(text), JSON.stringify(room)).toEqual([String(i)]);
        if (!traits.isDurable) continue;
        expect(idsOf(await readAll(other, room)), JSON.stringify(room)).toEqual([`odd:${i}`]);
      }
    });

    it("keeps persons apart whatever they are called, and gives their names back", async () => {
      const { log } = await start();
      for (const [i, person] of ODD.entries()) await log.enter("__proto__", person, utf8(String(i)));
      const present = await log.present("__proto__");
      const byPerson = new Map(present.map(({ person, data }) => [person, text(data)]));
      expect(byPerson).toEqual(new Map(ODD.map((person, i) => [person, String(i)])));
      expect(present).toHaveLength(ODD.length);
    });

    it.each(["", "x".repeat(201)])("refuses a room of another length: %j", async (room) => {
      const { log } = await start();
      await expect(log.append(room, entries("a"))).rejects.toThrow(RangeError);
      await expect(log.read(room, { after: 0, limit: 1 })).rejects.toThrow(RangeError);
      await expect(log.listen(room, new Hearing())).rejects.toThrow(RangeError);
      await expect(log.announce(room, utf8("a"))).rejects.toThrow(RangeError);
      await expect(log.enter(room, "ann", utf8("a"))).rejects.toThrow(RangeError);
      await expect(log.exit(room, "ann")).rejects.toThrow(RangeError);
      await expect(log.present(room)).rejects.toThrow(RangeError);
    });
  });
}
