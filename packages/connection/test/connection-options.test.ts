import { Connection, type ConnectionOptions, MAX_TIMER_MS, resolveConnectionOptions } from "@ws/connection";
import { TestTransport } from "@ws/testing";
import { describe, expect, it } from "vitest";
import { open } from "./open.ts";
import { ROLES } from "./wire.ts";

const SIZES = [
  "maxMessageBytes",
  "maxBufferedBytes",
  "highWaterMarkBytes",
  "maxMessagesPerSecond",
  "maxReceivedBytesPerSecond",
  "maxControlFramesPerSecond",
] as const;
const TIMES = ["pingIntervalMs", "pongTimeoutMs", "closeTimeoutMs"] as const;

describe.each([...SIZES, ...TIMES])("connection options › %s", (name) => {
  const max = (TIMES as readonly string[]).includes(name) ? MAX_TIMER_MS : Number.MAX_SAFE_INTEGER;

  it.each([-1, 0.5, Number.NaN, Infinity, -Infinity, max + 1])("refuses %d by a RangeError", (value) => {
    expect(() => open("server", { [name]: value })).toThrow(
      new RangeError(`Cannot set ${name} to ${value}: it must be a whole number from 0 to ${max}`),
    );
  });

  it.each([
    ["1000", "string"],
    [null, "object"],
    [{}, "object"],
    [true, "boolean"],
    [[1], "object"],
  ])("refuses %j by a TypeError", (value, type) => {
    expect(() => open("server", { [name]: value })).toThrow(
      new TypeError(`Cannot set ${name} to a value of type ${type}: it must be a number`),
    );
  });

  it.each([0, 1, max])("accepts %d", (value) => {
    expect(resolveConnectionOptions("server", { [name]: value })[name]).toBe(value);
  });
});

describe("connection options › defaults", () => {
  const common: ConnectionOptions = {
    maxBufferedBytes: 16 * 1024 * 1024,
    highWaterMarkBytes: 64 * 1024,
    pingIntervalMs: 30_000,
    pongTimeoutMs: 10_000,
    closeTimeoutMs: 5000,
    whenBufferFull: "close",
    maxMessagesPerSecond: 0,
    maxReceivedBytesPerSecond: 0,
    maxControlFramesPerSecond: 0,
  };

  it("are as documented: 1 MiB messages on a server, 16 MiB on a client", () => {
    const MiB = 1024 * 1024;
    expect(resolveConnectionOptions("server", {})).toEqual({ ...common, maxMessageBytes: MiB });
    expect(resolveConnectionOptions("client", {})).toEqual({ ...common, maxMessageBytes: 16 * MiB });
  });

  it.each(["open", "", 1, null])("refuse %j as a policy for a full buffer", (policy) => {
    expect(() => open("server", { whenBufferFull: policy as never })).toThrow(
      new TypeError(`Cannot set whenBufferFull to ${String(policy)}: it is "close", "drop" or "wait"`),
    );
  });

  it("stand in for undefined", () => {
    const options = { maxMessageBytes: undefined } as unknown as ConnectionOptions;
    expect(resolveConnectionOptions("server", options).maxMessageBytes).toBe(1024 * 1024);
  });
});

describe("connection options › role and protocol", () => {
  it("refuses a role that is none", () => {
    expect(() => new Connection(new TestTransport(), {} as never)).toThrow(TypeError);
    expect(() => new Connection(new TestTransport(), { role: "sever" as never })).toThrow(
      new TypeError('Cannot take the role sever: it must be "server" or "client"'),
    );
  });

  it("a refused option leaves the transport alone", () => {
    const transport = new TestTransport();
    expect(() => open("server", { transport, maxMessageBytes: -1 })).toThrow(RangeError);
    expect(transport.listenerCount("data")).toBe(0);
    expect(transport.readableFlowing).toBeNull();
  });

  it.each(ROLES)("the protocol is what was agreed (%s)", (role) => {
    expect(open(role).connection.protocol).toBe("");
    expect(open(role, { protocol: "chat" }).connection.protocol).toBe("chat");
  });
});

describe("limits that were resolved before", () => {
  it("are what connections have that are given them, as one object", () => {
    const limits = resolveConnectionOptions("server", { maxMessageBytes: 17 });
    const others = resolveConnectionOptions("server", {});
    for (const each of [limits, others, limits]) {
      expect(open("server", { limits: each, maxMessageBytes: 5 }).connection.limits).toBe(each);
    }
  });

  it("must have been", () => {
    const limits = { ...resolveConnectionOptions("server", {}), maxMessageBytes: -1 };
    expect(() => open("server", { limits })).toThrow(/Cannot take these limits/);
  });
});
