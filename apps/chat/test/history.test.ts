// A room with a hundred thousand messages, in a real browser: opening it and going back in it stay smooth, and the page stays small.
import { MemoryLog } from "@ws/rooms";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { seed } from "./support/seed.ts";
import { TIMEOUT_MS, useChat } from "./support/web-chat.ts";

const COUNT = 100_000;
/** So many are scrolled by. */
const PAGED = 1500;
/** What one step may take where others use the machine as well; on a quiet one it is well below 200. */
const LONGEST_TASK_MS = 1000;

describe.skipIf(!hasChromium())("a long history", { timeout: 2 * TIMEOUT_MS }, () => {
  const chat = useChat();

  it("opens and pages up smoothly, each message once and in order", async () => {
    const log = new MemoryLog({ retention: { maxEntries: COUNT, maxBytes: 256 * 1024 * 1024 } });
    const lengths = [20, 60, 200, 30, 420];
    const texts = Array.from({ length: COUNT }, (_, i) =>
      `${i} ${"word ".repeat(lengths[i % 5]! / 5)}`.trim(),
    );
    await seed(log, "chat/general", texts);
    await chat.stop();
    await chat.start(log);
    const page = await chat.openPage("/r/general");
    await page.getByLabel("Your name").fill("Ada");
    await page.evaluate(watchTasks);
    const newest = page.locator(".message-text", { hasText: new RegExp(`^${COUNT - 1} `) });
    const begun = Date.now();
    await page.keyboard.press("Enter");
    await newest.waitFor();
    const openMs = Date.now() - begun;

    const messages = page.getByRole("region", { name: "Messages in general" });
    const result = await messages.evaluate(scrollBack, PAGED);
    expect(result.numbers).toEqual(result.numbers.toSorted((a, b) => a - b));
    expect(new Set(result.numbers).size).toBe(result.numbers.length);
    expect(result.first).toBeLessThanOrEqual(COUNT - PAGED);
    expect(result.mostRows).toBeLessThan(150);
    expect(result.jumps).toEqual([]);
    const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
    const longest = Math.max(0, ...tasks);
    console.log(
      `100,000 messages: open in ${openMs} ms, ${PAGED} paged up in ${Math.round(result.ms)} ms, ` +
        `at most ${result.mostRows} rows drawn, ${tasks.length} long tasks, the longest ${Math.round(longest)} ms`,
    );
    expect(longest).toBeLessThan(LONGEST_TASK_MS);

    // Back to the end, where the page lets go of what it need not keep.
    await messages.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await newest.waitFor();
    await log.close();
  });
});

/** Runs in the page: notes what keeps it from answering. */
function watchTasks(): void {
  const tasks: number[] = [];
  Object.assign(globalThis, { tasks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
}

/** Runs in the page: scrolls up, as a wheel does, until so many messages have come by; notes where what is read jumps. */
async function scrollBack(
  scroller: Element,
  count: number,
): Promise<{ numbers: number[]; first: number; mostRows: number; jumps: string[]; ms: number }> {
  const rows = (): HTMLElement[] => [...scroller.querySelectorAll<HTMLElement>("[data-key]")];
  const numberOf = (row: HTMLElement): number =>
    Number.parseInt(row.querySelector(".message-text")?.textContent ?? "", 10);
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const seen = new Set<number>();
  const jumps: string[] = [];
  let mostRows = 0;
  const begun = performance.now();
  const newest = Math.max(...rows().map(numberOf));
  const step = 600;
  while (seen.size < count && performance.now() - begun < 60_000) {
    const top = scroller.getBoundingClientRect().top;
    const before = rows().find((row) => row.getBoundingClientRect().bottom > top + 1);
    // Its end: the oldest row has the day above its text, until an older one comes, and where that is slow it is the one in sight.
    const place = before?.getBoundingClientRect().bottom ?? 0;
    const from = scroller.scrollTop;
    scroller.scrollTop = from - step;
    const by = from - scroller.scrollTop;
    await frame();
    await frame();
    // What was at the top has gone down by as much as was scrolled, whatever came above it.
    const now = before?.isConnected === true ? before.getBoundingClientRect().bottom - place : by;
    if (by > 0 && Math.abs(now - by) > 1) jumps.push(`${before?.dataset["key"]} moved by ${now}, not ${by}`);
    const drawn = rows();
    mostRows = Math.max(mostRows, drawn.length);
    for (const row of drawn) seen.add(numberOf(row));
  }
  const numbers = rows().map(numberOf);
  for (let number = Math.min(...seen); number <= newest && jumps.length < 20; number++) {
    if (!seen.has(number)) jumps.push(`${number} was never drawn`);
  }
  return { numbers, first: Math.min(...numbers), mostRows, jumps, ms: performance.now() - begun };
}
