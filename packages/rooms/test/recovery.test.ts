// Breaks of all kinds: whatever happens, each member has each acknowledged message once and in order, or was told of a gap.
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MemoryLog, RoomPublisher } from "@ws/rooms";
import type { ClientRoom, Publication, RoomChange } from "@ws/rooms/client";
import { FaultyLog } from "./faulty-log.ts";
import { type Definition, protocol, serve, settle, until, Visitor } from "./scene.ts";

type Chat = ClientRoom<Definition["rooms"]["chat"]>;

interface Record {
  readonly room: Chat;
  readonly heard: string[];
  readonly changes: RoomChange[];
}

function record(visitor: Visitor, name: "chat" | `chat/${string}` = "chat/lobby"): Record {
  const room = visitor.client.join(name);
  const heard: string[] = [];
  const changes: RoomChange[] = [];
  room.on("message", ({ text }) => heard.push(text));
  room.observe((change) => changes.push(change));
  return { room, heard, changes };
}

const types = ({ changes }: Record): string[] => changes.map(({ type }) => type);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

afterEach(() => vi.useRealTimers());

describe("recovery", () => {
  it("tells what was missed on another node, however much of it, and goes on live", async () => {
    const log = new MemoryLog();
    const [one, two] = [serve({ log }), serve({ log: new MemoryLog({ sharedWith: log }) })];
    const publisher = new RoomPublisher(protocol, log);
    const ben = new Visitor(one, "ben");
    const heard = record(ben);
    await heard.room.joined;
    ben.socket.cut();
    // Three pages, and some.
    for (const text of numbers(1, 330)) await publisher.publish("chat/lobby", "message", { text });
    ben.connect(two);
    await until(() => heard.heard.length === 330);
    await publisher.publish("chat/lobby", "message", { text: "331" });
    await until(() => heard.heard.length === 331);
    expect(heard.heard).toEqual(numbers(1, 331));
    expect(types(heard)).toEqual(["joined", "interrupted", "joined", "recovered"]);
    expect(heard.changes.at(-1)).toMatchObject({ missed: 330 });
  });

  it("misses nothing that is said while what was missed is read", async () => {
    const log = new FaultyLog();
    const server = serve({ log });
    const publisher = new RoomPublisher(protocol, log);
    const ben = new Visitor(server, "ben");
    const heard = record(ben);
    await heard.room.joined;
    ben.socket.cut();
    for (const text of numbers(1, 3)) await publisher.publish("chat/lobby", "message", { text });
    let read!: () => void;
    // Somebody else keeps the room open on this node, so that it hears what comes meanwhile.
    const other = record(new Visitor(server, "cat"));
    await other.room.joined;
    log.beforeRead = new Promise((resolve) => (read = resolve));
    ben.connect(server);
    await settle();
    for (const text of numbers(4, 6)) await publisher.publish("chat/lobby", "message", { text });
    await until(() => other.heard.length === 3);
    expect(heard.heard).toEqual([]);
    log.beforeRead = undefined;
    read();
    await until(() => heard.heard.length === 6);
    expect(heard.heard).toEqual(numbers(1, 6));
    expect(types(heard)).not.toContain("gap");
  });

  it("says gap where the history is another one, where part of it is gone, and where it is too much", async () => {
    const log = new MemoryLog({ retention: { maxEntries: 5 } });
    const server = serve({ log, maxRecovered: 3 });
    const publisher = new RoomPublisher(protocol, log);
    const say = (text: string): Promise<unknown> => publisher.publish("chat/lobby", "message", { text });
    for (const text of numbers(1, 9)) await say(text);
    const { epoch } = await log.read("chat/lobby", { before: undefined, limit: 1 });
    const since = async (position: { epoch: string; seq: number }): Promise<string[]> => {
      const { client } = new Visitor(server);
      const room = client.join("chat/lobby", { since: position });
      const found: string[] = [];
      room.observe((change) => found.push(change.type));
      room.on("message", ({ text }) => found.push(text));
      await room.joined;
      await settle();
      client.close();
      return found.slice(0, -2);
    };
    expect(await since({ epoch: "another", seq: 9 })).toEqual(["gap"]);
    expect(await since({ epoch, seq: 2 })).toEqual(["gap"]);
    expect(await since({ epoch, seq: 5 })).toEqual(["gap"]);
    expect(await since({ epoch, seq: 100 })).toEqual(["gap"]);
    expect(await since({ epoch, seq: 6 })).toEqual(["joined", "7", "8", "9"]);
  });

  it("does not go back where a node is behind what another one has told", async () => {
    const log = new FaultyLog(new MemoryLog({ retention: { maxEntries: 5 } }));
    const server = serve({ log });
    const say = async (...texts: string[]): Promise<void> => {
      for (const text of texts) await server.publish("chat/lobby", "message", { text });
    };
    await new Visitor(server, "keeper").client.join("chat/lobby").joined;
    await say(...numbers(1, 3));
    await settle();
    log.fate = () => "lose";
    await say(...numbers(4, 8));
    const { epoch } = await log.read("chat/lobby", { before: undefined, limit: 1 });
    const heard: string[] = [];
    const { client } = new Visitor(server, "ben");
    const room = client.join("chat/lobby", { since: { epoch, seq: 7 } });
    room.on("message", ({ text }) => heard.push(text));
    await until(() => heard.includes("8"));
    await say("9", "10");
    log.fate = () => "pass";
    await say("11");
    await until(() => heard.includes("11"));
    await settle();
    expect(heard).toEqual(numbers(8, 11));
  });

  it("hears everything once where notifications are lost, repeated and out of order", async () => {
    const log = new FaultyLog();
    const server = serve({ log });
    const ann = new Visitor(server, "ann");
    const heard = record(new Visitor(server, "ben"));
    const own = record(ann);
    await Promise.all([heard.room.joined, own.room.joined]);
    const fates = ["lose", "repeat", "hold", "pass"] as const;
    log.fate = ({ seq }) => fates[seq % 4]!;
    for (const text of numbers(1, 40)) await own.room.publish("message", { text }).result;
    log.releaseReversed();
    log.fate = () => "pass";
    await own.room.publish("message", { text: "41" }).result;
    await until(() => heard.heard.length >= 41 && own.heard.length >= 41);
    await settle();
    expect(heard.heard).toEqual(numbers(1, 41));
    expect(own.heard).toEqual(numbers(1, 41));
    expect(types(heard)).toEqual(["joined"]);
  });

  it("asks for what a slow member was not sent, as soon as it gets something else", async () => {
    const server = serve();
    const ben = new Visitor(server, "ben");
    const heard = record(ben);
    await heard.room.joined;
    const publisher = new RoomPublisher(protocol, server.log);
    const send = ben.socket.peer.send.bind(ben.socket.peer);
    let sent = 0;
    // What a policy does that drops: the second of three never leaves.
    vi.spyOn(ben.socket.peer, "send").mockImplementation((data) => ++sent === 2 || send(data));
    for (const text of numbers(1, 3)) await publisher.publish("chat/lobby", "message", { text });
    await until(() => heard.heard.length === 3);
    expect(heard.heard).toEqual(numbers(1, 3));
    expect(types(heard)).toEqual(["joined", "joined", "recovered"]);
  });

  it("tells members that the engine is down, and catches up when it is up again", async () => {
    const shared = new MemoryLog();
    const log = new FaultyLog(shared);
    const statuses: string[] = [];
    const server = serve({ log, onEngine: (status) => statuses.push(status) });
    const other = serve({ log: new MemoryLog({ sharedWith: shared }) });
    const ann = new Visitor(server, "ann");
    const told: string[] = [];
    ann.client.observe((change) => change.type === "engine" && told.push(change.status));
    const own = record(ann);
    await own.room.joined;
    log.goDown();
    await settle();
    const states: string[] = [];
    const publication = own.room.publish(
      "message",
      { text: "mine" },
      { onState: (state) => states.push(state) },
    );
    await new RoomPublisher(protocol, other.log).publish("chat/lobby", "message", { text: "theirs" });
    await until(() => states.includes("retrying"));
    log.comeUp();
    expect(await publication.result).toMatchObject({ status: "delivered", isDuplicate: false });
    await until(() => own.heard.length === 2);
    expect(own.heard).toEqual(["theirs", "mine"]);
    expect(told).toEqual(["up", "down", "up"]);
    expect(statuses).toEqual(["down", "up"]);
    expect(states.at(-1)).toBe("delivered");
  });

  it("joins a room when the engine is up, where it was down at first", async () => {
    const log = new FaultyLog();
    log.goDown();
    const server = serve({ log });
    const { client } = new Visitor(server);
    const room = client.join("chat");
    await settle();
    expect([room.state, client.engine]).toEqual(["joining", "down"]);
    log.comeUp();
    await room.joined;
    expect(client.engine).toBe("up");
  });

  it("publishes once what the engine took without saying so", async () => {
    const log = new FaultyLog();
    const server = serve({ log });
    const own = record(new Visitor(server, "ann"));
    await own.room.joined;
    log.losesAnswers = true;
    const states: string[] = [];
    const publication = own.room.publish(
      "message",
      { text: "once" },
      { onState: (state) => states.push(state) },
    );
    await until(() => states.includes("retrying"));
    log.losesAnswers = false;
    expect(await publication.result).toMatchObject({
      status: "delivered",
      isDuplicate: true,
      position: { seq: 1 },
    });
    await until(() => own.heard.length > 0);
    await settle();
    expect(own.heard).toEqual(["once"]);
  });

  it("keeps the order of a publisher whose connection breaks between batches, and publishes each once", async () => {
    const log = new MemoryLog();
    const server = serve({ log });
    const listener = record(new Visitor(server, "ben"));
    await listener.room.joined;
    const ann = new Visitor(server, "ann");
    const own = record(ann);
    await own.room.joined;
    const publications: Publication[] = [];
    for (const text of numbers(1, 50)) {
      publications.push(own.room.publish("message", { text }));
      if (Number(text) % 7 === 0) {
        // The answer is on its way, and never arrives.
        ann.socket.cut();
        ann.connect(server);
        await settle();
      }
    }
    const results = await Promise.all(publications.map(({ result }) => result));
    expect(results.every(({ status }) => status === "delivered")).toBe(true);
    await until(() => listener.heard.length >= 50 && own.heard.length >= 50);
    await settle();
    expect(listener.heard).toEqual(numbers(1, 50));
    expect(own.heard).toEqual(numbers(1, 50));
  });

  it("gives a message up that was not acknowledged within the window, and says that nobody knows", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    const log = new FaultyLog();
    const server = serve({ log });
    const ann = new Visitor(server, "ann", { retryWindowMs: 30_000 });
    const own = record(ann);
    await own.room.joined;
    log.goDown();
    const { result } = own.room.publish("message", { text: "never" });
    await settle();
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1000);
      await settle();
    }
    expect(await result).toMatchObject({ status: "failed", error: { code: "TIMEOUT" }, wasSent: true });
  });

  it("holds for any breaks, on any nodes, with any notifications lost", { timeout: 60_000 }, async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant("publish"), who: fc.nat(2) }),
      fc.record({ type: fc.constant("cut"), who: fc.nat(2), node: fc.nat(1) }),
      fc.record({ type: fc.constant("down"), node: fc.nat(1) }),
      fc.record({ type: fc.constant("up"), node: fc.nat(1) }),
      fc.record({ type: fc.constant("turn") }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.infiniteStream(fc.nat(9)),
        async (steps, fates) => {
          const shared = new MemoryLog();
          const logs = [new FaultyLog(shared), new FaultyLog(new MemoryLog({ sharedWith: shared }))];
          for (const log of logs) {
            log.fate = () => (["lose", "repeat", "pass"] as const)[fates.next().value! % 3]!;
          }
          const nodes = logs.map((log) => serve({ log }));
          const visitors = ["ann", "ben", "cat"].map((name, i) => new Visitor(nodes[i % 2], name));
          const records = visitors.map((visitor) => record(visitor));
          await Promise.all(records.map(({ room }) => room.joined));
          const publications: (readonly [string, Publication])[] = [];
          let count = 0;
          for (const { type, ...what } of steps) {
            const { who = 0, node = 0 } = what as { who?: number; node?: number };
            if (type === "publish") {
              const text = `${who}:${++count}`;
              publications.push([text, records[who]!.room.publish("message", { text })]);
            } else if (type === "cut") {
              visitors[who]!.socket.cut();
              visitors[who]!.connect(nodes[node]!);
            } else if (type === "down") logs[node]!.goDown();
            else if (type === "up") logs[node]!.comeUp();
            else await new Promise((resolve) => setImmediate(resolve));
          }
          for (const log of logs) {
            log.fate = () => "pass";
            log.comeUp();
          }
          const results = await Promise.all(publications.map(([, { result }]) => result));
          expect(results.map(({ status }) => status)).toEqual(results.map(() => "delivered"));
          // One more that everybody hears, so that whoever was told nothing notices.
          const last = await records[0]!.room.publish("message", { text: "end" }).result;
          expect(last.status).toBe("delivered");
          await until(() => records.every(({ heard }) => heard.at(-1) === "end"));
          const expected = [...publications.map(([text]) => text)].toSorted();
          for (const { heard, changes } of records) {
            expect(changes.map(({ type }) => type)).not.toContain("gap");
            expect(heard.slice(0, -1).toSorted()).toEqual(expected);
            for (const who of [0, 1, 2]) {
              const own = heard
                .filter((text) => text.startsWith(`${who}:`))
                .map((text) => Number(text.slice(2)));
              expect(own).toEqual(own.toSorted((a, b) => a - b));
            }
          }
          for (const { client } of visitors) client.close();
          for (const node of nodes) await node.close();
        },
      ),
      { numRuns: 100 },
    );
  });
});
