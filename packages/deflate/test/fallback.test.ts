// Where zlib cannot be driven directly, its one-shot functions do the same: what is said of the package is true there, too.
import { constants, deflateRawSync } from "node:zlib";
import { expect, it, vi } from "vitest";
import { prose, side } from "./messages.ts";

vi.mock("../src/direct-zlib.ts", () => {
  return { openDeflate: () => undefined, openInflate: () => undefined };
});

it("fallback › is what runs here", async () => {
  const file = "../src/direct-zlib.ts";
  const { openDeflate, openInflate } = await import(file);
  expect([openDeflate({}), openInflate(15)]).toEqual([undefined, undefined]);
  // And what it makes is what zlib makes.
  expect(Buffer.from(side("server", 15, true).compress(prose(3000))!)).toEqual(
    deflateRawSync(prose(3000), { level: 4, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
  );
});

await import("./bombs.test.ts");
await import("./compress-part.test.ts");
await import("./damaged-data.test.ts");
await import("./isolation.test.ts");
await import("./mixed-messages.test.ts");
await import("./rfc-examples.test.ts");
await import("./round-trip.test.ts");
await import("./streams.test.ts");
await import("./variant.test.ts");
await import("./window-edges.test.ts");
