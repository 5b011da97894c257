// How the page looks: contrast, names and roles by axe, pictures to look at, and nothing that jumps.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { arrive } from "./support/peer.ts";
import { desktop, message, phone, picture, TIMEOUT_MS, useChat } from "./support/web-chat.ts";

describe.skipIf(!hasChromium())("looks", { timeout: TIMEOUT_MS }, () => {
  const chat = useChat();
  const { openPage, enterAs, say } = chat;

  it.each([
    ["desktop-light", desktop],
    ["desktop-dark", { ...desktop, colorScheme: "dark" }],
    ["phone-light", { ...phone, colorScheme: "light" }],
    ["phone-dark", phone],
  ] as const)("is accessible, looks right and does not jump: %s", async (name, options) => {
    const check = async (page: Page): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    };
    const stranger = await openPage("/", options);
    await stranger.getByLabel("Your name").waitFor();
    await check(stranger);
    await picture(stranger, `enter-${name}`);

    const charles = await arrive(chat.url, "Charles");
    const mary = await arrive(chat.url, "Mary Somerville", "tea-time");
    mary.say({ type: "join", room: "lobby" });
    const speak = (peer: typeof charles, id: string, text: string): void =>
      peer.say({ type: "send", room: "lobby", id, text });
    const page = await enterAs("Ada Lovelace", "/r/lobby", options);
    await page.evaluate(watchShifts);
    speak(
      charles,
      "c1",
      "Good morning! The notes on the engine are here: https://example.org/notes/engine?page=7",
    );
    await message(page, "Good morning!").waitFor();
    await say(page, "Reading them now.");
    await say(page, "Note G should come first.");
    speak(
      charles,
      "c2",
      "Agreed. Two more:\n1. the sum in the third table is wrong\n2. if you find nothing else, it can go to the printer on Monday",
    );
    await message(page, "Agreed. Two more:").waitFor();
    speak(mary, "m1", "I would keep the order of the others as it is.");
    await message(page, "keep the order").waitFor();
    mary.say({ type: "typing", room: "lobby", isTyping: true });
    await page.locator(".typing-line").getByText("Mary Somerville is writing…").waitFor();
    await check(page);
    await picture(page, `chat-${name}`);
    expect(await page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved)).toEqual([]);

    if (options.viewport.width < 800) {
      await page.getByRole("button", { name: /^Show rooms/ }).click();
      await page.getByRole("link", { name: /^tea-time/ }).waitFor();
      await page
        .locator(".sidebar")
        .evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)));
      await check(page);
      await picture(page, `rooms-${name}`);
    }
  });
});

/** Runs in the page: notes what moves. Messages push others up, which is what they are for; nothing else may. */
function watchShifts(): void {
  interface Shift {
    readonly sources: readonly { readonly node: Node | null }[];
  }
  const moved: string[] = [];
  Object.assign(globalThis, { moved });
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries() as unknown as readonly Shift[]) {
      for (const { node } of sources) {
        const element = node instanceof Element ? node : node?.parentElement;
        if (element?.closest(".message-list") === null) moved.push(element.outerHTML.slice(0, 200));
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
}
