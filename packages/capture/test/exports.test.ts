import { expect, it } from "vitest";
import * as all from "@ws/capture";

it("exports what is documented, and nothing else", () => {
  expect(Object.keys(all).toSorted()).toEqual([
    "frameBytes",
    "handshakeBytes",
    "readJsonLines",
    "toHar",
    "toJsonLines",
    "toPcapng",
  ]);
});
