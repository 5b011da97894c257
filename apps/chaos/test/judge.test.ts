// The judge is what the runs rest on: each thing that may go wrong is put before it, and must be found.
import { describe, expect, it } from "vitest";
import type { Book, Happening } from "../src/judge/book.ts";
import { judgeRoom } from "../src/judge/judge-room.ts";

/** `a1` is the first epoch, at 1. */
function at(place: string): { readonly epoch: string; readonly seq: number } {
  return { epoch: place[0]!, seq: Number(place.slice(1)) };
}

function heard(publisher: string, number: number, place: string): Happening {
  return { type: "message", publisher, number, position: at(place), timeMs: 0 };
}

function gap(from: string, position: string): Happening {
  return { type: "gap", from: at(from), position: at(position), atMs: 1000 };
}

/** Ann published four, and all were acknowledged; what Ben heard is given. */
function bookOf(happenings: Happening[], { start = "a0", maxEntries = 100 } = {}): Book {
  return {
    room: "full/0",
    maxEntries,
    acknowledged: [1, 2, 3, 4].map((seq) => ({
      publisher: "ann",
      number: seq - 1,
      position: { epoch: "a", seq },
      sentMs: 0,
    })),
    published: new Map([["ann", 4]]),
    ledgers: [
      { member: "ben", start: at(start), happenings },
      {
        member: "ann",
        start: at("a0"),
        happenings: [1, 2, 3, 4].map((seq) => heard("ann", seq - 1, `a${seq}`)),
      },
    ],
  };
}

const ALL = [heard("ann", 0, "a1"), heard("ann", 1, "a2"), heard("ann", 2, "a3"), heard("ann", 3, "a4")];

describe("judgeRoom", () => {
  it("finds nothing where everybody heard everything", () => {
    expect(judgeRoom(bookOf([...ALL]))).toEqual({
      missing: [],
      duplicates: [],
      outOfOrder: [],
      wrong: [],
      gaps: [],
      heard: 8,
      excused: 0,
    });
  });

  it("owes nobody what was said before they came", () => {
    expect(judgeRoom(bookOf(ALL.slice(2), { start: "a2" })).missing).toEqual([]);
    expect(judgeRoom(bookOf(ALL.slice(2), { start: "a1" })).missing).toEqual([
      "ben in full/0: 1 of ann at a 2",
    ]);
  });

  it("finds what is missing, at the end too", () => {
    expect(judgeRoom(bookOf(ALL.slice(0, 3))).missing).toEqual(["ben in full/0: 3 of ann at a 4"]);
    expect(judgeRoom(bookOf([])).missing).toHaveLength(4);
  });

  it("finds who was never there", () => {
    const book = bookOf([]);
    book.ledgers[0]!.start = undefined;
    expect(judgeRoom(book).missing).toEqual(["ben was never in full/0"]);
  });

  it("finds what was heard twice", () => {
    const { duplicates } = judgeRoom(bookOf([...ALL, ALL[3]!]));
    expect(duplicates).toEqual(["ben in full/0: 3 of ann at a 4"]);
  });

  it("finds one message under two numbers", () => {
    const { duplicates, wrong } = judgeRoom(bookOf([...ALL, heard("ann", 3, "a5")]));
    expect([duplicates.length, wrong.length]).toEqual([1, 1]);
  });

  it("finds a wrong order of a publisher, and of numbers", () => {
    const [first, second, third, fourth] = ALL as [Happening, Happening, Happening, Happening];
    const swapped = judgeRoom(bookOf([first, third, second, fourth]));
    expect(swapped.outOfOrder).toEqual([
      "ben in full/0: 1 of ann at a 2 after its number 2",
      "ben in full/0: 1 of ann at a 2 behind 3",
    ]);
  });

  it("finds what nobody published, and what is elsewhere than it was acknowledged", () => {
    const { wrong } = judgeRoom(bookOf([...ALL, heard("ann", 4, "a5"), heard("cat", 0, "a6")]));
    expect(wrong).toEqual([
      "ben in full/0: 4 of ann at a 5, which nobody published",
      "ben in full/0: 0 of cat at a 6, which nobody published",
    ]);
    const moved = judgeRoom(bookOf([...ALL.slice(0, 3), heard("ann", 3, "a9")]));
    expect(moved.wrong).toEqual(["ben in full/0: 3 of ann at a 9, acknowledged at a 4"]);
  });

  it("takes a gap as an excuse for what lies in it, and for nothing else", () => {
    const { missing, excused } = judgeRoom(bookOf([ALL[0]!, gap("a1", "a3")]));
    expect(excused).toBe(2);
    expect(missing).toEqual(["ben in full/0: 3 of ann at a 4"]);
    expect(judgeRoom(bookOf([gap("a1", "a4")])).missing).toEqual(["ben in full/0: 0 of ann at a 1"]);
  });

  it("takes a gap from one history to the next as an excuse for the rest of the old one", () => {
    const { missing, excused, gaps } = judgeRoom(bookOf([ALL[0]!, gap("a1", "b0")]));
    expect([missing, excused]).toEqual([[], 3]);
    expect(gaps).toMatchObject([{ member: "ben", reason: "epoch", stretch: "a 1 to b 0" }]);
  });

  it("owes all of a new history behind where the gap ends", () => {
    const book = bookOf([...ALL, gap("a4", "b1")]);
    for (const seq of [1, 2]) {
      book.acknowledged.push({ publisher: "ann", number: 3 + seq, position: { epoch: "b", seq }, sentMs: 0 });
    }
    const { missing, excused } = judgeRoom({ ...book, ledgers: book.ledgers.slice(0, 1) });
    expect([missing, excused]).toEqual([["ben in full/0: 5 of ann at b 2"], 1]);
  });

  it("explains a gap by what the room remembers, and says where nothing explains it", () => {
    const reasonAt = (maxEntries: number): string =>
      judgeRoom(bookOf([ALL[0]!, gap("a1", "a4")], { maxEntries })).gaps[0]!.reason;
    expect(reasonAt(2)).toBe("retention");
    expect(reasonAt(3)).toBe("none");
    // Nobody else heard them either, but they were acknowledged.
    const book = bookOf([ALL[0]!, gap("a1", "a4")], { maxEntries: 2 });
    expect(judgeRoom({ ...book, ledgers: book.ledgers.slice(0, 1) }).gaps[0]!.reason).toBe("retention");
  });

  it("explains a gap by what nobody ever heard, where it may have been there by then", () => {
    const reasonWith = (sentMs: number, heardMs: number): string => {
      const book = bookOf([ALL[0]!, gap("a1", "a3")], { maxEntries: 3 });
      // A fifth, behind the gap, that nobody heard; and what was said before it, heard at that time.
      book.acknowledged.push({ publisher: "ann", number: 4, position: { epoch: "a", seq: 5 }, sentMs });
      book.ledgers[1]!.happenings[3] = { ...heard("ann", 3, "a4"), timeMs: heardMs } as Happening;
      return judgeRoom(book).gaps[0]!.reason;
    };
    expect(reasonWith(500, 500)).toBe("retention");
    expect(reasonWith(5000, 500)).toBe("none");
    expect(reasonWith(500, 5000)).toBe("none");
  });
});
