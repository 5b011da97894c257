// Clients that break one rule each, and what the suite must say about them.
import { describe, expect, test } from "vitest";
import { ClientListener } from "../src/suite/client-listener.ts";
import type { Case } from "../src/suite/case.ts";
import { caseWithId, selectCases } from "../src/suite/registry.ts";
import type { CaseResult } from "../src/suite/run-case.ts";
import type { Verdict } from "../src/suite/verdict.ts";
import type { Fault } from "./tiny-endpoint.ts";
import { type ClientHandshakeFault, tinyClient, type TinyClientOptions } from "./tiny-client.ts";

async function judge(options: TinyClientOptions, cases: readonly Case[]): Promise<CaseResult[]> {
  const listener = new ClientListener(cases, { deadlineMs: 2_000 });
  await tinyClient(await listener.listen(), options);
  await listener.finished;
  return listener.close();
}

/** The verdict of one case; an honest client must be ok in it, or the fault would prove nothing. */
async function verdictOf(options: TinyClientOptions, id: string): Promise<CaseResult> {
  const honest = await resultOf({}, id);
  expect(honest.verdict, `an honest client: ${honest.remarks.map(({ text }) => text).join()}`).toBe("ok");
  return resultOf(options, id);
}

async function resultOf(options: TinyClientOptions, id: string): Promise<CaseResult> {
  const [result] = await judge(options, [caseWithId("client", id)]);
  return result!;
}

describe("an honest client", () => {
  test("is ok in every short case, and not offered where it has no compression", async () => {
    const results = await judge({}, selectCases({ role: "client", form: "short" }));
    const others = results.filter(({ verdict }) => verdict !== "ok");
    expect(
      others.filter(({ verdict, case: { id } }) => verdict !== "not offered" || !id.startsWith("7692")),
    ).toEqual([]);
    expect(results.length).toBeGreaterThan(150);
  }, 60_000);

  test("that never connects fails every case but the one that lets it", async () => {
    const listener = new ClientListener(selectCases({ role: "client", form: "full", cases: ["6455-3-*"] }));
    await listener.listen();
    const verdicts = (await listener.close()).map(({ case: { id }, verdict }) => [id, verdict]);
    expect(verdicts).toEqual([
      ["6455-3-query", "failed"],
      ["6455-3-fragment", "ok"],
    ]);
  });
});

describe("a client that breaks a rule", () => {
  test.concurrent.each<[Fault, id: string, Verdict]>([
    ["masks wrongly", "6455-5.3-masks-what-it-sends", "failed"],
    ["one masking key", "6455-5.3-masks-what-it-sends", "failed"],
    ["one masking key", "6455-5.3-fresh-keys-200", "failed"],
    ["counting masking keys", "6455-5.3-fresh-keys-200", "failed"],
    ["accepts masked", "6455-5.1-masked-text", "failed"],
    ["accepts masked", "6455-5.1-masked-close", "failed"],
    ["accepts RSV", "6455-5.2-rsv-100-text", "failed"],
    ["accepts reserved opcodes", "6455-5.2-opcode-f-payload", "failed"],
    ["accepts lone continuations", "6455-5.4-lone-continuation-final", "failed"],
    ["validates late", "6455-8.1-fail-fast-fragment-too-high-first", "non-strict"],
    ["closes TCP first", "6455-7.1.1-client-waits-for-tcp-end", "non-strict"],
    ["closes with 1011", "6455-5.2-opcode-3-payload", "non-strict"],
    ["ignores close", "6455-5.5.1-close-1000", "failed"],
  ])(
    "%j makes %s %s",
    async (fault, id, verdict) => {
      const result = await verdictOf({ faults: [fault] }, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );

  test.concurrent.each<[ClientHandshakeFault, id: string, Verdict]>([
    ["believes any accept", "6455-4.1-response-accept-wrong", "failed"],
    ["believes any accept", "6455-4.1-response-accept-missing", "failed"],
    ["believes any response", "6455-4.1-response-status-200", "failed"],
    ["believes any response", "6455-4.1-response-upgrade-missing", "failed"],
    ["believes any response", "6455-4.1-response-connection-missing", "failed"],
    ["believes any response", "6455-4.1-response-extension-unknown", "failed"],
    ["believes any response", "6455-4.1-response-protocol-not-offered", "failed"],
    ["short key", "6455-4.1-request-key", "failed"],
    ["version 8", "6455-4.1-request-version", "failed"],
    ["no upgrade header", "6455-4.1-request-upgrade", "failed"],
    ["speaks early", "6455-4.1-waits-for-response", "failed"],
    ["loses early frames", "6455-4.1-frames-behind-response", "failed"],
    ["offers a protocol twice", "6455-4.1-request-no-protocol", "failed"],
  ])(
    "%j makes %s %s",
    async (fault, id, verdict) => {
      const result = await verdictOf({ handshake: [fault] }, id);
      expect(result.verdict, result.got).toBe(verdict);
    },
    30_000,
  );

  test("with one key for every connection is found out", async () => {
    const results = await judge(
      { handshake: ["one key"] },
      selectCases({ role: "client", form: "full", cases: ["6455-4.1-request*"] }),
    );
    const key = results.find((result) => result.case.id === "6455-4.1-request-key");
    expect(key?.remarks.map(({ text }) => text).join()).toContain("used on an earlier connection");
  }, 30_000);
});
