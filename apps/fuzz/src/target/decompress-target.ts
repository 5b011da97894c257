// MessageDeflate.decompress: a series of compressed messages, one to each piece of the cut, spoilt or not.
import { cutInto, toHex, concat } from "../bytes.ts";
import type { MessageDeflate } from "@ws/deflate";
import type { FuzzCase } from "../fuzz-case.ts";
import { deflateFor, inflating } from "../generate/compression.ts";
import { binary, text } from "../generate/payload.ts";
import { agreement, compressorFor } from "../generate/session.ts";
import { corruptDeflate } from "../mutate/deflate-mutator.ts";
import { check, checkEqual } from "../oracle/finding.ts";
import { inflations } from "../oracle/inflate-meter.ts";
import { noteBufferBytes } from "../oracle/memory.ts";
import type { Random } from "../random.ts";
import { ReferenceInflate } from "../reference/inflate.ts";
import type { Target } from "./target.ts";

export type DecompressorUnderTest = Pick<MessageDeflate, "decompress">;
type Create = (...parameters: Parameters<typeof deflateFor>) => DecompressorUnderTest;

export class DecompressTarget implements Target {
  readonly name = "decompress";
  readonly #create: Create;

  constructor(create: Create = deflateFor) {
    this.#create = create;
  }

  generate(random: Random): FuzzCase {
    const role = random.pick(["server", "client"] as const);
    const compression = agreement(random);
    const valid = random.oneIn(6);
    const compress = compressorFor(role, compression, random);
    let messages: Uint8Array[] = [];
    for (let count = random.below(8); count >= 0; count--) {
      const message = random.oneIn(2) ? text(random) : binary(random);
      const data = compress(message);
      // An empty piece would not be one.
      if (data !== undefined && data.length > 0) messages.push(data);
    }
    if (!valid) {
      messages = messages.map((data) => (random.oneIn(3) ? corruptDeflate(data, random) : data));
      if (random.oneIn(6)) messages.splice(random.below(messages.length), 1);
      if (random.oneIn(6)) messages.reverse();
      messages = messages.filter((data) => data.length > 0);
    }
    const maxBytes = valid ? 1 << 20 : random.pick([0, 1, 100, 5000, 65_536, 1 << 20]);
    const options = { role, compression, maxBytes, ...(valid && { valid }) };
    return { input: concat(messages), cut: messages.map(({ length }) => length), options };
  }

  run({ input, cut, options }: FuzzCase): number {
    const { role = "server", maxBytes = 1 << 20, valid = false } = options;
    const compression = options.compression ?? {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const one = this.#create(role, compression);
    const other = this.#create(role, compression);
    const { windowBits, noContextTakeover } = inflating(role, compression);
    let reference: ReferenceInflate | undefined = new ReferenceInflate(windowBits, noContextTakeover);
    let known = 0;
    let allowed = 128 * 1024;
    for (const data of cutInto(input, cut)) {
      const before = inflations();
      const inflated = one.decompress(data, maxBytes);
      const taken = inflations() - before;
      check(
        "steps",
        taken <= 24 + data.length / 512,
        `${taken} inflations for a message of ${data.length} bytes`,
      );
      checkEqual("recut", "the same data, again", short(other.decompress(data, maxBytes)), short(inflated));
      noteBufferBytes();
      // Each set-up of zlib has its own state, and its own room for output.
      allowed += 2 * taken * 120_000;
      allowed += 2 * (3 * data.length + 4 * maxBytes + 300_000);

      const expected = reference?.message(data, maxBytes);
      if (expected === undefined) reference = undefined;
      known += (expected?.length ?? 0) + data.length;
      allowed += 4 * (known + maxBytes) + 200_000;
      if (typeof inflated === "string") {
        const isKnown = inflated === "INVALID_COMPRESSED_DATA" || inflated === "MESSAGE_TOO_BIG";
        check("invariant", isKnown, `the failure ${inflated} is not documented`);
        check("differential", !valid, `valid data is refused with ${inflated}`);
        // The window is not to be trusted any more.
        return allowed;
      }
      check(
        "invariant",
        inflated.length <= maxBytes,
        `${inflated.length} bytes where ${maxBytes} are the limit`,
      );
      if (expected !== undefined) checkEqual("differential", "the message", short(inflated), short(expected));
    }
    return allowed;
  }
}

function short(inflated: Uint8Array | string): string {
  return typeof inflated === "string" ? inflated : toHex(inflated);
}
