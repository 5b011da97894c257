import { describe, expect, it } from "vitest";
import { DEFAULT_ROOM } from "../src/shared/names.ts";
import { personId } from "../src/shared/person.ts";
import { startNode } from "./support/nodes.ts";
import { arrive } from "./support/visitor.ts";

describe("a room", () => {
  it("carries messages with their author, their id and their place", async () => {
    const { url } = await startNode();
    const [ada, ben] = await Promise.all([arrive(url, "Ada"), arrive(url, "Ben")]);
    const [hers, his] = await Promise.all([ada.come(DEFAULT_ROOM), ben.come(DEFAULT_ROOM)]);
    await hers.say("hello, Ben", "first");
    expect(await his.hear("hello, Ben")).toMatchObject({
      from: personId(ada.person),
      id: "first",
      position: { seq: 1 },
    });
  });
});
