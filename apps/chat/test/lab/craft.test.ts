// Crafted frames over real sockets: each rule that is broken shows its close code, and the transcript has what happened.
import { createServer } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CRAFTED_CASES } from "../../src/shared/lab/crafted-cases.ts";
import { craft, encodeAll, encodeCrafted } from "../../src/shared/lab/crafted-frame.ts";
import { fromHex, toHex } from "../../src/shared/lab/hex.ts";
import { LAB_LIMITS } from "../../src/shared/lab/lab-limits.ts";
import { readReply, type Transcript } from "../../src/shared/lab/transcript.ts";
import { encodeFrame, FrameDecoder } from "@ws/frame";
import { LabServer, type TestAgent } from "../support/lab-server.ts";

describe("craft", () => {
  let lab: LabServer;
  let agent: TestAgent;
  beforeAll(async () => {
    lab = await LabServer.start();
    agent = await lab.agent("ada");
  });
  afterAll(() => lab.stop());

  async function send(bytes: Uint8Array, compress = false): Promise<Transcript> {
    agent.order({ type: "craft", compress, bytes: toHex(bytes) });
    const answer = await agent.result();
    if (answer.type !== "crafted") throw new Error(`Not crafted: ${JSON.stringify(answer)}`);
    return answer.transcript;
  }

  it.each(CRAFTED_CASES)("$title: $closeCode", async ({ frames, compress, closeCode }) => {
    const transcript = await send(encodeAll(frames), compress);
    const { close, error } = readReply(transcript);
    expect(error).toBeUndefined();
    expect(close?.code).toBe(closeCode);
    expect(transcript.end.how).toBe("fin");
  });

  it("has cases that are all different, each within what may be sent", () => {
    expect(new Set(CRAFTED_CASES.map(({ id }) => id)).size).toBe(CRAFTED_CASES.length);
    for (const { frames, rule, section } of CRAFTED_CASES) {
      expect(encodeAll(frames).length).toBeLessThanOrEqual(LAB_LIMITS.maxCraftedBytes);
      expect(frames.length).toBeLessThanOrEqual(LAB_LIMITS.maxCraftedFrames);
      expect(rule).toMatch(/\.$/);
      expect(section).toMatch(/^\d+(?:\.\d+)*$/);
    }
  });

  it("writes down both directions, in order, and hides what proves who asks", async () => {
    const { entries, leftOutBytes } = await send(encodeCrafted(craft(1, "Hello")));
    expect(leftOutBytes).toBe(0);
    const [request, response, crafted, ...rest] = entries;
    expect([request?.what, response?.what, crafted?.what]).toEqual(["request", "response", "crafted"]);
    const head = Buffer.from(request?.bytes ?? "", "hex").toString();
    expect(head).toMatch(/^GET \/lab\/echo HTTP\/1\.1\r\n/);
    expect(head).toContain("Cookie: (not shown)");
    expect(head).not.toContain("who=ada");
    expect(head).toMatch(/x-lab-ticket: \(not shown\)/i);
    expect(Buffer.from(response?.bytes ?? "", "hex").toString()).toMatch(/^HTTP\/1\.1 101 /);
    expect(crafted?.bytes).toBe("818537fa213d7f9f4d5158");
    expect(rest.map(({ direction, what }) => `${direction} ${what}`)).toEqual([
      "received frames",
      "sent close",
      "received frames",
    ]);
  });

  it("hangs up on what the server goes on waiting for", async () => {
    const transcript = await send(encodeCrafted(craft(2, "", { announcedLength: 1000n })));
    expect(transcript.end.how).toBe("gave-up");
    expect(readReply(transcript).frames).toEqual([]);
  });

  it("sends nothing to anybody else, whatever an order says", async () => {
    const elsewhere = createServer(() => calls++);
    let calls = 0;
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const { port } = elsewhere.address() as { port: number };
    const order = { type: "craft", compress: false, bytes: "8900" };
    for (const target of [{ host: "127.0.0.1", port }, { url: `ws://127.0.0.1:${port}` }, { path: "/ws" }]) {
      agent.connection.send(JSON.stringify({ ...order, ...target }));
      expect(await agent.result()).toMatchObject({ type: "failed" });
    }
    for (const bytes of ["", "8", "zz", "00".repeat(LAB_LIMITS.maxCraftedBytes + 1)]) {
      agent.connection.send(JSON.stringify({ ...order, bytes }));
      expect(await agent.result()).toMatchObject({ type: "failed" });
    }
    expect(calls).toBe(0);
    elsewhere.close();
  });

  it("holds a person to some exchanges a second", async () => {
    const hasty = await lab.agent("hasty");
    let refused: unknown;
    for (let i = 0; i < 300 && refused === undefined; i++) {
      hasty.order({ type: "craft", compress: false, bytes: toHex(encodeCrafted(craft(8, ""))) });
      const answer = await hasty.result();
      if (answer.type === "failed") refused = answer;
    }
    expect(refused).toMatchObject({ type: "failed", reason: "Too many at once." });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
    await hasty.connection.close();
  });

  it("encodes lawful frames as @ws/frame does", () => {
    for (const length of [0, 5, 125, 126, 65_535, 65_536]) {
      const payload = new Uint8Array(length).fill(7);
      expect(encodeCrafted(craft(2, payload, { isMasked: false }))).toEqual(
        new Uint8Array(encodeFrame("server", 2, payload)),
      );
      const decoder = new FrameDecoder({ role: "server" });
      decoder.push(encodeCrafted(craft(2, payload)));
      expect(decoder.next()?.payload).toEqual(payload);
    }
  });

  it("reads hex as people write it, and nothing else", () => {
    expect(fromHex("48 65\n6C6c 6F")).toEqual(new TextEncoder().encode("Hello"));
    expect(fromHex("4")).toBeUndefined();
    expect(fromHex("0x41")).toBeUndefined();
  });
});
