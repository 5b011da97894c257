// What the lab's page knows, without a page: numbers as they are read, tables as they are copied, frames as they are edited.
import { describe, expect, it } from "vitest";
import { CRAFTED_CASES } from "../../src/shared/lab/crafted-cases.ts";
import { PRESET_SIZES } from "../../src/shared/lab/lab-limits.ts";
import type { Measurement, MeasurementPlan } from "../../src/shared/lab/measurement.ts";
import { edit, readEdited, rewrite } from "../../src/web/lab/state/edited-frame.ts";
import {
  formatBytes,
  formatMs,
  formatRange,
  formatRate,
  formatSize,
} from "../../src/web/lab/state/format.ts";
import { type Result, toMarkdown, toRow, toTabSeparated } from "../../src/web/lab/state/result-table.ts";
import { SizeLabStore } from "../../src/web/lab/state/size-lab-store.ts";

const plan: MeasurementPlan = { bytes: 65_536, kind: "text", fragmentBytes: 0, compress: false, rounds: 3 };
const measurement: Measurement = {
  roundTripsMs: [30, 10, 20],
  framesOut: { min: 1, max: 1 },
  framesBack: { min: 1025, max: 1030 },
  wireBytesOut: { min: 65_550, max: 65_551 },
  wireBytesBack: { min: 65_546, max: 65_546 },
  isCompressed: false,
  sha256: "0123456789abcdef".repeat(4),
  isEqual: true,
};
const result: Result = { number: 1, runner: "server", plan, measurement };

describe("numbers", () => {
  it("name sizes exactly, and measures by the digits that count", () => {
    expect(PRESET_SIZES.map(formatSize)).toEqual([
      "1 KiB",
      "16 KiB",
      "64 KiB − 1",
      "64 KiB",
      "256 KiB",
      "1 MiB",
      "4 MiB",
      "16 MiB",
    ]);
    expect([0, 70_001].map(formatSize)).toEqual(["0 B", "70,001 B"]);
    expect([5, 1536, 1_572_864].map(formatBytes)).toEqual(["5 B", "1.5 KiB", "1.5 MiB"]);
    expect([0.12345, 12.345, 1234.5].map(formatMs)).toEqual(["0.123 ms", "12.3 ms", "1.23 s"]);
    expect(formatRate(1048.576)).toBe("1 MiB/s");
    expect(formatRange({ min: 1, max: 2000 })).toBe("1–2,000");
    expect(formatRange({ min: 2 ** 20, max: 2 ** 20 + 1 }, formatBytes)).toBe("1 MiB");
  });
});

describe("results", () => {
  it("are rows that say what was measured", () => {
    expect(toRow(result)).toEqual({
      number: "1",
      runner: "Server",
      payload: "64 KiB text",
      fragments: "whole",
      deflate: "no",
      roundTrip: "20 ms (10 ms–30 ms)",
      throughput: "6.25 MiB/s",
      frames: "1 → 1,025–1,030 ←",
      wire: "64 KiB → 64 KiB ←",
      sha256: "01234567 equal",
    });
    const { sha256: _sha256, ...insecure } = { ...measurement, isEqual: false };
    expect(toRow({ ...result, plan: { ...plan, compress: true }, measurement: insecure })).toMatchObject({
      deflate: "agreed, not used",
      sha256: "bytes different",
    });
  });

  it("are copied with tabs, or as Markdown", () => {
    const [head, row] = toTabSeparated([result]).split("\n");
    expect(head?.split("\t")).toHaveLength(10);
    expect(row?.split("\t")).toHaveLength(10);
    expect(toMarkdown([result]).split("\n")[1]).toBe(`|${" --- |".repeat(10)}`);
  });
});

describe("the size lab", () => {
  const runs = {
    browser: () => Promise.resolve(measurement),
    server: () => Promise.reject(new Error("No.")),
  };

  it("measures all sizes with as many rounds as each may have", async () => {
    const store = new SizeLabStore(runs, () => "");
    store.change({ rounds: 50, fragmentBytes: 16 });
    await store.runAll();
    expect(store.error.value).toBeUndefined();
    const plans = store.results.value.map((of) => of.plan);
    expect(plans.map(({ bytes }) => bytes)).toEqual(PRESET_SIZES);
    expect(plans.map(({ rounds }) => rounds)).toEqual([50, 50, 50, 50, 50, 50, 16, 4]);
    expect(plans.map(({ fragmentBytes }) => fragmentBytes)).toEqual([16, 16, 16, 16, 16, 16, 64, 256]);
    expect(store.progress.value).toBeUndefined();
  });

  it("says what went wrong, and goes on", async () => {
    const store = new SizeLabStore(runs, () => "");
    store.runner.value = "server";
    await store.run();
    expect(store.error.value).toBe("No.");
    store.runner.value = "browser";
    await store.run();
    expect([store.error.value, store.results.value.length]).toEqual([undefined, 1]);
  });
});

describe("the editor", () => {
  it("reads each case of the table back as it is", () => {
    for (const { frames } of CRAFTED_CASES) {
      for (const frame of frames) expect(readEdited(edit(1, frame))).toEqual({ frame });
    }
  });

  it("names the field that is wrong", () => {
    const good = edit(1, CRAFTED_CASES[0]!.frames[0]!);
    expect(readEdited({ ...good, maskKey: "12" })).toMatchObject({ field: "maskKey" });
    expect(readEdited({ ...good, payloadAs: "hex", payload: "4" })).toMatchObject({ field: "payload" });
    for (const announcedLength of ["-1", "1e3", "18446744073709551616"]) {
      expect(readEdited({ ...good, announcedLength })).toMatchObject({ field: "announcedLength" });
    }
    expect(readEdited({ ...good, announcedLength: "18446744073709551615" })).toMatchObject({
      frame: { announcedLength: 2n ** 64n - 1n },
    });
  });

  it("writes a payload the other way, unless it is no text", () => {
    const text = edit(1, CRAFTED_CASES[0]!.frames[0]!);
    const hex = rewrite(text, "hex");
    expect(hex.payload).toBe("48 65 6c 6c 6f");
    expect(rewrite(hex, "text")).toEqual(text);
    const none = { ...hex, payload: "ff" };
    expect(rewrite(none, "text")).toBe(none);
  });
});
