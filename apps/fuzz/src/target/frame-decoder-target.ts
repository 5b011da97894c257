// FrameDecoder, whole frames and parts: against the reference, under every cut, with limits of all sizes.
import {
  type Frame,
  FrameDecoder,
  type FrameDecoderOptions,
  ProtocolError,
  type Role,
  unmaskPart,
} from "@ws/frame";
import { concat, cutInto, toHex } from "../bytes.ts";
import type { FuzzCase } from "../fuzz-case.ts";
import { randomCut, recuts } from "../generate/cut.ts";
import { frameInput } from "../generate/frame-input.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import { noteBufferBytes } from "../oracle/memory.ts";
import { Steps } from "../oracle/steps.ts";
import type { Random } from "../random.ts";
import { readFrames } from "../reference/frame-reader.ts";
import type { Target } from "./target.ts";

/** What of a decoder the target uses: a test puts a broken one in its place. */
export type DecoderUnderTest = Pick<FrameDecoder, "push" | "next">;

interface Outcome {
  /** Whole frames and, last, perhaps the beginning of one: header fields and payload in hexadecimal. */
  readonly frames: readonly (readonly (string | number | boolean)[])[];
  readonly error: string | undefined;
}

export class FrameDecoderTarget implements Target {
  readonly name = "frame-decoder";
  readonly #create: (options: FrameDecoderOptions) => DecoderUnderTest;

  constructor(
    create: (options: FrameDecoderOptions) => DecoderUnderTest = (options) => new FrameDecoder(options),
  ) {
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    const role: Role = random.pick(["server", "client"]);
    const { input } = frameInput(random, role);
    const maxBytes = random.pick([
      0,
      1,
      125,
      126,
      1000,
      65_535,
      65_536,
      1 << 20,
      1 << 30,
      Number.MAX_SAFE_INTEGER,
    ]);
    const options = {
      role,
      partial: random.oneIn(2),
      maxBytes: random.oneIn(2) ? 1 << 20 : maxBytes,
      reservedBits: random.oneIn(3) ? random.below(8) : 0,
    };
    return { input, cut: randomCut(random, input.length), options };
  }

  run({ input, cut, options }: FuzzCase): number {
    const { role = "server", maxBytes = 1 << 20, reservedBits = 0, partial = false } = options;
    const settings = { role, maxPayloadBytes: maxBytes, reservedBits, partial };
    const outcome = this.#play(input, cut, settings);
    for (const recut of recuts(input.length)) {
      checkEqual(
        "recut",
        `cut into ${recut.slice(0, 4).join(",")}…`,
        this.#play(input, recut, settings),
        outcome,
      );
    }

    const expected = readFrames(input, { reader: role, reservedBits, maxPayload: BigInt(maxBytes) });
    const frames = expected.frames
      .filter(({ isWhole, opcode }) => isWhole || (partial && opcode < 8))
      .map(({ fin, rsv, opcode, key, length, payload }) => [
        fin,
        rsv,
        opcode,
        role === "server",
        key,
        Number(length),
        toHex(payload),
      ]);
    checkEqual("differential", "the frames", outcome, { frames, error: expected.error });
    // Each play copies the input into chunks, and the decoder may hold a small multiple of what arrived.
    return 512 * 1024 + 60 * input.length + 8 * 256 * expected.frames.length;
  }

  #play(input: Uint8Array, cut: readonly number[], settings: FrameDecoderOptions): Outcome {
    const decoder = this.#create(settings);
    const chunks = cutInto(input, cut);
    // A call for each frame, at least two bytes long, and for each chunk one in vain.
    const steps = new Steps("calls of next()", 2 * chunks.length + input.length + 2);
    const parts: Frame[] = [];
    let error: string | undefined;
    for (const chunk of chunks) {
      decoder.push(chunk);
      const wasOver: boolean = error !== undefined;
      try {
        for (;;) {
          steps.take();
          const frame = decoder.next();
          if (frame === undefined) break;
          unmaskPart(frame);
          parts.push(frame);
        }
        check("invariant", !wasOver, "the decoder went on after an error");
      } catch (thrown) {
        if (!(thrown instanceof ProtocolError)) throw thrown;
        check("invariant", !wasOver || error === thrown.code, "after an error another one was thrown");
        error = thrown.code;
      }
    }
    noteBufferBytes();
    return { frames: join(parts), error };
  }
}

/** The parts of each frame as one, after checking that they are parts of one. */
function join(parts: readonly Frame[]): Outcome["frames"] {
  const frames: (string | number | boolean)[][] = [];
  let payloads: Uint8Array[] = [];
  let offset = 0;
  for (const [at, part] of parts.entries()) {
    const { fin, rsv, opcode, masked, maskKey, payloadLength, payload } = part;
    check(
      "invariant",
      part.payloadOffset === offset,
      `a part begins at ${part.payloadOffset}, not at ${offset}`,
    );
    payloads.push(payload);
    offset += payload.length;
    if (offset < payloadLength && at + 1 < parts.length) continue;
    frames.push([fin, rsv, opcode, masked, maskKey, payloadLength, toHex(concat(payloads))]);
    payloads = [];
    offset = 0;
  }
  return frames;
}
