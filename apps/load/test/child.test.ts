import { describe, expect, it } from "vitest";
import { Child } from "../src/process/child.ts";
import type { IdleServer } from "../src/idle/idle-server.ts";

describe("Child", () => {
  it("answers, and hands on what is thrown", async () => {
    await using server = new Child<IdleServer>("idle/idle-server");
    const port = await server.ask("start", "ours", { keepAliveMs: 0 });
    expect(port).toBeGreaterThan(0);
    await expect(server.ask("start", "ours", { keepAliveMs: -1 })).rejects.toThrow(
      "Cannot set pingIntervalMs",
    );
    expect(await server.ask("count")).toBe(0);
  });

  it("rejects every question once its process has ended", async () => {
    const server = new Child<IdleServer>("idle/idle-server");
    await server.ask("start", "ours", { keepAliveMs: 0 });
    await server[Symbol.asyncDispose]();
    await expect(server.ask("count")).rejects.toThrow("idle/idle-server: it has ended");
  });
});
