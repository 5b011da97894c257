// What is broken when, and mended when: made of a seed before anything runs, so that a run can be had again. Pure.
import type { Random, Span } from "./random.ts";

/** A link of a node: to the engine, or to its members. */
export interface LinkName {
  readonly side: "engine" | "members";
  readonly node: number;
}

export type Step = { readonly atMs: number } & (
  | { readonly what: "kill-node" | "start-node"; readonly node: number }
  | { readonly what: "kill-engine" | "start-engine" }
  /** All its connections end, and no new one comes about · nothing passes any more · some of its connections end · all is well. */
  | { readonly what: "cut" | "stall" | "thin" | "restore"; readonly link: LinkName }
);

/** How often, and for how long, in milliseconds. */
export interface Rhythm {
  readonly nodeKills: Span;
  readonly nodeDown: Span;
  readonly engineDown: Span;
  /** For each link by itself. */
  readonly linkCalm: Span;
  readonly linkFault: Span;
}

export interface PlanOptions {
  readonly durationMs: number;
  readonly nodes: number;
  readonly engineRestarts: number;
  readonly rhythm: Rhythm;
}

/** What happens from the beginning to the end, in order; what is broken at the end has to be mended by whoever runs it. */
export function makePlan(options: PlanOptions, random: Random): readonly Step[] {
  const links = Array.from({ length: options.nodes }, (_, node) =>
    (["engine", "members"] as const).map((side) => ({ side, node })),
  ).flat();
  return [
    ...nodeSteps(options, random.stream("nodes")),
    ...engineSteps(options, random.stream("engine")),
    ...links.flatMap((link) => linkSteps(link, options, random.stream(`${link.side} ${link.node}`))),
  ]
    .filter(({ atMs }) => atMs < options.durationMs)
    .toSorted((a, b) => a.atMs - b.atMs);
}

function nodeSteps({ durationMs, nodes, rhythm }: PlanOptions, random: Random): Step[] {
  const steps: Step[] = [];
  const downUntil = Array.from({ length: nodes }, () => 0);
  for (
    let atMs = random.within(rhythm.nodeKills);
    atMs < durationMs;
    atMs += random.within(rhythm.nodeKills)
  ) {
    const node = random.pick([...downUntil.keys()].filter((each) => downUntil[each]! < atMs));
    if (node === undefined) continue;
    const backMs = atMs + random.within(rhythm.nodeDown);
    downUntil[node] = backMs;
    steps.push({ atMs, what: "kill-node", node }, { atMs: backMs, what: "start-node", node });
  }
  return steps;
}

/** Spread over the time, each somewhere in the middle of its part of it. */
function engineSteps({ durationMs, engineRestarts, rhythm }: PlanOptions, random: Random): Step[] {
  const partMs = durationMs / engineRestarts;
  return Array.from({ length: engineRestarts }, (_, part): Step[] => {
    const atMs = (part + random.within([0.3, 0.6])) * partMs;
    const backMs = atMs + random.within(rhythm.engineDown);
    return [
      { atMs, what: "kill-engine" },
      { atMs: backMs, what: "start-engine" },
    ];
  }).flat();
}

function linkSteps(link: LinkName, { durationMs, rhythm }: PlanOptions, random: Random): Step[] {
  const steps: Step[] = [];
  let atMs = random.within(rhythm.linkCalm);
  while (atMs < durationMs) {
    const what = random.pick(["cut", "stall", "thin"] as const)!;
    const backMs = atMs + random.within(rhythm.linkFault);
    steps.push({ atMs, what, link }, { atMs: backMs, what: "restore", link });
    atMs = backMs + random.within(rhythm.linkCalm);
  }
  return steps;
}
