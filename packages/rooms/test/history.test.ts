// What a room remembers, page by page in both directions.
import { describe, expect, it } from "vitest";
import { serve, Visitor } from "./scene.ts";

describe("history", () => {
  it("is read backwards and forwards, oldest first in each page, with nothing twice and nothing left out", async () => {
    const server = serve({ maxPage: 4 });
    for (let i = 1; i <= 10; i++) await server.publish("ticker", "tick", i);
    const room = new Visitor(server).client.join("ticker");
    await room.joined;
    const pages = async (next: (page: { first?: number; last?: number }) => object): Promise<number[][]> => {
      const found: number[][] = [];
      let edges: { first?: number; last?: number } = {};
      for (;;) {
        const { entries } = await room.history({ limit: 100, ...next(edges) });
        if (entries.length === 0) return found;
        found.push(entries.map(({ data }) => data));
        edges = { first: entries[0]!.position.seq, last: entries.at(-1)!.position.seq };
      }
    };
    expect(await pages(({ first }) => (first === undefined ? {} : { before: first }))).toEqual([
      [7, 8, 9, 10],
      [3, 4, 5, 6],
      [1, 2],
    ]);
    expect(await pages(({ last = 0 }) => ({ after: last }))).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ]);
    expect(await room.history({ limit: 1 })).toMatchObject({ first: 1, last: 10, entries: [{ data: 10 }] });
  });
});
