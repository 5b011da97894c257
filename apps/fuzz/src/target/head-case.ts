// A case of which the input is a head, mostly spoilt, and perhaps something behind it.
import { concat } from "../bytes.ts";
import type { FuzzCase } from "../fuzz-case.ts";
import { randomCut } from "../generate/cut.ts";
import { encodeHeadModel, type HeadModel } from "../generate/head.ts";
import { mutateBytes, splice } from "../mutate/byte-mutator.ts";
import { mutateHead } from "../mutate/head-mutator.ts";
import type { Random } from "../random.ts";

export function headCase(random: Random, generate: (random: Random) => HeadModel): FuzzCase {
  let head = generate(random);
  const valid = random.oneIn(10);
  if (valid) {
    const input = encodeHeadModel(head);
    return { input, cut: randomCut(random, input.length), options: { valid } };
  }
  if (!random.oneIn(6)) for (let i = random.below(3); i >= 0; i--) head = mutateHead(head, random);
  let input = encodeHeadModel(head);
  if (random.oneIn(4)) for (let i = random.below(3); i >= 0; i--) input = mutateBytes(input, random);
  if (random.oneIn(12)) input = splice(input, encodeHeadModel(generate(random)), random);
  if (random.oneIn(5)) input = concat([input, random.bytes(random.below(40))]);
  if (random.oneIn(20))
    input = concat([new Uint8Array(Buffer.from("\r\n".repeat(random.between(1, 300)))), input]);
  const options = random.oneIn(4)
    ? { maxHeaderBytes: random.pick([1, 16, 100, 250, 1000]), maxHeaderCount: random.pick([1, 5, 7, 100]) }
    : {};
  return { input, cut: randomCut(random, input.length), options };
}
