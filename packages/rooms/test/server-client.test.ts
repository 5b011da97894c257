import { describe, expect, it } from "vitest";
import { MemoryLog, RoomError } from "@ws/rooms";
import type { RoomChange } from "@ws/rooms/client";
import { FaultyLog } from "./faulty-log.ts";
import { serve, settle, until, Visitor } from "./scene.ts";

describe("rooms › publishing", () => {
  it("reaches all members in order, and says where it is", async () => {
    const server = serve();
    const ann = new Visitor(server, "ann");
    const ben = new Visitor(server, "ben");
    const heard: unknown[] = [];
    const room = ben.client.join("chat/lobby");
    room.on("message", ({ text }, { from, position }) => heard.push([text, from, position?.seq]));
    await room.joined;
    const own = ann.client.join("chat/lobby");
    const results = await Promise.all(["a", "b", "c"].map((text) => own.publish("message", { text }).result));
    expect(results.map((result) => result.status === "delivered" && result.position.seq)).toEqual([1, 2, 3]);
    await until(() => heard.length === 3);
    expect(heard).toEqual([
      ["a", "ann", 1],
      ["b", "ann", 2],
      ["c", "ann", 3],
    ]);
  });

  it("carries bytes beside JSON", async () => {
    const server = serve();
    const { client } = new Visitor(server);
    const room = client.join("chat");
    const images: unknown[] = [];
    room.on("image", (image) => images.push(image));
    await room.joined;
    await room.publish("image", { bytes: new Uint8Array([0, 1, 255]), alt: "three" }).result;
    await until(() => images.length === 1);
    expect(images).toEqual([{ bytes: new Uint8Array([0, 1, 255]), alt: "three" }]);
    const { entries } = await room.history();
    expect(entries[0]).toMatchObject({ event: "image", data: { bytes: new Uint8Array([0, 1, 255]) } });
  });
});

describe("rooms › publishing without being there", () => {
  it("is in order and once, and brings nothing back", async () => {
    const log = new FaultyLog();
    const server = serve({ log, authorize: (action) => action !== "join" });
    const ann = new Visitor(server, "ann");
    const publisher = ann.client.publisher("chat/1");
    const early = publisher.publish("message", { text: "1" }, { id: "m-1" });
    expect(await early.result).toMatchObject({ status: "delivered", position: { seq: 1 } });
    // Its answer is lost with the connection.
    ann.socket.held = [];
    const interrupted = publisher.publish("message", { text: "2" }, { id: "m-2" });
    const behind = publisher.publish("message", { text: "3" });
    await settle();
    ann.socket.cut();
    ann.connect(server);
    expect(await interrupted.result).toMatchObject({ status: "delivered", position: { seq: 2 } });
    expect(await behind.result).toMatchObject({ status: "delivered", position: { seq: 3 } });
    const { entries } = await log.read("chat/1", { after: 0, limit: 10 });
    expect(entries).toHaveLength(3);
    expect([...server.peers].flatMap(({ rooms }) => [...rooms])).toEqual([]);
  });

  it("fails from its end on, and of what was sent nobody knows", async () => {
    const ann = new Visitor(serve(), "ann");
    const publisher = ann.client.publisher("chat/1");
    expect((await publisher.publish("message", { text: "1" }).result).status).toBe("delivered");
    ann.socket.held = [];
    const sent = publisher.publish("message", { text: "2" });
    const waiting = publisher.publish("message", { text: "3" });
    publisher.close();
    publisher.close();
    const error = { code: "CLOSED" };
    expect(await sent.result).toMatchObject({ status: "failed", error, wasSent: true });
    expect(await waiting.result).toMatchObject({ status: "failed", error, wasSent: false });
    expect(await publisher.publish("message", { text: "4" }).result).toMatchObject({
      error,
      wasSent: false,
    });
    const other = ann.client.publisher("chat/1");
    const last = other.publish("message", { text: "5" });
    ann.client.close();
    expect(await last.result).toMatchObject({ status: "failed", error });
    expect(() => ann.client.publisher("chat/1")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  });
});

describe("rooms › requests", () => {
  it("are answered in both directions", async () => {
    const server = serve();
    server.onRequest("add", ({ a, b }) => a + b);
    const { client } = new Visitor(server);
    client.onRequest("confirm", (question) => question === "sure?");
    expect(await client.request("add", { a: 1, b: 2 })).toBe(3);
    const [peer] = server.peers;
    expect(await peer!.request("confirm", "sure?")).toBe(true);
  });

  it("tell a RoomError of the handler, and nothing of any other error", async () => {
    const reported: unknown[] = [];
    const server = serve({ onError: (error) => reported.push(error) });
    const secret = new Error("the password is 1234");
    server.onRequest("echo", (what) => {
      throw what === "own" ? new RoomError("NO_SUCH_THING", "There is none") : secret;
    });
    const { client } = new Visitor(server);
    await expect(client.request("echo", "own")).rejects.toMatchObject({
      code: "NO_SUCH_THING",
      message: "There is none",
    });
    const error = await client.request("echo", "other").catch((reason: unknown) => reason as RoomError);
    expect(error).toMatchObject({ code: "INTERNAL" });
    expect(String((error as RoomError).message)).not.toContain("1234");
    expect(reported).toEqual([secret]);
  });
});

describe("rooms › recovery", () => {
  it("tells what was missed, in order and once, on another node", async () => {
    const log = new MemoryLog();
    const one = serve({ log });
    const two = serve({ log: new MemoryLog({ sharedWith: log }) });
    const ann = new Visitor(one, "ann");
    const ben = new Visitor(one, "ben");
    const heard: string[] = [];
    const changes: RoomChange[] = [];
    const room = ben.client.join("chat/lobby");
    room.on("message", ({ text }) => heard.push(text));
    room.observe((change) => changes.push(change));
    await room.joined;
    const own = ann.client.join("chat/lobby");
    await own.publish("message", { text: "1" }).result;
    await until(() => heard.length === 1);
    ben.socket.cut();
    for (const text of ["2", "3", "4"]) await own.publish("message", { text }).result;
    ben.connect(two);
    await until(() => heard.length === 4);
    await own.publish("message", { text: "5" }).result;
    await until(() => heard.length === 5);
    expect(heard).toEqual(["1", "2", "3", "4", "5"]);
    expect(changes.map(({ type }) => type)).toEqual(["joined", "interrupted", "joined", "recovered"]);
    expect(changes[3]).toMatchObject({ missed: 3 });
    await settle();
  });
});
