// Makes a case that fails smaller while it goes on failing the same rule: fewer actions, fewer cuts, fewer bytes, zeros
// for the rest (delta debugging, after Zeller and Hildebrandt, as plain as it gets).
import { concat } from "../bytes.ts";
import type { FuzzCase } from "../fuzz-case.ts";
import type { Target } from "../target/target.ts";
import { glance } from "./judge.ts";

const MOST_TRIES = 1500;

export async function minimise(target: Target, fuzzCase: FuzzCase): Promise<FuzzCase> {
  const oracle = (await glance(target, fuzzCase))?.oracle;
  // One that does not fail twice is kept as it is.
  if (oracle === undefined) return fuzzCase;
  let best = fuzzCase;
  let tries = 0;
  const adopt = async (smaller: FuzzCase): Promise<boolean> => {
    if (++tries > MOST_TRIES) return false;
    const finding = await glance(target, smaller);
    if (finding?.oracle !== oracle) return false;
    best = smaller;
    return true;
  };

  // Without its cut the input may be one message instead of several: then the cut stays.
  await adopt({ ...best, cut: [] });
  for (let at = best.cut.length - 1; at >= 0 && best.cut.length < 200; at--) {
    await adopt({ ...best, cut: best.cut.toSpliced(at, 1) });
  }
  for (let at = (best.options.actions ?? []).length - 1; at >= 0; at--) {
    const actions = (best.options.actions ?? []).toSpliced(at, 1);
    await adopt({ ...best, options: { ...best.options, actions } });
  }
  // An input that has to be accepted would not be valid any more when it is changed.
  const { valid: isValid, ...others } = best.options;
  if (isValid === true && !(await adopt({ ...best, options: others }))) return best;

  const remove = async (): Promise<void> => {
    for (
      let size = Math.ceil(best.input.length / 2);
      size >= 1;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let at = 0; at < best.input.length;) {
        const { input } = best;
        const rest = concat([input.subarray(0, at), input.subarray(at + size)]);
        if (!(await adopt({ ...best, input: rest }))) at += size;
      }
    }
  };
  const set = (at: number, byte: number): Promise<boolean> => {
    const input = Uint8Array.from(best.input);
    if (input[at] === byte) return Promise.resolve(true);
    input[at] = byte;
    return adopt({ ...best, input });
  };

  await remove();
  for (let at = 0; at < Math.min(best.input.length, 256); at++) {
    // Only the highest bit, which is a frame's mask bit, where nothing at all is too little.
    if (!(await set(at, 0))) await set(at, best.input[at]! & 0x80);
  }
  // A length that has become smaller leaves more to remove.
  await remove();
  return best;
}
