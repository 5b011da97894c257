// The suite is only worth its verdicts: servers that break one rule each, and what the suite must say about them.
import { describe, expect, test } from "vitest";
import { runServer } from "../src/suite/run-server.ts";
import { caseWithId, selectCases } from "../src/suite/registry.ts";
import type { CaseResult } from "../src/suite/run-case.ts";
import type { Verdict } from "../src/suite/verdict.ts";
import type { Fault } from "./tiny-endpoint.ts";
import { type HandshakeFault, tinyServer, type TinyServerOptions } from "./tiny-server.ts";

async function judge(options: TinyServerOptions, ...cases: string[]): Promise<CaseResult[]> {
  await using server = await tinyServer(options);
  return await runServer(selectCases({ role: "server", cases }), server);
}

/** The verdict of one case; an honest server must be ok in it, or the fault would prove nothing. */
async function verdictOf(options: TinyServerOptions, id: string): Promise<CaseResult> {
  const honest = await resultOf({ deflate: true }, id);
  expect(honest.verdict, `an honest server: ${honest.remarks.map(({ text }) => text).join()}`).toBe("ok");
  return resultOf(options, id);
}

async function resultOf(options: TinyServerOptions, id: string): Promise<CaseResult> {
  await using server = await tinyServer(options);
  const [result] = await runServer([caseWithId("server", id)], server, { deadlineMs: 2_000 });
  return result!;
}

describe("an honest server", () => {
  test("is ok in every short case", async () => {
    await using server = await tinyServer({ deflate: true });
    const results = await runServer(selectCases({ role: "server", form: "short" }), server);
    expect(results.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(results.length).toBeGreaterThan(150);
  }, 60_000);

  test("that agrees to no context takeover has failed in nothing", async () => {
    // Such servers were sent matches into earlier messages, and blamed for what they made of them.
    const results = await judge(
      { deflate: true, withoutTakeover: true },
      ...["7692-7.2.3.2-*", "7692-7.2.2-reach-*", "7692-7.2.2-window-*", "7692-7.2.3-one-block*"],
      ...["7692-7.2.3-stored*", "7692-7.2-bare-*", "7692-6*"],
    );
    const others = results.filter(({ verdict }) => verdict !== "ok");
    expect(others.map(({ verdict, case: { id } }) => [id, verdict])).toEqual([
      ["7692-7.2.3.2-shared-window", "not offered"],
      ["7692-7.2.2-reach-32768", "not offered"],
      ["7692-7.2.2-reach-32767", "not offered"],
      ["7692-7.2.2-reach-16385", "not offered"],
      ["7692-7.2.2-reach-1", "not offered"],
      ["7692-7.2.2-window-across-uncompressed", "not offered"],
    ]);
  }, 60_000);

  test("without compression is offered nothing that needs it", async () => {
    const results = await judge({}, "7692-7.2-*", "7692-6.1-*");
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(["not offered"]));
  }, 60_000);
});

describe("a server that breaks a rule of framing", () => {
  test.concurrent.each<[Fault | Fault[], id: string, Verdict]>([
    ["accepts unmasked", "6455-5.1-unmasked-text", "failed"],
    ["accepts unmasked", "6455-5.1-unmasked-ping", "failed"],
    ["accepts unmasked", "6455-5.1-unmasked-close", "failed"],
    ["accepts RSV", "6455-5.2-rsv-010-text", "failed"],
    ["accepts RSV", "6455-5.2-rsv-100-ping", "failed"],
    ["echoes RSV", "6455-5.2-rsv-001-text", "failed"],
    ["accepts reserved opcodes", "6455-5.2-opcode-3-payload", "failed"],
    ["accepts reserved opcodes", "6455-5.2-opcode-b-payload", "failed"],
    ["accepts long lengths", "6455-5.2-non-minimal-binary-125-in-16-bits", "failed"],
    ["accepts long lengths", "6455-5.2-non-minimal-ping-5-in-16-bits", "failed"],
    ["accepts long lengths", "6455-5.2-non-minimal-close-2-in-16-bits", "failed"],
    ["accepts long control frames", "6455-5.5-ping-126", "failed"],
    ["accepts fragmented control frames", "6455-5.5-fragmented-ping-alone", "failed"],
    ["accepts lone continuations", "6455-5.4-lone-continuation-final", "failed"],
    ["accepts lone continuations", "6455-5.4-text-in-text", "failed"],
    ["accepts lone continuations", "6455-5.4-continuation-after-final", "failed"],
    ["sends long lengths", "6455-5.2-length-text-125", "failed"],
    ["masks wrongly", "6455-5.3-masks-what-it-sends", "failed"],
    ["text as binary", "6455-5.2-length-text-125", "failed"],
    ["loses the last octet", "6455-5.2-length-binary-65536", "failed"],
    ["limit of 1000 bytes", "6455-5.2-length-binary-65536", "failed"],
    ["limit of 1000 bytes", "6455-5.2-length-binary-1048576", "ok"],
    ["closes with 1011", "6455-5.2-rsv-010-text", "non-strict"],
    ["closes with 1000", "6455-5.2-rsv-010-text", "non-strict"],
    ["drops", "6455-5.2-rsv-010-text", "non-strict"],
    ["drops", "6455-5.1-unmasked-text", "ok"],
    ["never closes TCP", "6455-5.2-rsv-010-text", "non-strict"],
  ])(
    "%j makes %s %s",
    async (fault, id, verdict) => {
      const result = await verdictOf({ faults: [fault].flat() }, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );
});

describe("a server that breaks a rule of control frames, text or closing", () => {
  test.concurrent.each<[Fault | Fault[], id: string, Verdict]>([
    ["wrong pong payload", "6455-5.5.2-ping-text", "failed"],
    ["ignores pings", "6455-5.5.2-ping-empty", "failed"],
    ["answers pings late", "6455-5.4-ping-between-fragments", "failed"],
    ["reverses pongs", "6455-5.5.3-10-pings", "failed"],
    ["fragments pongs", "6455-5.5.2-ping-empty", "failed"],
    ["validates late", "6455-8.1-invalid-surrogate-first-high", "ok"],
    ["validates late", "6455-8.1-fail-fast-fragment-surrogate-first-high", "non-strict"],
    ["validates late", "6455-8.1-fail-fast-frame-surrogate-first-high", "non-strict"],
    ["never validates", "6455-8.1-invalid-surrogate-first-high", "failed"],
    ["never validates", "6455-8.1-fail-fast-fragment-overlong-2-slash", "failed"],
    ["strips BOM", "6455-5.6-valid-bom-first", "failed"],
    ["ignores close", "6455-5.5.1-close-1000", "failed"],
    ["closes twice", "6455-5.5.1-close-1000", "non-strict"],
    [["echoes after close", "never closes TCP"], "6455-5.5.1-behind-close-text", "failed"],
    ["accepts any close", "6455-5.5.1-close-one-octet", "failed"],
    ["accepts any close", "6455-7.4-code-1005", "failed"],
    ["accepts any close", "6455-7.4-code-999", "failed"],
    ["accepts any close", "6455-7.4-code-1016", "non-strict"],
    ["accepts any close", "6455-5.5.1-close-reason-surrogate", "failed"],
    ["never closes TCP", "6455-7.1.1-server-ends-tcp", "failed"],
    ["never closes TCP", "6455-5.5.1-close-1000", "non-strict"],
  ])(
    "%j makes %s %s",
    async (fault, id, verdict) => {
      const result = await verdictOf({ faults: [fault].flat() }, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );
});

describe("a server that breaks a rule of the opening handshake", () => {
  test.concurrent.each<[HandshakeFault, id: string, Verdict]>([
    ["wrong accept", "6455-4.2.2-plain", "failed"],
    ["no connection header", "6455-4.2.2-plain", "failed"],
    ["chooses a protocol", "6455-4.1-no-protocol-offered", "failed"],
    ["chooses a protocol", "6455-4.2.2-protocol-unknown", "failed"],
    ["chooses an extension", "6455-9.1-extension-unknown", "failed"],
    ["accepts anything", "6455-4.2.1-no-upgrade", "failed"],
    ["accepts anything", "6455-4.2.1-key-15-bytes", "failed"],
    ["accepts anything", "6455-4.4-version-14", "failed"],
    ["accepts anything", "6455-4.4-version-8", "ok"],
    ["accepts anything", "6455-9.1-extension-malformed-3", "failed"],
    ["no version header", "6455-4.4-version-14", "failed"],
    ["loses early frames", "6455-4.1-frames-behind-head", "non-strict"],
  ])(
    "%j makes %s %s",
    async (fault, id, verdict) => {
      const result = await verdictOf({ handshake: [fault] }, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );
});

describe("a server that breaks a rule of permessage-deflate", () => {
  test.concurrent.each<[TinyServerOptions, id: string, Verdict]>([
    [{ faults: ["uses a larger window"], deflate: true }, "7692-7.2-server-bits-9-8192", "failed"],
    [{ faults: ["keeps its context"], deflate: true }, "7692-7.2-server-no-takeover-8192", "failed"],
    [{ faults: ["accepts RSV"], deflate: true }, "7692-6.1-rsv-100-ping", "failed"],
    [
      { faults: ["accepts RSV"], deflate: true },
      "7692-6.1-rsv1-on-final-continuation-of-compressed",
      "failed",
    ],
    [{ handshake: ["agrees to any deflate offer"], deflate: true }, "7692-7-decline-unknown", "failed"],
    [{ deflate: "permessage-deflate; server_max_window_bits=15" }, "7692-7.1-offer-server-bits-10", "failed"],
    [{ deflate: "permessage-deflate" }, "7692-7.1-offer-server-no-takeover", "failed"],
    [{ deflate: "permessage-deflate; client_max_window_bits=10" }, "7692-7.1-offer-bare", "failed"],
    [{ deflate: "permessage-deflate; server_max_window_bits=16" }, "7692-7.1-offer-bare", "failed"],
    [{ deflate: "permessage-deflate; unknown" }, "7692-7.1-offer-bare", "failed"],
  ])(
    "%j makes %s %s",
    async (options, id, verdict) => {
      const result = await verdictOf(options, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );
});
