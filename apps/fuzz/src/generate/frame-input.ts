// The bytes of a session, mostly with a fault or a few: what the targets that read frames are fed.
import type { Agreement } from "@ws/deflate";
import type { Role } from "@ws/frame";
import { mutateBytes, splice } from "../mutate/byte-mutator.ts";
import { mutateFrames } from "../mutate/frame-mutator.ts";
import type { Random } from "../random.ts";
import { encodeModels } from "./frame-model.ts";
import { session } from "./session.ts";

export interface FrameInput {
  readonly input: Uint8Array;
  readonly valid: boolean;
}

export function frameInput(random: Random, reader: Role, agreed?: Agreement): FrameInput {
  let frames = session(random, reader, agreed);
  if (random.oneIn(10)) return { input: encodeModels(frames), valid: true };
  if (!random.oneIn(5)) for (let i = random.below(3); i >= 0; i--) frames = mutateFrames(frames, random);
  let input = encodeModels(frames);
  if (random.oneIn(8)) input = splice(input, encodeModels(session(random, reader, agreed)), random);
  if (random.oneIn(3)) for (let i = random.below(3); i >= 0; i--) input = mutateBytes(input, random);
  return { input, valid: false };
}
