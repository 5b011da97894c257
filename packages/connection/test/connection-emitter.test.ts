// A connection is an EventEmitter like any other, though it keeps its listeners in less room.
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { open } from "./open.ts";

const NAMES = ["close", "drain", "toString", "constructor", "__proto__", "own"];
type Step = (emitter: EventEmitter, listener: () => void) => unknown;

const steps: Step[] = [
  (emitter, listener) => emitter.on("close", listener).eventNames(),
  (emitter, listener) => emitter.on("close", listener).listenerCount("close"),
  (emitter, listener) => emitter.once("toString", listener).eventNames(),
  (emitter) => emitter.listeners("toString").length,
  (emitter) => NAMES.map((name) => emitter.emit(name)),
  (emitter) => NAMES.map((name) => emitter.listenerCount(name)),
  (emitter, listener) => emitter.off("close", listener).rawListeners("close").length,
  (emitter, listener) => emitter.off("close", listener).eventNames(),
  (emitter, listener) => emitter.prependListener("own", listener).on("drain", listener).eventNames(),
  (emitter, listener) => emitter.off("drain", listener).eventNames(),
  (emitter, listener) => emitter.once("drain", listener).emit("drain"),
  (emitter) => emitter.eventNames(),
  (emitter) => emitter.removeAllListeners("own").eventNames(),
  (emitter, listener) =>
    emitter.on("removeListener", listener).on("drain", listener).removeAllListeners("drain").eventNames(),
  (emitter) => emitter.removeAllListeners().eventNames(),
  (emitter, listener) => emitter.on("newListener", listener).on("drain", listener).listenerCount("drain"),
  (emitter, listener) => emitter.off("none", listener).getMaxListeners(),
];

describe("a connection as an EventEmitter", () => {
  it("names no event for which nobody listens", () => {
    const { connection } = open("server");
    expect(connection.eventNames()).toEqual([]);
    connection.on("message", () => {});
    expect(connection.eventNames()).toEqual(["message"]);
  });

  it("does at each step what an ordinary one does", () => {
    const { connection } = open("server");
    const run = (emitter: EventEmitter): unknown[] => {
      let calls = 0;
      const listener = (): void => void calls++;
      return steps.map((step) => {
        const result = step(emitter, listener);
        // In which order names are listed is nobody's business.
        return [Array.isArray(result) && typeof result[0] === "string" ? new Set(result) : result, calls];
      });
    };
    expect(run(connection as unknown as EventEmitter)).toEqual(run(new EventEmitter()));
  });
});
