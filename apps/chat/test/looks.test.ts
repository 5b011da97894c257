// How the page looks: contrast, names and roles by axe in every view and both themes, pictures to look at at three widths, nothing that
// jumps, and how much of it comes over the wire.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { GatedLog } from "./support/gated-log.ts";
import { png } from "./support/png.ts";
import { violations } from "./support/violations.ts";
import { arrive, type VisitedRoom } from "./support/visitor.ts";
import { composer, desktop, message, phone, picture, say, TIMEOUT_MS, useChat } from "./support/web-chat.ts";

/** Judging a view takes a second or two. */
const LONG = { timeout: 2 * TIMEOUT_MS };
const WIDTHS = { phone: 360, tablet: 800, desktop: 1400 };

describe.skipIf(!hasChromium())("looks", { timeout: TIMEOUT_MS }, () => {
  const chat = useChat();
  const { openPage, enterAs } = chat;

  it("is accessible in both themes and at every width, and does not jump", LONG, async () => {
    const page = await openPage("/", desktop);
    await page.getByLabel("Your name").waitFor();
    await see(page, "enter");
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.keyboard.press("Enter");
    await page.getByText("Nobody has written here yet").waitFor();
    await see(page, "empty");
    await page.evaluate(watchShifts);
    await converse(page, chat.url);
    for (const [name, width] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width, height: width < 800 ? 740 : 860 });
      await see(page, `chat-${name}`);
    }
    expect(await page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved)).toEqual([]);
  });

  it("is accessible while something is written, sent, edited, refused or asked", LONG, async () => {
    const log = new GatedLog();
    await chat.stop();
    await chat.start(log);
    const page = await enterAs("Ada Lovelace");
    await converse(page, chat.url);
    await composer(page).press("ArrowUp");
    await see(page, "edit");
    await page.keyboard.press("Escape");
    log.hold((room) => room.startsWith("file/"));
    const file = { name: "notes.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(200_000) };
    await page.getByLabel("Files to attach").setInputFiles([file]);
    await page.getByText("notes.pdf").waitFor();
    await see(page, "draft");
    await composer(page).press("Enter");
    await page.getByRole("progressbar").waitFor();
    await see(page, "uploading");
    await page.getByRole("button", { name: "Cancel" }).click();
    log.refuse((room) => room === "chat/general");
    await composer(page).fill("This one has bad luck");
    await composer(page).press("Enter");
    await page.getByText("Not sent.").waitFor();
    await see(page, "failed");
    log.release();
    await page.getByRole("button", { name: "New room" }).click();
    await see(page, "new-room");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Show engine.png" }).click();
    await see(page, "image");
  });

  it("is accessible on a phone: rooms, people, an invitation, and a break", LONG, async () => {
    const page = await enterAs("Ada Lovelace", "/", { ...phone, colorScheme: "light" });
    await converse(page, chat.url);
    await page.getByRole("button", { name: /^Show rooms/ }).click();
    await see(page, "rooms-phone");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /here: show or hide$/ }).click();
    await see(page, "people-phone");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Invite people" }).click();
    await see(page, "invite-phone");
    await page.keyboard.press("Escape");
    await chat.stop();
    await page.getByText(/^Reconnecting/).waitFor();
    await see(page, "reconnecting-phone");
    await chat.start();
    await page.locator(".notice").waitFor();
    await see(page, "recovered-phone");
  });

  it("comes with little over the wire, and nothing from elsewhere", async () => {
    const page = await openPage(undefined, phone);
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    let bytes = 0;
    const origins = new Set<string>();
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    session.on("Network.requestWillBeSent", ({ request }) => origins.add(new URL(request.url).origin));
    await page.goto(`${chat.url}/r/general`, { waitUntil: "networkidle" });
    await page.getByLabel("Your name").waitFor();
    console.log(`First load: ${bytes} bytes over the wire`);
    expect(bytes).toBeLessThan(60_000);
    expect([...origins]).toEqual([chat.url]);
    const { duration } = await page.evaluate(
      () => performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming,
    );
    expect(duration).toBeLessThan(5000);
    await enterAs("Ada", "/r/general", phone);
  });
});

async function see(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
  expect(await violations(page), name).toEqual([]);
  await picture(page, `${name}-light`);
  // Of another colour nothing else is another.
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violations(page, { isSecondTheme: true }), name).toEqual([]);
  await picture(page, `${name}-dark`);
  await page.emulateMedia({ colorScheme: "light" });
}

/** A conversation worth a picture. */
async function converse(page: Page, url: string): Promise<void> {
  const charles = await arrive(url, "Charles Babbage");
  const mary = await arrive(url, "Mary Somerville");
  const engine: VisitedRoom = await charles.come("chat/general");
  const stars: VisitedRoom = await mary.come("chat/general");
  await stars.room.enter({ isAway: true });
  await mary.come("chat/tea-time");
  await charles.come("chat/difference-engine");
  await engine.say("Good morning! The notes on the engine are here: https://example.org/notes/engine?page=7");
  await message(page, "Good morning!").waitFor();
  await page.getByLabel("Files to attach").setInputFiles([
    { name: "engine.png", mimeType: "image/png", buffer: png(640, 400) },
    { name: "note-g.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(150_000) },
  ]);
  await page.getByText("note-g.pdf").waitFor();
  await say(page, "Reading them now. Here is the drawing, and Note G.");
  await say(page, "Note G should come first.");
  await engine.say(
    "Agreed. Two more:\n1. the sum in the third table is wrong\n2. if you find nothing else, it can go to the printer on Monday",
  );
  await message(page, "Agreed. Two more:").waitFor();
  await stars.say("I would keep the order of the others as it is.");
  await message(page, "keep the order").waitFor();
  await stars.room.signal("typing", { isTyping: true });
  await page.locator(".typing-line").getByText("Mary Somerville is writing…").waitFor();
}

/** Runs in the page: notes what moves. Messages push others up, which is what they are for; nothing else may. */
function watchShifts(): void {
  interface Shift {
    readonly sources: readonly { readonly node: Node | null }[];
  }
  const moved: string[] = [];
  Object.assign(globalThis, { moved });
  let width = innerWidth;
  new PerformanceObserver((list) => {
    // Of another width everything is elsewhere.
    if (innerWidth !== width) {
      width = innerWidth;
      return;
    }
    for (const { sources } of list.getEntries() as unknown as readonly Shift[]) {
      for (const { node } of sources) {
        const element = node instanceof Element ? node : node?.parentElement;
        const isExpected = element?.closest(".messages, .room-list, .member-list, .composer-frame") ?? null;
        if (element != null && isExpected === null) moved.push(element.outerHTML.slice(0, 200));
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
}
