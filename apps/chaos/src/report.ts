// What a run comes to: the judgement of every room, what must hold, and the counts for people.
import { atLeast, type Check, exactly, none, type Outcome } from "load/outcome";
import type { ChaosOptions } from "./chaos.ts";
import type { Book } from "./judge/book.ts";
import type { ExplainedGap } from "./judge/explain-gap.ts";
import { judgeRoom } from "./judge/judge-room.ts";
import type { Member } from "./members/member.ts";
import type { Tally } from "./members/tally.ts";
import type { Scene } from "./scene.ts";

export interface ChaosResult {
  readonly seed: string;
  readonly tally: Tally;
  readonly heard: number;
  readonly excused: number;
  readonly kills: number;
  readonly engineRestarts: number;
  readonly linkFaults: number;
  readonly gaps: readonly ExplainedGap[];
  /** What must be empty, in full. */
  readonly violations: Readonly<Record<Violation, readonly string[]>>;
  /** From mended to settled, in milliseconds. */
  readonly settledMs: number;
}

type Violation = "missing" | "duplicates" | "outOfOrder" | "wrong";

export interface Story {
  readonly options: ChaosOptions;
  readonly scene: Scene;
  readonly members: readonly Member[];
  readonly books: readonly Book[];
  readonly tally: Tally;
  readonly notes: readonly string[];
  readonly settledMs: number;
}

export function report({
  options,
  scene,
  members,
  books,
  tally,
  notes,
  settledMs,
}: Story): Outcome<ChaosResult> {
  const findings = books.map(judgeRoom);
  const all = (name: Violation): string[] => findings.flatMap((each) => each[name]);
  const gaps = findings.flatMap((each) => each.gaps);
  const because = (reason: ExplainedGap["reason"]): readonly ExplainedGap[] =>
    gaps.filter((gap) => gap.reason === reason);
  const heard = findings.reduce((sum, each) => sum + each.heard, 0);
  const excused = findings.reduce((sum, each) => sum + each.excused, 0);
  const failed = Object.values(tally.failed).reduce((sum, count) => sum + count, 0);
  const { kills, engineRestarts, linkFaults } = scene;
  const violations = {
    missing: all("missing"),
    duplicates: all("duplicates"),
    outOfOrder: all("outOfOrder"),
    wrong: all("wrong"),
  };
  const checks: Check[] = [
    none("acknowledged messages that somebody is missing", violations.missing),
    none("messages that somebody heard twice", violations.duplicates),
    none("messages that somebody heard out of order", violations.outOfOrder),
    none("messages that nobody published, or that are elsewhere", violations.wrong),
    none(
      "gaps that nothing explains",
      because("none").map(({ member, room, stretch }) => `${member} in ${room}: ${stretch}`),
    ),
    exactly(
      "messages whose fate is unknown",
      members.reduce((sum, { open }) => sum + open, 0),
      0,
    ),
    exactly("members that are there again", members.filter(({ isThere }) => isThere).length, members.length),
    none("what members were told and should not be", tally.faults),
    none("what nodes reported", notes),
    atLeast("acknowledged messages", tally.acknowledged, 1),
    atLeast("nodes killed", kills, 1),
    exactly("restarts of the engine", engineRestarts, options.engineRestarts),
    atLeast("links broken", linkFaults, 1),
  ];
  return {
    result: {
      seed: options.seed,
      tally,
      heard,
      excused,
      kills,
      engineRestarts,
      linkFaults,
      gaps,
      violations,
      settledMs,
    },
    checks,
    table: {
      "messages published": { count: tally.published },
      "… acknowledged": { count: tally.acknowledged },
      "… of these there already, when sent again": { count: tally.repeated },
      [`… failed ${JSON.stringify(tally.failed)}`]: { count: failed },
      "… sent more than once": { count: tally.retried },
      "messages heard": { count: heard },
      "… twice": { count: violations.duplicates.length },
      "… out of order": { count: violations.outOfOrder.length },
      "messages missing": { count: violations.missing.length },
      "messages not heard, in a gap": { count: excused },
      "gaps: more said than the room remembers": { count: because("retention").length },
      "gaps: the history was lost": { count: because("epoch").length },
      "gaps: nothing explains them": { count: because("none").length },
      "connections broken": { count: tally.interruptions },
      "rooms recovered without a gap": { count: tally.recoveries },
      "… messages told then": { count: tally.recovered },
      "nodes killed": { count: kills },
      "engine restarted": { count: engineRestarts },
      "links broken": { count: linkFaults },
      "settled after, ms": { count: Math.round(settledMs) },
    },
  };
}
