// What can be fuzzed: something that makes cases and plays them. A target throws a Finding, or anything it did not
// expect, which is one too.
import type { FuzzCase } from "../fuzz-case.ts";
import type { Random } from "../random.ts";

export interface Target {
  readonly name: string;
  generate(random: Random): FuzzCase;
  /** Plays the case. @returns how many bytes of buffers it may have allocated for that */
  run(fuzzCase: FuzzCase): number | Promise<number>;
}
