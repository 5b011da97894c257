// What the inspector costs the page that shows it, in a real browser: 500 frames a second for as long as it lasts.
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { talk } from "./inspected-server.ts";
import { TIMEOUT_MS, useInspectorPage } from "./inspector-page.ts";

const SECONDS = 10;
const FRAMES_A_SECOND = 500;
const PAUSE_MS = 20;

interface Measured {
  readonly longTasks: number[];
  readonly delays: number[];
}

/** Runs in the page: notes tasks of more than 50 ms, and how late a timer of 20 ms comes. */
function measure(): void {
  const measured: Measured = { longTasks: [], delays: [] };
  Object.assign(globalThis, { measured });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.longTasks.push(duration);
  }).observe({ type: "longtask" });
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    measured.delays.push(Math.max(0, now - last - 20));
    last = now;
  }, 20);
}

describe.skipIf(!hasChromium())("inspector › manners", { timeout: TIMEOUT_MS }, () => {
  const { open } = useInspectorPage();

  it("stays responsive and bounded at 500 frames a second", async () => {
    const { server, page } = await open();
    await page.getByText("Live", { exact: true }).waitFor();
    const connection = await talk(server);
    onTestFinished(() => connection.terminate());
    let received = 0;
    connection.on("message", () => received++);
    const heap = async (): Promise<number> => {
      const session = await page.context().newCDPSession(page);
      await session.send("HeapProfiler.collectGarbage");
      const { usedSize } = await session.send("Runtime.getHeapUsage");
      await session.detach();
      return usedSize;
    };
    const before = await heap();
    await page.evaluate(measure);
    const cpu = await page.context().newCDPSession(page);
    // Time of the processor, not of the clock: other tests may run beside.
    await cpu.send("Performance.enable", { timeDomain: "threadTicks" });
    const busySeconds = async (): Promise<number> => {
      const { metrics } = await cpu.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")!.value;
    };
    const busyBefore = await busySeconds();
    // The echo doubles them.
    const startedAt = performance.now();
    let sent = 0;
    const sender = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1000) * (FRAMES_A_SECOND / 2);
      while (sent < due) connection.send(`{"number":${sent++},"text":"${"word ".repeat(20)}"}`);
    }, PAUSE_MS);
    onTestFinished(() => clearInterval(sender));
    await page.waitForTimeout(SECONDS * 1000);
    // A click is answered while they come.
    const clickedAt = performance.now();
    await page.getByRole("tab", { name: "Statistics" }).click();
    await page.getByRole("region", { name: "Statistics" }).waitFor();
    const clickMs = performance.now() - clickedAt;
    clearInterval(sender);
    const { longTasks, delays } = await page.evaluate(
      () => (globalThis as unknown as { measured: Measured }).measured,
    );
    const busyShare = ((await busySeconds()) - busyBefore) / ((performance.now() - startedAt) / 1000);
    const after = await heap();
    const sorted = delays.toSorted((one, other) => one - other);
    const p99 = sorted[Math.floor(sorted.length * 0.99)]!;
    console.log(
      `${received * 2} frames in ${SECONDS} s: main thread busy ${(busyShare * 100).toFixed(0)} %, ` +
        `${longTasks.length} long tasks, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms, ` +
        `timers late by ${p99.toFixed(0)} ms (p99), a click answered after ${clickMs.toFixed(0)} ms, ` +
        `heap ${(before / 1e6).toFixed(1)} to ${(after / 1e6).toFixed(1)} MB`,
    );
    expect(received * 2).toBeGreaterThan(FRAMES_A_SECOND * SECONDS * 0.6);
    expect(busyShare).toBeLessThan(0.6);
    expect(after - before).toBeLessThan(64e6);
    await page.getByText(/of 20,000 frames/).waitFor();
  });

  it("keeps no more than it says it does, however much comes", async () => {
    const { server, page } = await open(undefined, {
      limits: { maxFramesPerSecond: 1e6, maxBytesPerSecond: 1e9, maxBufferedBytes: 64e6 },
    });
    await page.getByText("Live", { exact: true }).waitFor();
    const connection = await talk(server);
    onTestFinished(() => connection.terminate());
    connection.on("message", () => {});
    for (let i = 0; i < 15_000; i++) {
      if (!connection.send(`number ${i}`)) await once(connection, "drain");
    }
    await page.getByText("30,000 frames", { exact: true }).waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "Statistics" }).click();
    await page.getByText(/, [1-9][\d,]* forgotten$/).waitFor();
    const history = await page.getByText(/of 20,000 frames/).innerText();
    expect(Number(history.split(" ")[0]!.replaceAll(",", ""))).toBeLessThanOrEqual(20_000);
    expect(await page.getByRole("row", { name: /^All/ }).getByRole("cell").first().innerText()).toBe(
      "15,000",
    );
  });
});
