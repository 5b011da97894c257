// The size lab over real sockets: what goes round comes back the same, and what is told of frames is true.
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, ConnectError } from "@ws/client";
import { WebSocketServer } from "@ws/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { echo } from "../../src/server/lab/echo-endpoint.ts";
import { LAB_LIMITS, PRESET_SIZES } from "../../src/shared/lab/lab-limits.ts";
import { echoTarget, LabClose, LabPath } from "../../src/shared/lab/lab-paths.ts";
import { type Measurement, type MeasurementPlan, planProblem } from "../../src/shared/lab/measurement.ts";
import { createPayload } from "../../src/shared/lab/payload.ts";
import { LabServer, type TestAgent } from "../support/lab-server.ts";

const plan: MeasurementPlan = { bytes: 1024, kind: "text", fragmentBytes: 0, compress: false, rounds: 1 };

describe("the size lab", () => {
  let lab: LabServer;
  let agent: TestAgent;
  beforeAll(async () => {
    lab = await LabServer.start();
    agent = await lab.agent("ada");
  });
  afterAll(() => lab.stop());

  async function run(changes: Partial<MeasurementPlan>): Promise<Measurement> {
    agent.order({ type: "measure", plan: { ...plan, ...changes } });
    const answer = await agent.result();
    if (answer.type !== "measured") throw new Error(`Not measured: ${JSON.stringify(answer)}`);
    return answer.measurement;
  }

  describe.each(PRESET_SIZES)("%i bytes come back the same", (bytes) => {
    // Each a person of their own: all together would be beyond what one may have echoed.
    beforeAll(async () => {
      await agent.connection.close();
      agent = await lab.agent(`person${bytes}`);
    });

    it.each([
      ["text, whole", { kind: "text" }],
      ["binary, whole", { kind: "binary" }],
      ["text in fragments", { kind: "text", fragmentBytes: 4099 }],
      ["binary in fragments", { kind: "binary", fragmentBytes: 4099 }],
      ["text compressed", { kind: "text", compress: true }],
      ["binary compressed in fragments", { kind: "binary", fragmentBytes: 4099, compress: true }],
      ["text compressed in fragments", { kind: "text", fragmentBytes: 4099, compress: true }],
    ] as const)("%s", async (_name, changes) => {
      const { isEqual, sha256, roundTripsMs, isCompressed, framesOut, framesBack } = await run({
        bytes,
        ...changes,
      });
      expect(isEqual).toBe(true);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(roundTripsMs).toHaveLength(1);
      const fragmentBytes = "fragmentBytes" in changes ? changes.fragmentBytes : 0;
      if (fragmentBytes > 0) {
        expect(framesOut.min).toBeGreaterThanOrEqual(Math.ceil(bytes / fragmentBytes));
        expect(framesBack).toEqual(framesOut);
      }
      if (changes.kind === "text" && "compress" in changes) expect(isCompressed).toBe(true);
    });
  });

  it("counts frames and bytes as they are on the wire", async () => {
    const connection = await lab.connect(echoTarget({ compress: false, fragmentBytes: 100 }), "bob");
    const messages = connection[Symbol.asyncIterator]();
    connection.send("x".repeat(1000));
    await messages.next();
    const report: unknown = JSON.parse(String((await messages.next()).value));
    const { framesReceived } = connection.getStats();
    // Ten of a hundred bytes, and the empty one that ends the message; the report is one more text.
    expect(framesReceived).toMatchObject({ text: 2, continuation: 10 });
    expect(report).toEqual({
      framesReceived: 1,
      framesSent: 11,
      wireBytesReceived: 1000 + 8,
      wireBytesSent: 1000 + 11 * 2,
      isCompressed: false,
    });
    await connection.close();
  });

  it("is a plain echo to whoever wants no reports", async () => {
    const connection = await lab.connect(LabPath.echo, "bob");
    const messages = connection[Symbol.asyncIterator]();
    connection.send("one");
    connection.send(Uint8Array.of(2));
    expect((await messages.next()).value).toBe("one");
    expect((await messages.next()).value).toEqual(Uint8Array.of(2));
    await connection.close();
  });

  it("compresses where that was agreed, and the wire shows it", async () => {
    const plain = await run({ bytes: 65_536 });
    const compressed = await run({ bytes: 65_536, compress: true });
    expect(plain.isCompressed).toBe(false);
    expect(plain.wireBytesBack.min).toBeGreaterThan(65_536);
    expect(compressed.isCompressed).toBe(true);
    expect(compressed.wireBytesBack.max).toBeLessThan(40_000);
    expect(compressed.wireBytesOut.max).toBeLessThan(40_000);
  });

  it("tells how far it is, and stops when it is told to", async () => {
    agent.order({ type: "measure", plan: { ...plan, bytes: 1024 * 1024, rounds: 50, fragmentBytes: 16 } });
    const first = await agent.next();
    expect(first.type).toBe("progress");
    agent.order({ type: "cancel" });
    expect(await agent.result()).toEqual({ type: "failed", reason: "Cancelled." });
    expect((await run({})).isEqual).toBe(true);
  });

  it("does one thing at a time, and nothing that it does not know", async () => {
    agent.order({ type: "measure", plan: { ...plan, bytes: 4 * 1024 * 1024 } });
    agent.order({ type: "measure", plan });
    expect(await agent.result()).toEqual({ type: "failed", reason: "One thing at a time." });
    expect((await agent.result()).type).toBe("measured");
    for (const nonsense of [
      "",
      "[]",
      '{"type":"dial","host":"example.org"}',
      '{"type":"measure","plan":{}}',
    ]) {
      agent.connection.send(nonsense);
      expect(await agent.result()).toMatchObject({ type: "failed" });
    }
    const beyond = { ...plan, bytes: LAB_LIMITS.maxPayloadBytes, rounds: LAB_LIMITS.maxRounds };
    agent.order({ type: "measure", plan: beyond });
    expect(await agent.result()).toMatchObject({ type: "failed" });
  });

  it("lets nobody in without a session, and closes when it ends", async () => {
    const refused = await lab.connect(LabPath.echo, undefined).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConnectError);
    expect((refused as ConnectError).response?.status).toBe(401);
    const guessed = await lab.connect(LabPath.compressedEcho, "not a name").catch((error: unknown) => error);
    expect((guessed as ConnectError).response?.status).toBe(401);

    const stranger = await lab.connect(LabPath.agent, undefined);
    expect(await stranger.closed).toMatchObject({ code: LabClose.noSession, reason: "Enter the chat first" });

    const guest = await lab.connect(LabPath.echo, "eve");
    const other = await lab.connect(LabPath.echo, "mallory");
    lab.endSession("eve");
    expect(await guest.closed).toMatchObject({ code: LabClose.noSession });
    expect(other.state).toBe("open");
    await other.close();
  });

  it("holds a person to few connections", async () => {
    const many = await Promise.all(Array.from({ length: 4 }, () => lab.connect(LabPath.echo, "greedy")));
    const oneTooMany = await lab.connect(LabPath.echo, "greedy");
    expect(await oneTooMany.closed).toMatchObject({
      code: 1013,
      reason: "Too many connections of yours are open",
    });
    expect(many.map(({ state }) => state)).toEqual(["open", "open", "open", "open"]);
    await Promise.all(many.map((connection) => connection.close()));
  });

  it("says when there will be more to be had echoed", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const allowance = [0, 0, 1500];
    server.on("connection", (connection) => {
      void echo(connection, { reports: false, fragmentBytes: 0, spend: () => allowance.shift() ?? 0 });
    });
    const connection = await connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const echoes: unknown[] = [];
    connection.on("message", (data) => echoes.push(data));
    for (const word of ["one", "two", "three", "four"]) connection.send(word);
    expect(await connection.closed).toMatchObject({ code: 1013, reason: "retry-after-ms=1500" });
    expect(echoes).toEqual(["one", "two"]);
    await server.shutdown();
  });

  it("makes payloads of exactly so many bytes, text of them that is UTF-8", () => {
    for (const bytes of [1, 2, 3, 125, 126, 65_535, 65_536, 70_001]) {
      expect(createPayload("binary", bytes)).toHaveLength(bytes);
      const text = createPayload("text", bytes);
      expect(text).toHaveLength(bytes);
      new TextDecoder("utf-8", { fatal: true }).decode(text);
    }
    const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    expect(digest(createPayload("text", 1024))).not.toBe(digest(createPayload("text", 1024)));
  });

  it("says beforehand what it will not do", () => {
    expect(planProblem(plan)).toBeUndefined();
    expect(planProblem({ ...plan, bytes: 0 })).toMatch(/^The size is/);
    expect(planProblem({ ...plan, bytes: 2 ** 24 + 1 })).toMatch(/^The size is/);
    expect(planProblem({ ...plan, rounds: 51 })).toMatch(/1 to 50 times/);
    expect(planProblem({ ...plan, bytes: 2 ** 24, rounds: 5 })).toMatch(/4 rounds/);
    expect(planProblem({ ...plan, fragmentBytes: 15 })).toMatch(/^Fragments/);
    expect(planProblem({ ...plan, bytes: 2 ** 24, fragmentBytes: 255 })).toMatch(/from 256/);
    expect(planProblem({ ...plan, bytes: 2 ** 24, fragmentBytes: 256 })).toBeUndefined();
  });
});
