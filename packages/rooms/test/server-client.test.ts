import { describe, expect, it } from "vitest";
import { MemoryLog, RoomError } from "@ws/rooms";
import type { RoomChange } from "@ws/rooms/client";
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
