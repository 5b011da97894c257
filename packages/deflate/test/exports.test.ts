import * as deflate from "@ws/deflate";
import { expect, it } from "vitest";

it("package › exports these names and no others", () => {
  expect(Object.keys(deflate).toSorted()).toEqual([
    "DecompressError",
    "EXTENSION_NAME",
    "MessageDeflate",
    "acceptOffer",
    "createOffer",
    "resolveDeflateOptions",
    "verifyAnswer",
  ]);
});

it("package › its extension is the registered one (RFC 7692 §9.1)", () => {
  expect(deflate.EXTENSION_NAME).toBe("permessage-deflate");
});
