// Plays one case and says what is wrong, if anything: what the target found, what escaped it, what it allocated.
import type { FuzzCase } from "../fuzz-case.ts";
import { asFinding, Finding } from "../oracle/finding.ts";
import { heldBytes, takePeakBytes } from "../oracle/memory.ts";
import type { Target } from "../target/target.ts";

export async function judge(target: Target, fuzzCase: FuzzCase): Promise<Finding | undefined> {
  try {
    const first = await allocation(target, fuzzCase);
    if (first.allocated <= first.allowed) return undefined;
    // Buffers of earlier cases do not count: once more, behind a collection.
    await heldBytes();
    const { allocated, allowed } = await allocation(target, fuzzCase);
    if (allocated <= allowed) return undefined;
    const { length } = fuzzCase.input;
    return new Finding("memory", `${allocated} bytes were allocated for ${length}; ${allowed} are justified`);
  } catch (thrown) {
    return asFinding(thrown);
  }
}

async function allocation(
  target: Target,
  fuzzCase: FuzzCase,
): Promise<{ readonly allocated: number; readonly allowed: number }> {
  takePeakBytes();
  const before = takePeakBytes();
  const allowed = await target.run(fuzzCase);
  return { allocated: takePeakBytes() - before, allowed };
}
