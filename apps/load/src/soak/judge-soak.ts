// Whether a soak left anything behind: growth over its second half, and what is there when everybody has gone.
import { atMost, type Check, exactly, none } from "../outcome.ts";
import { judgeHoldings } from "../process/holdings.ts";
import type { Sample } from "../process/sample.ts";
import { regress } from "./regression.ts";
import type { SoakResult, SoakSample } from "./soak.ts";

const MiB = 1024 * 1024;

/** Growth that is called a leak, in MiB per hour. RSS moves in steps as the allocators see fit, the heap does not. */
const MAX_GROWTH = { rssBytes: 32, heapBytes: 4, externalBytes: 4 } as const;
type Measure = keyof typeof MAX_GROWTH;

/** Fewer samples in the second half, and the line means nothing. */
const MIN_SAMPLES = 6;
/** A shorter second half is warm-up still: code is compiled, pools find their size. */
const MIN_SECONDS = 300;
/** After the last session the heap holds what it held after the first ones: code and tables grow a little. */
const MAX_HEAP_LEFT_BYTES = 8 * MiB;

export function judgeSoak(result: SoakResult): Check[] {
  const { samples, final, before, after, complaints, warnings, connectionsLeft, expectedKinds, sessions } =
    result;
  const first = samples[0];
  return [
    none("complaints", complaints),
    none("warnings", warnings),
    exactly("kinds of session that ended well", Object.keys(sessions).length, expectedKinds),
    exactly("connections left", connectionsLeft, 0),
    ...(["server", "clients"] as const).flatMap((who) => [
      judgeHoldings(who, before[who], after[who]),
      ...(first === undefined
        ? []
        : [
            atMost(
              `${who}: heap at the end, above the first sample, KiB`,
              Math.round((final[who].heapBytes - first[who].heapBytes) / 1024),
              MAX_HEAP_LEFT_BYTES / 1024,
            ),
          ]),
      ...judgeGrowth(who, samples),
    ]),
  ];
}

function judgeGrowth(who: "server" | "clients", samples: readonly SoakSample[]): Check[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (half.length < MIN_SAMPLES) return [];
  const isLong = half.at(-1)!.seconds - half[0]!.seconds >= MIN_SECONDS;
  return (Object.keys(MAX_GROWTH) as Measure[]).map((measure) => {
    const points = half.map((sample) => ({ x: sample.seconds / 3600, y: sample[who][measure] / MiB }));
    const { slope, standardError } = regress(points);
    // Growth that noise alone may be is none.
    const isLeak = slope - 2 * standardError > MAX_GROWTH[measure];
    return {
      what: `${who}: growth of ${measure} over the second half, MiB per hour`,
      measured: `${slope.toFixed(2)} ± ${(2 * standardError).toFixed(2)}`,
      bound: isLong ? MAX_GROWTH[measure] : `not judged in less than ${MIN_SECONDS} s`,
      passed: !isLeak || !isLong,
    };
  });
}

export function cpuPercent(from: Sample, to: Sample, seconds: number): number {
  return Math.round((to.cpuMs - from.cpuMs) / (10 * seconds));
}
