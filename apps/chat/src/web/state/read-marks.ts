// The read marks as the browser keeps them. What comes out of storage is checked like anything from outside.
import * as v from "valibot";
import type { BrowserMemory } from "./browser-memory.ts";
import type { ReadMarks } from "./room-list.ts";

const KEY = "read";
const marksSchema: v.GenericSchema<unknown, ReadMarks> = v.record(
  v.string(),
  v.object({ epoch: v.string(), seq: v.number() }),
);

export function loadReadMarks(memory: BrowserMemory): ReadMarks {
  try {
    const result = v.safeParse(marksSchema, JSON.parse(memory.get(KEY) ?? "{}"));
    return result.success ? result.output : {};
  } catch {
    return {};
  }
}

export function saveReadMarks(memory: BrowserMemory, marks: ReadMarks): void {
  memory.set(KEY, JSON.stringify(marks));
}
