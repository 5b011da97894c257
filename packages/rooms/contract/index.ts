// What every engine promises, as tests. An engine's own tests call `roomLogContract` with a way to make one; the traits that it
// declares decide which tests it gets, so that what it cannot do is said, and never skipped.
import { describe, expect, it, onTestFinished } from "vitest";
import { closing } from "./closing.ts";
import { delivery } from "./delivery.ts";
import { deduplication } from "./deduplication.ts";
import type { EngineFactory, EngineTraits, EngineUnderTest, Start } from "./engine-under-test.ts";
import { history, lostHistory } from "./history.ts";
import { names } from "./names.ts";
import { noHistory } from "./no-history.ts";
import { outage, outageAndHistory } from "./outage.ts";
import { poison, poisonInHistory } from "./poison.ts";
import { presence, presenceOfTheDead } from "./presence.ts";
import { restart } from "./restart.ts";
import { retention } from "./retention.ts";

export { entries, ids, idsOf, readAll, seqsOf, text, utf8 } from "./entries.ts";
export type { EngineFactory, EngineTraits, EngineUnderTest } from "./engine-under-test.ts";
export { Hearing, Watching } from "./hearing.ts";
export { roomsOver } from "./rooms-over.ts";
export { type Fate, UnreliableLog } from "./unreliable-log.ts";

/** What there must be for a trait, and must not be without it. */
const MEANS: Readonly<Partial<Record<keyof EngineTraits, readonly (keyof EngineUnderTest)[]>>> = {
  canBeDown: ["breakLink", "healLink"],
  survivesRestart: ["restart"],
  canForget: ["forget"],
  canBePoisoned: ["poison"],
  nodesDieAlone: ["kill"],
};

/** What it is about: an engine whose outages take their time may have them in another file, beside the rest. */
export type ContractPart = "steady" | "outages";

/** Declares the tests of an engine: all of them, or one part here and the other one elsewhere. */
export function roomLogContract(name: string, factory: EngineFactory, part?: ContractPart): void {
  const { traits } = factory;
  const start: Start = async (options = {}) => {
    const engine = await factory.create(options);
    onTestFinished(() => engine.close());
    return engine;
  };

  describe(`${name} › contract`, () => {
    it("has the traits that it declares", async () => {
      const engine = await start();
      expect(engine.log.isDurable).toBe(traits.isDurable);
      expect(engine.log.status).toBe("up");
      for (const [trait, means] of Object.entries(MEANS)) {
        for (const key of means) {
          expect(typeof engine[key] === "function", `${trait} and ${key}`).toBe(
            traits[trait as keyof EngineTraits],
          );
        }
      }
    });

    it("makes nodes with names of their own, of 128 bits and more", async () => {
      const engine = await start();
      const nodes = [engine.log.node, (await engine.second()).node, (await engine.second()).node];
      expect(new Set(nodes).size).toBe(3);
      for (const node of nodes) expect(node).toMatch(/^[\w-]{22,64}$/);
    });

    if (part !== "steady") {
      if (traits.survivesRestart) restart(start);
      if (traits.canBeDown) outage(start);
      if (traits.canBeDown && traits.isDurable) outageAndHistory(start);
    }
    if (part === "outages") return;
    delivery(start);
    names(start, traits);
    presence(start);
    closing(start);
    if (traits.isDurable) {
      history(start);
      deduplication(start);
      retention(start);
    } else {
      noHistory(start);
    }
    if (traits.canForget) lostHistory(start);
    if (traits.nodesDieAlone) presenceOfTheDead(start);
    if (traits.canBePoisoned) poison(start);
    if (traits.canBePoisoned && traits.isDurable) poisonInHistory(start);
  });
}
