// A bounded run in the test suite: what is kept, then the same cases every time, on every target.
import { describe, expect, it } from "vitest";
import { runCampaign } from "../src/campaign/campaign.ts";
import { CORPUS, readCorpus } from "../src/campaign/corpus.ts";
import { judge } from "../src/campaign/judge.ts";
import { TARGETS } from "../src/target/targets.ts";

const SEEDS = [1, 6455, 7692];

describe.each(TARGETS.map((target) => ({ name: target.name, target })))("fuzz $name", ({ name, target }) => {
  it("passes every kept case", async () => {
    const files = (await readCorpus(CORPUS)).filter(({ kept }) => kept.target === name);
    expect(files.length).toBeGreaterThan(0);
    for (const { file, kept } of files) {
      expect(await judge(target, kept.case), `${kept.note} (${file})`).toBeUndefined();
    }
  });

  it.each(SEEDS)(
    "finds nothing with seed %i",
    async (seed) => {
      const { found } = await runCampaign({ targets: [target], seed, cases: 25 });
      expect(found.map(({ finding }) => finding.message)).toEqual([]);
    },
    30_000,
  );
});

describe("corpus", () => {
  it("holds cases of known targets, each with a sentence", async () => {
    const names = TARGETS.map(({ name }) => name);
    for (const { file, kept } of await readCorpus(CORPUS)) {
      expect(names, file).toContain(kept.target);
      expect(kept.note.length, file).toBeGreaterThan(10);
    }
  });
});
