// Rooms in which who reads too slowly may miss something, because that was declared; and the newest of each key.
import { describe, expect, it } from "vitest";
import { defineRooms, RoomPublisher, type SlowPolicy, unchecked } from "@ws/rooms";
import type { ServerMessage } from "@ws/rooms/wire";
import { protocol, serve, settle, stranger } from "./scene.ts";

/** A member that reads one message and then no more, until it is let. */
async function slowMember(slowPolicy: SlowPolicy, room: string) {
  const server = serve({ rooms: { slowPolicy } });
  const { say, told, end } = stranger(server);
  say({ type: "join", id: 1, room });
  await settle();
  let isStuck = true;
  const send = end.send.bind(end);
  end.send = (data) => {
    send(data);
    return !isStuck;
  };
  const publisher = new RoomPublisher(protocol, server.log);
  const release = async (): Promise<ServerMessage[]> => {
    isStuck = false;
    end.emit("drain");
    await settle();
    return told.slice(2);
  };
  return { server, publisher, say, told, release };
}

describe("a lossy room", () => {
  it("asks nobody to come again for what was dropped, and says what is missing by the numbers", async () => {
    const { publisher, release } = await slowMember({ policy: "drop-oldest", maxMessages: 2 }, "prices/a");
    for (let i = 1; i <= 10; i++) await publisher.publish("prices/a", "trade", i);
    const heard = await release();
    expect(heard).toMatchObject([1, 9, 10].map((seq) => ({ type: "entry", prev: 0, seq, data: seq })));
  });

  it("that is not lossy has them asked for", async () => {
    const { publisher, release } = await slowMember({ policy: "drop-oldest", maxMessages: 2 }, "ticker");
    for (let i = 1; i <= 10; i++) await publisher.publish("ticker", "tick", i);
    expect((await release()).map((message) => message.type === "entry" && message.prev)).toEqual([0, 8, 9]);
  });

  it("tells after a break what was missed, like any other", async () => {
    const { server, publisher, say, told, release } = await slowMember("drop-oldest", "prices/a");
    for (let i = 1; i <= 3; i++) await publisher.publish("prices/a", "trade", i);
    await release();
    const { epoch } = await server.log.read("prices/a", { after: 0, limit: 1 });
    say({ type: "join", id: 2, room: "prices/a", epoch, seq: 1 });
    await settle();
    expect(told.at(-1)).toMatchObject({ type: "entries", entries: [{ seq: 2 }, { seq: 3 }] });
  });
});

describe("signals that conflate", () => {
  it("wait once for each key, the newest in the place of the first", async () => {
    const { publisher, release } = await slowMember("conflate", "prices/a");
    const price = (pair: string, rate: number): Promise<void> =>
      publisher.signal("prices/a", "price", { pair, rate });
    await price("first", 0);
    await price("EUR", 1);
    await price("USD", 2);
    await price("EUR", 3);
    await settle();
    expect((await release()).map((message) => "data" in message && message.data)).toEqual([
      { pair: "first", rate: 0 },
      { pair: "EUR", rate: 3 },
      { pair: "USD", rate: 2 },
    ]);
  });

  it("are declared: by signals that there are", () => {
    const declare = (): unknown =>
      defineRooms({ rooms: { a: { signals: { price: unchecked() }, conflateBy: { toString: "x" } } } });
    expect(declare).toThrow('Cannot conflate "toString" of the rooms "a": it is none of its signals');
  });
});
