// Each oracle can fail: a subject with one fault is found, made small, kept, and found again in what was kept.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MessageDeflate, resolveDeflateOptions } from "@ws/deflate";
import { parseExtensions } from "@ws/handshake";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCampaign } from "../src/campaign/campaign.ts";
import { readCorpus } from "../src/campaign/corpus.ts";
import { judge } from "../src/campaign/judge.ts";
import type { Oracle } from "../src/oracle/finding.ts";
import { ConnectionTarget } from "../src/target/connection-target.ts";
import { DecompressTarget } from "../src/target/decompress-target.ts";
import { ExtensionsTarget } from "../src/target/extensions-target.ts";
import { FrameDecoderTarget } from "../src/target/frame-decoder-target.ts";
import { ProtocolTarget } from "../src/target/protocol-target.ts";
import { RequestTarget } from "../src/target/request-target.ts";
import type { Target } from "../src/target/target.ts";
import {
  EndlessConnection,
  ForgetfulDecoder,
  LosingRequestDecoder,
  LenientDecoder,
  MumblingProtocol,
  RepeatingProtocol,
  StutteringDecoder,
  ThrowingConnection,
  ThrowingDecoder,
  TrustingDecoder,
} from "./broken.ts";

interface Fault {
  readonly fault: string;
  readonly oracle: Oracle;
  readonly broken: Target;
  readonly sound: Target;
}

const SOUND_DECODER = new FrameDecoderTarget();
const SOUND_PROTOCOL = new ProtocolTarget(false);
const SOUND_CONNECTION = new ConnectionTarget();

const FAULTS: readonly Fault[] = [
  {
    fault: "a decoder that throws what it does not document",
    oracle: "exception",
    broken: new FrameDecoderTarget((options) => new ThrowingDecoder(options)),
    sound: SOUND_DECODER,
  },
  {
    fault: "a decoder that depends on how the bytes are cut",
    oracle: "recut",
    broken: new FrameDecoderTarget((options) => new ForgetfulDecoder(options)),
    sound: SOUND_DECODER,
  },
  {
    fault: "a decoder that lets reserved bits pass",
    oracle: "differential",
    broken: new FrameDecoderTarget((options) => new LenientDecoder(options)),
    sound: SOUND_DECODER,
  },
  {
    fault: "a decoder that makes room for what is announced",
    oracle: "memory",
    broken: new FrameDecoderTarget((options) => new TrustingDecoder(options)),
    sound: SOUND_DECODER,
  },
  {
    fault: "a decoder that does not get on",
    oracle: "steps",
    broken: new FrameDecoderTarget((options) => new StutteringDecoder(options)),
    sound: SOUND_DECODER,
  },
  {
    fault: "a protocol that sends two close frames",
    oracle: "output",
    broken: new ProtocolTarget(false, (options) => new RepeatingProtocol(options)),
    sound: SOUND_PROTOCOL,
  },
  {
    fault: "a protocol that sends what its peer must refuse",
    oracle: "output",
    broken: new ProtocolTarget(false, (options) => new MumblingProtocol(options)),
    sound: SOUND_PROTOCOL,
  },
  {
    fault: "a connection that throws behind the application's back",
    oracle: "exception",
    broken: new ConnectionTarget((duplex, init) => new ThrowingConnection(duplex, init)),
    sound: SOUND_CONNECTION,
  },
  {
    fault: "a head decoder that depends on how the bytes are cut",
    oracle: "recut",
    broken: new RequestTarget((limits) => new LosingRequestDecoder(limits)),
    sound: new RequestTarget(),
  },
  {
    fault: "a parser that meets the prototype of every object",
    oracle: "exception",
    broken: new ExtensionsTarget((value) => {
      for (const { name } of parseExtensions(value) ?? []) {
        if (name === "__proto__") throw new TypeError("Cannot read properties of undefined");
      }
      return parseExtensions(value);
    }),
    sound: new ExtensionsTarget(),
  },
  {
    fault: "a decompressor without a limit",
    oracle: "invariant",
    broken: new DecompressTarget((role, agreement) => {
      const deflate = new MessageDeflate(role, agreement, resolveDeflateOptions(role, {}));
      return { decompress: (data) => deflate.decompress(data, 1 << 24) };
    }),
    sound: new DecompressTarget(),
  },
];

describe("oracles", () => {
  let corpus: string;

  beforeEach(async () => {
    corpus = await mkdtemp(path.join(tmpdir(), "fuzz-"));
  });
  afterEach(async () => {
    await rm(corpus, { recursive: true });
  });

  it.each(FAULTS)(
    "find $fault, and keep it small ($oracle)",
    async ({ oracle, broken, sound }) => {
      const { found } = await runCampaign({ targets: [broken], seed: 1, cases: 100, maxFindings: 1, corpus });
      const hit = found.find(({ finding }) => finding.oracle === oracle);
      expect(hit, found.map(({ finding }) => finding.message).join("\n")).toBeDefined();
      const { fuzzCase, file } = hit!;
      expect(fuzzCase!.input.length).toBeLessThan(80);

      // Whoever runs it next finds it first.
      const kept = (await readCorpus(corpus)).find((one) => one.file === file)!;
      expect((await judge(broken, kept.kept.case))?.oracle).toBe(oracle);
      expect(await judge(sound, kept.kept.case)).toBeUndefined();
      const again = await runCampaign({ targets: [broken], seed: 1, cases: 0, corpus });
      expect(again.found.map((one) => one.file)).toContain(file);
    },
    20_000,
  );

  it("find a connection that never ends (steps)", async () => {
    const target = new ConnectionTarget((duplex, init) => new EndlessConnection(duplex, init));
    const finding = await judge(target, { input: new Uint8Array(0), cut: [], options: {} });
    expect(finding?.oracle).toBe("steps");
  });

  it("find memory that stays behind from case to case", async () => {
    const kept: Uint8Array[] = [];
    const target: Target = {
      name: "leaking",
      generate: (random) => ({ input: random.bytes(4), cut: [], options: {} }),
      run: () => kept.push(new Uint8Array(200_000)) * 1_000_000,
    };
    const { found } = await runCampaign({ targets: [target], seed: 1, cases: 300 });
    expect(found.map(({ finding }) => finding.oracle)).toEqual(["memory"]);
  });
});
