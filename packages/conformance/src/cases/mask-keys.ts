// Whether a client's masking keys look like the output of a strong random source (RFC 6455 §5.3). A test of this
// kind can only find sources that are plainly bad; the bounds leave a good one no realistic chance of failing.
import type { Judgement } from "../suite/verdict.ts";

export function gradeKeys(judgement: Judgement, keys: readonly number[]): void {
  judgement.saw(`${keys.length} masking keys`);
  if (keys.length < 100) judgement.fail(`only ${keys.length} masked frames came`);

  const repeats = keys.length - new Set(keys).size;
  // 5,000 random keys hold a repeat with a chance of 0.3 %, three of them practically never.
  if (repeats > 2) judgement.failed(`${repeats} of ${keys.length} masking keys are repeats`);

  const steps = new Set(keys.slice(1).map((key, i) => (key - (keys[i] as number)) >>> 0));
  if (steps.size < keys.length / 2) judgement.failed("masking keys advance by the same few steps");

  for (let bit = 0; bit < 32; bit++) {
    const ones = keys.reduce((sum, key) => sum + ((key >>> bit) & 1), 0);
    // Six standard deviations of a fair coin.
    if (Math.abs(ones - keys.length / 2) > 3 * Math.sqrt(keys.length)) {
      judgement.failed(`bit ${bit} of the masking keys is set in ${ones} of ${keys.length}`);
    }
  }
}
