import * as testing from "@ws/testing";
import { expect, it } from "vitest";

it("package › exports these names and no others", () => {
  expect(Object.keys(testing).toSorted()).toEqual([
    "FakeClock",
    "FrameReader",
    "MemoryWire",
    "RawOpcode",
    "RawPeer",
    "TestTransport",
    "closePayload",
    "connectionAndPeer",
    "connectionPair",
    "describeFrame",
    "describeFrames",
    "dialRaw",
    "expectFrames",
    "listenRaw",
    "misbehaviours",
    "rawClose",
    "rawFrame",
    "readFrames",
    "record",
    "settle",
  ]);
});
