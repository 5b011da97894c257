// The cases over HTTP/2, against servers and clients that break one rule each; and every other case over an extended CONNECT.
import { describe, expect, test } from "vitest";
import type { Case } from "../src/suite/case.ts";
import { ClientListener } from "../src/suite/client-listener.ts";
import { caseWithId, selectCases } from "../src/suite/registry.ts";
import type { CaseResult } from "../src/suite/run-case.ts";
import { runServer } from "../src/suite/run-server.ts";
import type { Verdict } from "../src/suite/verdict.ts";
import { localCertificate } from "./certificate.ts";
import { type Http2ClientFault, tinyHttp2Client } from "./tiny-http2-client.ts";
import { type Http2Fault, tinyHttp2Server } from "./tiny-http2-server.ts";
import { tinyServer } from "./tiny-server.ts";

async function resultOf(faults: readonly Http2Fault[], id: string): Promise<CaseResult> {
  await using server = await tinyHttp2Server(faults);
  const [result] = await runServer([caseWithId("server", id)], server, { deadlineMs: 2_000 });
  return result!;
}

describe("an honest server over HTTP/2", () => {
  test("is ok in every case of RFC 8441", async () => {
    await using server = await tinyHttp2Server();
    const cases = selectCases({ role: "server", form: "long", cases: ["8441-*"] });
    const results = await runServer(cases, server);
    expect(results.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(results.length).toBeGreaterThan(18);
  }, 60_000);

  test("is ok in every short case on a connection, and plays none of the upgrade", async () => {
    await using server = await tinyHttp2Server();
    const cases = selectCases({ role: "server", form: "short", cases: ["6455-*"] });
    const results = await runServer(cases, server);
    expect(results.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
    expect(new Set(results.map(({ case: { on } }) => on))).toEqual(new Set(["connection"]));
  }, 60_000);
});

describe("a server that breaks a rule of RFC 8441", () => {
  test.concurrent.each<[Http2Fault, id: string, Verdict]>([
    ["no setting", "8441-3-setting", "not offered"],
    ["takes its setting back", "8441-3-setting", "failed"],
    ["demands a key", "8441-5-plain", "failed"],
    ["accepts any :protocol", "8441-5-protocol-unknown", "failed"],
    ["accepts any :protocol", "8441-5-protocol-alike", "failed"],
    ["accepts any :protocol", "8441-4-plain-connect", "failed"],
    ["accepts any version", "8441-5-version-8", "failed"],
    ["accepts any version", "8441-5-version-missing", "failed"],
    ["no version header", "8441-5-version-14", "failed"],
    ["chooses a protocol", "8441-5-no-protocol-offered", "failed"],
    ["chooses a protocol", "8441-5-protocols-offered", "failed"],
    ["chooses an extension", "8441-5-extension-unknown", "failed"],
    ["answers keys", "8441-5-key-ignored", "non-strict"],
    ["refuses by reset", "8441-5-protocol-unknown", "non-strict"],
    ["tunnels", "8441-4-no-tunnel", "failed"],
    ["ends by reset", "8441-5-end-stream", "non-strict"],
    ["never ends", "8441-5-end-stream", "non-strict"],
    ["ends the session", "8441-5-reset", "failed"],
    ["ends the session", "8441-5-end-stream-without-close", "failed"],
    ["answers on the first stream", "8441-5-2-sockets", "failed"],
    ["answers on the first stream", "8441-5-50-sockets", "failed"],
    ["answers on the first stream", "8441-5-slow-neighbour", "failed"],
    ["answers on the first stream", "8441-5-failed-neighbour", "failed"],
  ])("%s: %s is %s", async (fault, id, verdict) => {
    expect((await resultOf([], id)).verdict, "an honest server").toBe("ok");
    expect((await resultOf([fault], id)).verdict).toBe(verdict);
  });

  test("an unmasked frame that is taken is noticed", async () => {
    await using server = await tinyHttp2Server([], ["accepts unmasked"]);
    const one = caseWithId("server", "8441-5-failed-neighbour");
    const [result] = await runServer([one], server, { deadlineMs: 2_000 });
    expect(result?.verdict).toBe("failed");
  });

  test("a server of HTTP/1.1 is offered nothing, and one that is gone has failed", async () => {
    const server = await tinyServer();
    const address = { url: server.url, http2: true };
    const one = caseWithId("server", "8441-5-plain");
    expect((await runServer([one], address))[0]?.verdict).toBe("not offered");
    await server[Symbol.asyncDispose]();
    expect((await runServer([one], address))[0]?.verdict).toBe("failed");
  });
});

async function resultsOf(faults: readonly Http2ClientFault[], cases: readonly Case[]): Promise<CaseResult[]> {
  const tls = await localCertificate();
  const listener = new ClientListener(cases, { tls, http2: true, deadlineMs: 2_000 });
  await tinyHttp2Client(await listener.listen(), tls.cert, faults);
  return listener.close();
}

describe("an honest client over HTTP/2", () => {
  test("is ok in every case of RFC 8441, and in the short ones on a connection", async () => {
    const results = await resultsOf(
      [],
      [
        ...selectCases({ role: "client", form: "long", cases: ["8441-*"] }),
        ...selectCases({ role: "client", form: "short", cases: ["6455-*"] }),
      ],
    );
    expect(results.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
    expect(new Set(results.map(({ case: { on } }) => on))).toEqual(new Set(["http2-client", "connection"]));
  }, 60_000);
});

describe("a client that breaks a rule of RFC 8441", () => {
  test.concurrent.each<[Http2ClientFault, id: string, Verdict]>([
    ["believes any status", "8441-5-response-status-403", "failed"],
    ["believes any status", "8441-5-response-status-302", "failed"],
    ["believes any choice", "8441-5-response-protocol-not-offered", "failed"],
    ["believes any choice", "8441-5-response-extension-not-offered", "failed"],
    ["demands an accept value", "8441-5-response-accept-ignored", "failed"],
    ["no version", "8441-5-request", "failed"],
    ["another path", "8441-5-request", "failed"],
    ["never gives up", "8441-5-response-status-500", "non-strict"],
    ["speaks HTTP/1.1", "8441-5-request", "not offered"],
  ])("%s: %s is %s", async (fault, id, verdict) => {
    const one = caseWithId("client", id);
    expect((await resultsOf([], [one]))[0]?.verdict, "an honest client").toBe("ok");
    expect((await resultsOf([fault], [one]))[0]?.verdict).toBe(verdict);
  });

  test("a key, which means nothing, is noted", async () => {
    const [result] = await resultsOf(["sends a key"], [caseWithId("client", "8441-5-request")]);
    expect(result).toMatchObject({
      verdict: "ok",
      remarks: [{ text: expect.stringContaining("sec-websocket-key") }],
    });
  });

  test("a listener without TLS cannot tell HTTP/2 from HTTP/1.1", () => {
    expect(() => new ClientListener([], { http2: true })).toThrow(
      "Cannot listen for HTTP/2: it needs tls here",
    );
  });
});
