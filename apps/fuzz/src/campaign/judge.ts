// Plays one case and says what is wrong, if anything: what the target found, what escaped it, what it allocated.
import type { FuzzCase } from "../fuzz-case.ts";
import { asFinding, Finding } from "../oracle/finding.ts";
import { heldBytes, takePeakBytes } from "../oracle/memory.ts";
import type { Target } from "../target/target.ts";

/** Behind a collection, so that the measure of memory is exact: for cases one by one. About 10 ms each. */
export async function judge(target: Target, fuzzCase: FuzzCase): Promise<Finding | undefined> {
  // What earlier cases left would else be freed while this one is measured, and hide what it allocates.
  await heldBytes();
  return play(target, fuzzCase);
}

/**
 * Without a collection before it, for cases by the thousand. One that seems to allocate too much is judged again; one
 * that does may escape now and then, where garbage of earlier cases is freed in its midst.
 */
export async function glance(target: Target, fuzzCase: FuzzCase): Promise<Finding | undefined> {
  const finding = await play(target, fuzzCase);
  return finding?.oracle === "memory" ? judge(target, fuzzCase) : finding;
}

async function play(target: Target, fuzzCase: FuzzCase): Promise<Finding | undefined> {
  try {
    takePeakBytes();
    const before = takePeakBytes();
    const allowed = await target.run(fuzzCase);
    const allocated = takePeakBytes() - before;
    if (allocated <= allowed) return undefined;
    const { length } = fuzzCase.input;
    return new Finding("memory", `${allocated} bytes were allocated for ${length}; ${allowed} are justified`);
  } catch (thrown) {
    return asFinding(thrown);
  }
}
