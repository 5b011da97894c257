// Rooms that share a stream share its numbers: what makes their history whole nevertheless.
import { Hearing, entries, ids, idsOf, readAll, seqsOf } from "@ws/rooms/contract";
import fc from "fast-check";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it, onTestFinished } from "vitest";
import { natsServer, node, prefix } from "./engine.ts";
import { type Position, RoomFeeds } from "@ws/rooms";
import type { NatsLog, NatsLogOptions } from "@ws/rooms-nats";

const server = natsServer();

async function start(options: NatsLogOptions = {}): Promise<NatsLog> {
  const { log, link } = await node(server(), { prefix: prefix(), ...options });
  onTestFinished(async () => {
    await log.close();
    await link.close();
  });
  return log;
}

it("a shared stream › numbers go up through all rooms, and each entry that is heard names the one before it in its room", async () => {
  const log = await start();
  const hearings = { one: new Hearing(), two: new Hearing() };
  for (const [room, hearing] of Object.entries(hearings)) await log.listen(room, hearing);
  for (const id of ids("a", 4)) {
    await log.append("one", entries(id));
    await log.append("two", entries(id, `${id}+`));
  }
  for (const [room, hearing] of Object.entries(hearings)) {
    const kept = await readAll(log, room, 3);
    const heard = await hearing.heard(kept.length);
    expect(seqsOf(heard)).toEqual(seqsOf(kept));
    expect(heard.map(({ seq, previous = seq - 1 }) => previous)).toEqual([0, ...seqsOf(kept).slice(0, -1)]);
  }
  expect(seqsOf(await readAll(log, "one"))).toEqual([1, 4, 7, 10]);
});

it("a shared stream › whoever was in an empty room has missed nothing, whatever other rooms have said", async () => {
  const log = await start();
  await log.append("busy", entries(...ids("a", 10)));
  const { epoch, last } = await log.read("quiet", { after: 0, limit: 1 });
  await log.append("busy", entries(...ids("b", 10)));
  const still = await log.read("quiet", { after: last, limit: 10 });
  expect(still.epoch).toBe(epoch);
  expect(still.first).toBeLessThanOrEqual(last + 1);
  await log.append("quiet", entries("a", "b"));
  const page = await log.read("quiet", { after: last, limit: 10 });
  expect(page.first).toBeLessThanOrEqual(last + 1);
  expect(idsOf(page.entries)).toEqual(["a", "b"]);
});

// Looking for what is beyond the limits marked the oldest entry of all as the first to be seen: whoever had been there before it
// was told of a gap, although it had missed nothing that was ever said.
it("a shared stream › nothing is hidden of a room that is within its limits", async () => {
  const log = await start({ retention: { maxEntries: 8 } });
  const { last } = await log.read("room", { after: 0, limit: 1 });
  await log.append("busy", entries(...ids("a", 10)));
  for (const id of ids("a", 8)) await log.append("room", entries(id));
  const page = await log.read("room", { after: last, limit: 10 });
  expect(page.first).toBeLessThanOrEqual(last + 1);
  expect(idsOf(page.entries)).toEqual(ids("a", 8));
});

it("a shared stream › says from where on a room is whole, when its beginning was removed", async () => {
  const log = await start({ retention: { maxEntries: 3 } });
  for (const id of ids("a", 5)) {
    await log.append("busy", entries(id));
    await log.append("room", entries(id));
  }
  const page = await log.read("room", { after: 0, limit: 10 });
  expect(idsOf(page.entries)).toEqual(["a:3", "a:4", "a:5"]);
  expect(page.first).toBe(page.entries[0]!.seq);
});

it("a shared stream › a room that was quiet so long that it is forgotten is no whole one", async () => {
  const log = await start({ retention: { maxAgeMs: 150 }, dedupeMs: 100 });
  const [, missed] = await log.append("room", entries("a", "missed"));
  // By now the stream has forgotten what it had, and begins behind it.
  for (let i = 0; ; i++) {
    await log.append("busy", entries(`b:${i}`));
    const { entries: kept, last, first } = await log.read("room", { after: 0, limit: 10 });
    if (kept.length === 0 && last > missed!.seq && first > missed!.seq) break;
  }
  await log.append("room", entries("c"));
  const page = await log.read("room", { after: missed!.seq - 1, limit: 10 });
  expect(idsOf(page.entries)).toEqual(["c"]);
  expect(page.first).toBeGreaterThan(missed!.seq);
});

it("a shared stream › pages both ways are the room's, however the rooms are mixed", async () => {
  const log = await start();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ own: fc.integer({ min: 0, max: 4 }), other: fc.integer({ min: 0, max: 30 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.integer({ min: 1, max: 12 }),
      async (bursts, limit) => {
        const room = `room ${++run}`;
        for (const [i, { own, other }] of bursts.entries()) {
          await log.append(room, entries(...ids(`a${i}`, own)));
          await log.append("other", entries(...ids(`${room.slice(5)}:${i}`, other)));
        }
        const expected = bursts.flatMap(({ own }, i) => ids(`a${i}`, own));
        expect(idsOf(await readAll(log, room, limit))).toEqual(expected);
        const backwards: string[] = [];
        for (let before: number | undefined; ;) {
          const { entries: page } = await log.read(room, { before, limit });
          expect(page.length).toBe(Math.min(limit, expected.length - backwards.length));
          if (page.length === 0) break;
          backwards.unshift(...idsOf(page));
          before = page[0]!.seq;
        }
        expect(backwards).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});

it("a shared stream › a feed of a room in it has everything in order and without gaps, and reads next to nothing", async () => {
  const log = await start();
  await log.append("busy", entries(...ids("before", 10)));
  let reads = 0;
  const read = log.read.bind(log);
  log.read = (...query) => {
    reads++;
    return read(...query);
  };
  const feeds = new RoomFeeds(log);
  const told: string[] = [];
  const gaps: Position[] = [];
  let told100: () => void;
  const all = new Promise<void>((resolve) => (told100 = resolve));
  await feeds.follow("room", {
    onStart: () => {},
    onAnnouncement: () => {},
    onGap: (position) => gaps.push(position),
    onEntry: ({ id }) => {
      if (told.push(id) === 100) told100();
    },
  });
  for (const id of ids("a", 100)) {
    await log.append("busy", entries(id));
    await log.append("room", entries(id));
  }
  await all;
  expect(told).toEqual(ids("a", 100));
  expect(gaps).toEqual([]);
  // One to begin, and one for the first entry of the room, before which there may have been others.
  expect(reads).toBeLessThanOrEqual(3);
  await feeds.close();
});

it("a shared stream › the node that appends decides what is kept", async () => {
  const shared = { prefix: prefix() };
  const log = await start({ ...shared, retention: { maxEntries: 10 } });
  await log.append("room", entries(...ids("a", 5)));
  const stricter = await start({ ...shared, retention: { maxEntries: 2 } });
  await stricter.append("room", entries("b"));
  for (const each of [log, stricter]) expect(idsOf(await readAll(each, "room"))).toEqual(["a:5", "b"]);
});

it("a shared stream › what is hidden is stored until its id need not be known any more, and no longer", async () => {
  const options = { prefix: prefix(), dedupeMs: 300, retention: { maxEntries: 2 } };
  const log = await start(options);
  const first = async (): Promise<number> => {
    const connection = await connect({ servers: `127.0.0.1:${server().port}` });
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info(await streams.find(`${options.prefix}.log.0.room`));
    await connection.close();
    return state.first_seq;
  };
  await log.append("room", entries(...ids("a", 10)));
  expect(await first()).toBe(1);
  for (let i = 0; (await first()) <= 10; i++) await log.append("room", entries(`b:${i}`));
  expect(await log.append("room", entries("a:1"))).toMatchObject([{ isDuplicate: false }]);
});
