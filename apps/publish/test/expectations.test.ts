import { expect, it } from "vitest";
import { limitOf, unexpected } from "../src/expectations.ts";
import { judged, notTried } from "../src/result.ts";

const limit = { runtime: "Deno", package: "@ws/server", check: "readme", why: "it has no such thing" };
const failed = { ok: false, why: "exit code 1" };
const worked = { ok: true, why: "" };

it("a failure is unexpected unless it is known, and a known one is unexpected once it works", () => {
  const results = [
    judged("Deno", "@ws/server", "readme", failed),
    judged("Deno", "@ws/client", "readme", failed),
    judged("Bun", "@ws/server", "readme", worked),
    notTried("Node 20", "@ws/rooms-redis", "readme", "there is no Redis"),
  ];
  expect(unexpected(results, [limit])).toEqual(["@ws/client › Deno › readme: exit code 1"]);
  expect(limitOf(results[0]!, [limit])).toBe(limit);
  expect(unexpected([judged("Deno", "@ws/server", "readme", worked)], [limit])).toEqual([
    "@ws/server › Deno › readme works: take it out of known-limits.ts",
  ]);
});
