// Many who come back at once, to an engine that takes its time: it is asked for what somebody still wants, and no faster than it can.
import { describe, expect, it } from "vitest";
import type { Position, ReadRange, RoomPage } from "@ws/rooms";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, stranger, until } from "./scene.ts";

/** Reads wait until the test lets one of them through, the first one first. */
class SlowLog extends FaultyLog {
  readonly begun: ReadRange[] = [];
  readonly #held: (() => void)[] = [];
  isSlow = false;
  underWay = 0;

  override async read(room: string, range: ReadRange): Promise<RoomPage> {
    this.begun.push(range);
    this.underWay++;
    if (this.isSlow) await new Promise<void>((resolve) => this.#held.push(resolve));
    this.underWay--;
    return super.read(room, range);
  }

  letThrough(): void {
    this.#held.shift()?.();
  }
}

/** A room in which somebody has said something, that is open, and what there was before that. */
async function setUp(maxReads: number) {
  const log = new SlowLog();
  const server = serve({ log, maxReads });
  const said = stranger(server);
  said.say({ type: "join", id: 1, room: "ticker" });
  await settle();
  const { epoch, seq } = await server.publish("ticker", "tick", 1);
  await server.publish("ticker", "tick", 2);
  await settle();
  log.begun.length = 0;
  log.isSlow = true;
  return { log, server, old: { epoch, seq }, now: { epoch, seq: seq + 1 } };
}

const join = (id: number, position: Position): object => ({ type: "join", id, room: "ticker", ...position });

describe("a slow engine", () => {
  it("was asked for what joins had missed that were asked again meanwhile; only the last one of a room counts", async () => {
    const { log, server, old } = await setUp(1);
    const [first, ann] = [stranger(server), stranger(server)];
    first.say(join(1, old));
    await settle();
    for (const id of [1, 2, 3]) ann.say(join(id, old));
    await settle();
    expect(ann.told.slice(1)).toMatchObject([
      { type: "error", re: 1, code: "NOT_JOINED" },
      { type: "error", re: 2, code: "NOT_JOINED" },
    ]);
    expect(log.begun).toHaveLength(1);
    log.letThrough();
    await until(() => log.begun.length === 2);
    log.letThrough();
    await until(() => ann.told.some(({ type }) => type === "entries"));
    expect(ann.told.slice(3)).toMatchObject([
      { type: "joined", re: 3, outcome: "recovered" },
      { type: "entries", entries: [{ data: 2 }] },
    ]);
    await server.publish("ticker", "tick", 3);
    await until(() => ann.told.at(-1)?.type === "entry");
    expect(log.begun).toHaveLength(2);
    expect(ann.peer.rooms).toEqual(new Set(["ticker"]));
  });

  it("was asked for what connections had missed that were gone by then", async () => {
    const { log, server, old } = await setUp(1);
    const visitors = Array.from({ length: 20 }, () => stranger(server));
    for (const { say } of visitors) say(join(1, old));
    await settle();
    for (const { socket } of visitors.slice(0, 19)) socket.cut();
    await settle();
    log.letThrough();
    await until(() => log.begun.length === 2);
    log.letThrough();
    await until(() => visitors[19]!.told.some(({ type }) => type === "entries"));
    expect(log.begun).toHaveLength(2);
    expect(server.members.size("ticker")).toBe(2);
  });

  it("was asked by all joins and for all pages of history at once; no more than maxReads are under way", async () => {
    const { log, server, old } = await setUp(3);
    const visitors = Array.from({ length: 10 }, () => stranger(server));
    for (const { say } of visitors) {
      say(join(1, old));
      say({ type: "history", id: 2, room: "ticker", limit: 10 });
    }
    await settle();
    let most = 0;
    for (let i = 0; i < 20; i++) {
      await until(() => log.underWay === Math.min(3, 20 - i));
      most = Math.max(most, log.underWay);
      log.letThrough();
      await settle();
    }
    await until(() => visitors.every(({ told }) => told.some(({ type }) => type === "entries")));
    expect(most).toBe(3);
    for (const { told } of visitors) expect(told.filter(({ type }) => type === "page")).toHaveLength(1);
  });

  // Where the oldest went first, and clients waited for less than the queue was long, nobody ever came in.
  it("serves who has come last first: those before may have given it up by the time it is their turn", async () => {
    const { log, server, old } = await setUp(1);
    const visitors = Array.from({ length: 4 }, () => stranger(server));
    for (const { say } of visitors) say(join(1, old));
    await settle();
    const joined = (): number[] =>
      visitors.flatMap(({ told }, i) => (told.some(({ type }) => type === "joined") ? [i] : []));
    const order: number[][] = [];
    for (let i = 0; i < 4; i++) {
      log.letThrough();
      await settle();
      order.push(joined());
    }
    expect(order).toEqual([[0], [0, 3], [0, 2, 3], [0, 1, 2, 3]]);
  });

  it("is asked nothing by who has missed nothing", async () => {
    const { log, server, now } = await setUp(1);
    const ann = stranger(server);
    ann.say(join(1, now));
    await settle();
    expect(ann.told[1]).toMatchObject({ type: "joined", outcome: "recovered", ...now });
    await server.publish("ticker", "tick", 3);
    await settle();
    expect(ann.told[2]).toMatchObject({ type: "entry", prev: now.seq, data: 3 });
    expect(log.begun).toEqual([]);
  });

  it("keeps nobody in a room whose joins were given up, the last of them by the application", async () => {
    const { log, server, old } = await setUp(1);
    const ann = stranger(server);
    let joins = 0;
    server.useForMessages(async (message, _peer, next) => {
      if (message.type === "join" && ++joins === 2) throw new Error("not now");
      await next();
    });
    ann.say(join(1, old));
    await settle();
    ann.say(join(2, old));
    log.letThrough();
    await until(() => ann.told.length === 3);
    expect(ann.peer.rooms.size).toBe(0);
    expect(server.members.size("ticker")).toBe(1);
  });
});
