// Typed rooms from end to end on an engine: two nodes, clients that break off and come back, the engine that goes away and comes
// back. What every engine's own tests call besides the contract, with the same factory.
import { EventEmitter } from "node:events";
import { defineRooms, type RoomLog, type RoomLogOptions, RoomServer, unchecked } from "@ws/rooms";
import { type ClientRoom, RoomClient, type RoomChange } from "@ws/rooms/client";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EngineFactory, EngineUnderTest } from "./engine-under-test.ts";
import { Waiting } from "./hearing.ts";

const protocol = defineRooms({
  rooms: {
    chat: {
      events: { say: unchecked<string>(), bytes: unchecked<Uint8Array>() },
      signals: { wave: unchecked<number>() },
      presence: unchecked<string>(),
    },
  },
});
type Definition = (typeof protocol)["definition"];
type Node = RoomServer<Definition>;

/** One end of a connection in memory. */
class End extends EventEmitter {
  other!: End;
  state: "open" | "closed" = "open";

  send(frame: unknown): boolean {
    if (this.state === "closed") return false;
    queueMicrotask(() => this.other.state === "open" && this.other.emit("message", frame));
    return true;
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (end.state === "closed") continue;
      end.state = "closed";
      end.emit("close");
    }
  }
}

/** A client in the room, and what it was told. */
class Member {
  readonly heard: unknown[] = [];
  readonly changes: RoomChange<string>[] = [];
  readonly room: ClientRoom<Definition["rooms"]["chat"]>;
  readonly #client = new RoomClient(protocol);
  readonly #person: string;
  readonly #waiting = new Waiting();
  #end = new End();

  constructor(node: Node, person: string) {
    this.#person = person;
    this.room = this.#client.join("chat/1", { presence: true });
    for (const name of ["say", "bytes", "wave"] as const) {
      this.room.on(name, (data) => {
        this.heard.push(data);
        this.#waiting.happened();
      });
    }
    this.room.observe((change) => {
      this.changes.push(change);
      this.#waiting.happened();
    });
    this.#client.observe(() => this.#waiting.happened());
    this.connect(node);
    onTestFinished(() => this.#client.close());
  }

  get types(): string[] {
    return this.changes.map(({ type }) => type).filter((type) => type !== "people" && type !== "presence");
  }

  get people(): string[] {
    return [...this.room.people].map(([person, data]) => `${person} ${data}`).toSorted();
  }

  get engine(): string | undefined {
    return this.#client.engine;
  }

  cut(): void {
    this.#end.close();
  }

  connect(node: Node): void {
    this.#end = new End();
    const server = new End();
    this.#end.other = server;
    server.other = this.#end;
    this.#client.attach(this.#end);
    node.attach(server, { person: this.#person });
  }

  until(check: (member: this) => boolean): Promise<void> {
    return this.#waiting.until(() => check(this));
  }

  async say(...texts: string[]): Promise<void> {
    const results = texts.map((text) => this.room.publish("say", text).result);
    for (const result of await Promise.all(results)) if (result.status === "failed") throw result.error;
  }
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

/** Declares the tests of typed rooms on an engine. */
export function roomsOver(name: string, factory: EngineFactory): void {
  const { traits } = factory;
  const serve = (log: RoomLog): Node => {
    const node = new RoomServer<Definition>(protocol, { authorize: () => true, log, presenceSyncMs: 200 });
    onTestFinished(() => node.close());
    return node;
  };
  const start = async (
    options: RoomLogOptions = {},
  ): Promise<EngineUnderTest & { readonly one: Node; readonly two: Node }> => {
    const engine = await factory.create(options);
    onTestFinished(() => engine.close());
    return { ...engine, one: serve(engine.log), two: serve(await engine.second()) };
  };

  describe(`rooms over ${name}`, () => {
    it("tell members on all nodes what is said, in order, and signals and bytes too", async () => {
      const { one, two } = await start();
      const [ann, ben] = [new Member(one, "ann"), new Member(two, "ben")];
      await Promise.all([ann.room.joined, ben.room.joined]);
      await ann.say(...numbers(1, 20));
      await ben.room.publish("bytes", Uint8Array.of(0, 255)).result;
      for (const member of [ann, ben]) {
        await member.until(({ heard }) => heard.length === 21);
        expect(member.heard).toEqual([...numbers(1, 20), Uint8Array.of(0, 255)]);
      }
      await ann.room.signal("wave", 1);
      await ben.until(({ heard }) => heard.at(-1) === 1);
      if (!traits.isDurable) return;
      const { entries } = await ben.room.history({ limit: 3 });
      expect(entries.map(({ data, from }) => [data, from])).toEqual([
        ["19", "ann"],
        ["20", "ann"],
        [Uint8Array.of(0, 255), "ben"],
      ]);
    });

    it("tell who comes back on another node what was missed, or that there is a gap", async () => {
      const { one, two } = await start();
      const [ann, ben] = [new Member(one, "ann"), new Member(one, "ben")];
      await Promise.all([ann.room.joined, ben.room.joined]);
      await ann.say("1");
      await ben.until(({ heard }) => heard.length === 1);
      ben.cut();
      await ann.say(...numbers(2, 30));
      ben.connect(two);
      const outcome = traits.isDurable ? "recovered" : "gap";
      await ben.until(({ types, room }) => types.includes(outcome) && room.state === "joined");
      await ann.say("31");
      await ben.until(({ heard }) => heard.at(-1) === "31");
      expect(ben.heard).toEqual(traits.isDurable ? numbers(1, 31) : ["1", "31"]);
      expect(ben.types.filter((type) => type === "gap")).toHaveLength(traits.isDurable ? 0 : 1);
    });

    it("tell a gap, once, to who missed more than is kept, or says a position that was never", async () => {
      const { one, two } = await start({ retention: { maxEntries: 3 } });
      const [ann, ben] = [new Member(one, "ann"), new Member(one, "ben")];
      await Promise.all([ann.room.joined, ben.room.joined]);
      ben.cut();
      await ann.say(...numbers(1, 10));
      ben.connect(two);
      await ben.until(({ types, room }) => types.includes("gap") && room.state === "joined");
      await ann.say("11");
      await ben.until(({ heard }) => heard.at(-1) === "11");
      expect(ben.heard).toEqual(["11"]);
      expect(ben.types.filter((type) => type === "gap")).toHaveLength(1);
      const since = { epoch: ben.room.position!.epoch, seq: Number.MAX_SAFE_INTEGER };
      const client = new RoomClient(protocol);
      onTestFinished(() => client.close());
      const room = client.join("chat/1", { since });
      const types: string[] = [];
      room.observe(({ type }) => types.push(type));
      const [near, far] = [new End(), new End()];
      near.other = far;
      far.other = near;
      client.attach(near);
      two.attach(far);
      await room.joined;
      expect(types).toEqual(["gap", "joined"]);
    });

    it("tell on all nodes who is there, each once, and who goes", async () => {
      const { one, two } = await start();
      const [ann, again, ben] = [new Member(one, "ann"), new Member(two, "ann"), new Member(two, "ben")];
      await Promise.all([ann.room.joined, again.room.joined, ben.room.joined]);
      await ann.room.enter("here");
      await again.room.enter("here");
      await ben.room.enter("busy");
      for (const member of [ann, ben]) {
        await member.until(({ people }) => people.join() === "ann here,ben busy");
      }
      again.cut();
      ben.cut();
      await ann.until(({ people }) => people.join() === "ann here");
    });

    if (traits.canBeDown) outage(start, traits.isDurable);
    if (traits.survivesRestart) outlivingTheEngine(start, serve);
  });
}

type StartRooms = () => Promise<EngineUnderTest & { readonly one: Node; readonly two: Node }>;

function outage(start: StartRooms, isDurable: boolean): void {
  it("go on when the engine is back: what waited is published once, and nobody misses anything in silence", async () => {
    const { one, two, breakLink, healLink } = await start();
    const [ann, ben] = [new Member(one, "ann"), new Member(two, "ben")];
    await Promise.all([ann.room.joined, ben.room.joined]);
    await ann.room.enter("here");
    await ann.say("1");
    await ben.until(({ heard }) => heard.length === 1);
    await breakLink!();
    const said = ann.say(...numbers(2, 20));
    for (const member of [ann, ben]) await member.until(({ engine }) => engine === "down");
    await healLink!();
    await said;
    for (const member of [ann, ben]) await member.until(({ engine }) => engine === "up");
    await ann.say("21");
    await ben.until(({ heard }) => heard.at(-1) === "21");
    await ben.until(({ people }) => people.join() === "ann here");
    expect(ben.types).not.toContain("left");
    // Without a history what came next may be heard before the gap is told.
    if (isDurable) expect(ben.heard).toEqual(numbers(1, 21));
    else await ben.until(({ types }) => types.includes("gap"));
    expect(ben.types.includes("gap")).toBe(!isDurable);
  });
}

function outlivingTheEngine(start: StartRooms, serve: (log: RoomLog) => Node): void {
  it("outlive the engine and all nodes: who comes back is told what was missed", async () => {
    const { one, restart: again } = await start();
    const [ann, ben] = [new Member(one, "ann"), new Member(one, "ben")];
    await Promise.all([ann.room.joined, ben.room.joined]);
    await ann.say("1");
    await ben.until(({ heard }) => heard.length === 1);
    ben.cut();
    await ann.say("2");
    ann.cut();
    const next = serve(await again!());
    ann.connect(next);
    ben.connect(next);
    await ann.say("3");
    await ben.until(({ heard }) => heard.length === 3);
    expect(ben.heard).toEqual(["1", "2", "3"]);
    expect(ben.types).not.toContain("gap");
  });
}
