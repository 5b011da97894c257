// The run: nodes on one engine, members on the nodes, and everything breaking; then it is mended, settles, and is judged.
import { nowMs } from "load/clock";
import type { Outcome } from "load/outcome";
import { waitUntil } from "load/wait-until";
import { type EngineName, ENGINES } from "./engine/engine.ts";
import type { Book } from "./judge/book.ts";
import { judgeRoom } from "./judge/judge-room.ts";
import { Member } from "./members/member.ts";
import { newTally, type Tally } from "./members/tally.ts";
import { Nodes } from "./node/nodes.ts";
import { makePlan, type PlanOptions } from "./plan.ts";
import { retentionFor, roomName } from "./protocol.ts";
import { Random } from "./random.ts";
import { type ChaosResult, report } from "./report.ts";
import { Scene } from "./scene.ts";

export interface ChaosOptions extends PlanOptions {
  readonly engine: EngineName;
  /** All that is random comes of it. */
  readonly seed: string;
  readonly members: number;
  readonly rooms: number;
  /** How much every tenth room remembers. */
  readonly shortEntries: number;
  readonly roomsPerMember: number;
  /** How often each member publishes, about, in milliseconds. */
  readonly paceMs: number;
  /** How long it may take, after everything is mended, until everybody has everything. */
  readonly settleMs: number;
}

const PROGRESS_MS = 10_000;

export async function chaos(
  options: ChaosOptions,
  onProgress: (line: string) => void,
): Promise<Outcome<ChaosResult>> {
  const random = new Random(options.seed);
  onProgress(`Seed: ${options.seed}`);
  await using server = await ENGINES[options.engine].startServer();
  const notes: string[] = [];
  await using nodes = await Nodes.open(options.nodes, {
    engine: options.engine,
    shortEntries: options.shortEntries,
    server,
    onNote: (note) => notes.push(note),
  });
  await nodes.start();
  const tally = newTally();
  const books = Array.from({ length: options.rooms }, (_, i) => newBook(roomName(i), options.shortEntries));
  const members = makeMembers(options, { books, tally, nodes, random });
  try {
    await Promise.all(members.map((member) => member.joined()));
    onProgress(`${members.length} members are in ${books.length} rooms, on ${options.nodes} nodes`);
    const scene = new Scene(server, nodes.all, random.stream("thinning"));
    const there = (): number => members.filter(({ isThere }) => isThere).length;
    const progress = setInterval(() => {
      const { published, acknowledged } = tally;
      onProgress(
        `published ${published}, acknowledged ${acknowledged}, ${there()} are there, ${scene.summary}`,
      );
    }, PROGRESS_MS);
    try {
      for (const member of members) member.publishEvery(options.paceMs);
      await scene.play(makePlan(options, random.stream("plan")), options.durationMs);
      for (const member of members) member.stopPublishing();
      await scene.mend();
      onProgress("Everything is mended");
      const settledMs = await settle(members, books, options.settleMs);
      return report({ options, scene, members, books, tally, notes, settledMs });
    } finally {
      clearInterval(progress);
    }
  } finally {
    for (const member of members) member.close();
  }
}

/** Until everybody is there and has everything, or it takes too long; returns how long it took, in milliseconds. */
async function settle(members: readonly Member[], books: readonly Book[], maxMs: number): Promise<number> {
  const startMs = nowMs();
  const areSettled = (): boolean => members.every(({ isThere, open }) => isThere && open === 0);
  await waitUntil(() => areSettled() && books.every((book) => judgeRoom(book).missing.length === 0), maxMs);
  return nowMs() - startMs;
}

function newBook(room: string, shortEntries: number): Book {
  const { maxEntries } = retentionFor(shortEntries)(room);
  return { room, maxEntries, acknowledged: [], published: new Map(), ledgers: [] };
}

interface World {
  readonly books: readonly Book[];
  readonly tally: Tally;
  readonly nodes: Nodes;
  readonly random: Random;
}

function makeMembers(
  { members, roomsPerMember }: ChaosOptions,
  { books, tally, nodes, random }: World,
): readonly Member[] {
  return Array.from({ length: members }, (_, i) => {
    const own = random.stream(`member ${i}`);
    const findNode = (): string => {
      const node = own.pick(nodes.all.filter(({ isServing }) => isServing));
      if (node === undefined) throw new Error("Cannot find a node: all are down");
      return `ws://127.0.0.1:${node.toMembers.port}`;
    };
    // The next room, and others further on: the rooms are of one size, and no two have the same members.
    const rooms = Array.from(
      { length: roomsPerMember },
      (_room, n) => books[(i + n * (1 + Math.floor(i / books.length))) % books.length]!,
    );
    return new Member({ name: `m${i}`, books: [...new Set(rooms)], tally, random: own, findNode });
  });
}
