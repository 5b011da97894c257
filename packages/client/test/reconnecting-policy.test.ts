// The pure parts: when to try again, and how long to wait.
import { HeaderFields } from "@ws/handshake";
import { describe, expect, it } from "vitest";
import {
  ConnectError,
  type ConnectionEnd,
  ReconnectingConnection,
  type ReconnectingOptions,
  retriesByDefault,
} from "@ws/client";

const closed = (code: number): ConnectionEnd => ({
  type: "closed",
  result: { code, reason: "", wasClean: true },
});
const failed = (error: unknown, during: "resolving" | "connecting" = "connecting"): ConnectionEnd => ({
  type: "failed",
  during,
  error,
});
const answered = (status: number): ConnectionEnd =>
  failed(
    Object.assign(new ConnectError("UNEXPECTED_STATUS", "Cannot connect"), {
      response: { status, headers: new HeaderFields() },
    }),
  );

describe("retriesByDefault", () => {
  it.each([1001, 1005, 1006, 1011, 1012, 1013, 1014, 3008])("goes on after close code %d", (code) => {
    expect(retriesByDefault(closed(code))).toBe(true);
  });

  it.each([1000, 1002, 1003, 1007, 1008, 1009, 1010, 1015, 3000, 3003, 3999, 4000, 4999])(
    "ends after close code %d",
    (code) => {
      expect(retriesByDefault(closed(code))).toBe(false);
    },
  );

  it.each([101, 200, 302, 408, 425, 429, 500, 502, 503, 504])("goes on after status %d", (status) => {
    expect(retriesByDefault(answered(status))).toBe(true);
  });

  it.each([400, 401, 403, 404, 407, 410, 426])("ends after status %d", (status) => {
    expect(retriesByDefault(answered(status))).toBe(false);
  });

  it("goes on where the network failed, and where the credentials could not be had", () => {
    expect(retriesByDefault(failed(new ConnectError("NETWORK", "Cannot connect")))).toBe(true);
    expect(retriesByDefault(failed(new TypeError("fetch failed"), "resolving"))).toBe(true);
    expect(retriesByDefault(failed("what is no error"))).toBe(true);
  });

  it("ends where connecting makes no sense", () => {
    for (const error of [new TypeError(), new RangeError(), new DOMException("", "SyntaxError")]) {
      expect(retriesByDefault(failed(error))).toBe(false);
    }
  });
});

describe("ReconnectingConnection › options", () => {
  const connect = (): Promise<never> => new Promise(() => {});

  it.each([
    ["a delay of 0", { baseDelayMs: 0 }, RangeError],
    ["a delay that is not whole", { maxDelayMs: 1.5 }, RangeError],
    ["a delay that no timer can wait", { maxDelayMs: 2 ** 31 }, RangeError],
    ["a limit below 0", { maxQueuedBytes: -1 }, RangeError],
    ["a limit that is no number", { maxQueuedMessages: "1" as unknown as number }, TypeError],
    ["attempts that are no number", { maxAttempts: Number.NaN }, RangeError],
    ["a heartbeat without pause", { heartbeat: { message: "", intervalMs: 0 } }, RangeError],
    ["another policy", { whenInterrupted: "keep" as "drop" }, TypeError],
    ["no connect", { connect: undefined as never }, TypeError],
  ])("refuses %s", (_what, options: Partial<ReconnectingOptions>, expected) => {
    const url = "ws://localhost/";
    expect(() => new ReconnectingConnection({ connect, url, ...options })).toThrow(expected);
  });
});
