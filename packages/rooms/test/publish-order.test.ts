// What a client says behind something that was refused does not overtake it, however much it says before it has read the answer.
import { describe, expect, it } from "vitest";
import { MemoryLog, RoomError } from "@ws/rooms";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, stranger, Visitor } from "./scene.ts";

const publish = (id: number, text: string, retry?: true): object => ({
  type: "publish",
  id,
  room: "chat/1",
  entries: [{ id: text, event: "message", data: { text } }],
  ...(retry === undefined ? {} : { retry }),
});

async function textsIn(log: MemoryLog): Promise<string[]> {
  const { entries } = await log.read("chat/1", { after: 0, limit: 100 });
  return entries.map(({ id }) => id.slice(id.lastIndexOf(":") + 1));
}

describe("publishes of one client", () => {
  it("that waited behind one that the engine had refused were appended before its retry", async () => {
    const shared = new MemoryLog();
    const log = new FaultyLog(shared);
    const { say, told } = stranger(serve({ log }), "ann");
    log.goDown();
    say(publish(1, "a"));
    say(publish(2, "b"));
    await settle();
    log.comeUp();
    // Sent before the answers were read.
    say(publish(3, "c"));
    await settle();
    const down = (re: number): object => ({ type: "error", re, code: "ENGINE_DOWN" });
    const answers = told.filter((message) => "re" in message);
    expect(answers).toMatchObject([down(1), down(2), down(3)]);
    say(publish(4, "a", true));
    for (const [i, text] of ["b", "c"].entries()) say(publish(5 + i, text));
    await settle();
    expect(await textsIn(shared)).toEqual(["a", "b", "c"]);
  });

  it("that came behind one refused as OVERLOADED overtook it", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    let isBusy = true;
    server.useForMessages(async (message, _peer, next) => {
      if (message.type === "publish" && isBusy) throw new RoomError("OVERLOADED", "Cannot do that now");
      await next();
    });
    const { say } = stranger(server, "ann");
    say(publish(1, "a"));
    await settle();
    isBusy = false;
    say(publish(2, "b"));
    await settle();
    expect(await textsIn(log)).toEqual([]);
    say(publish(3, "a", true));
    say(publish(4, "b"));
    await settle();
    expect(await textsIn(log)).toEqual(["a", "b"]);
  });

  it("go on behind one that is refused for good, and in other rooms", async () => {
    const log = new FaultyLog();
    const { say, told } = stranger(serve({ log, maxBatch: 1 }), "ann");
    const draft = { id: "x", event: "message", data: { text: "x" } };
    say({ type: "publish", id: 1, room: "chat/1", entries: [draft, { ...draft, id: "y" }] });
    say(publish(2, "a"));
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "published", re: 2 });
    log.goDown();
    say(publish(3, "b"));
    await settle();
    log.comeUp();
    say({ ...publish(4, "c"), room: "chat/2" });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "published", re: 4 });
  });

  it("in more rooms than can be kept in order end the connection", async () => {
    const log = new FaultyLog();
    log.goDown();
    const { say, end, told } = stranger(serve({ log }), "ann");
    for (let i = 0; i <= 1001; i++) {
      say({ ...publish(i + 1, "a"), room: `chat/${i}` });
      if (i % 50 === 0) await settle();
    }
    await settle();
    expect(end.closedWith).toEqual({ code: 1013, reason: "OVERLOADED" });
    expect(told.some(({ type }) => type === "published")).toBe(false);
  });

  it("of our client say where they begin again, once", async () => {
    const log = new FaultyLog();
    const server = serve({ log });
    const said: unknown[] = [];
    server.useForMessages(async (message, _peer, next) => {
      if (message.type === "publish") said.push([message.entries.map(({ id }) => id), message.retry]);
      await next();
    });
    const room = new Visitor(server, "ann").client.join("chat/1");
    await room.joined;
    log.goDown();
    const first = room.publish("message", { text: "a" }, { id: "a" });
    await settle();
    const second = room.publish("message", { text: "b" }, { id: "b" });
    log.comeUp();
    expect([await first.result, await second.result]).toMatchObject([
      { position: { seq: 1 } },
      { position: { seq: 2 } },
    ]);
    await room.publish("message", { text: "c" }, { id: "c" }).result;
    expect(said[0]).toEqual([["a"], undefined]);
    expect(said.slice(1)).toEqual([
      [["a", "b"], true],
      [["c"], undefined],
    ]);
  });
});
