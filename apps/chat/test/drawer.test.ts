// The views beside the chat, as they hang in it: a drawer that a key opens, and pages that load when they are wanted.
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { composer, connected, message, picture, say, TIMEOUT_MS, useChat } from "./support/web-chat.ts";

describe.skipIf(!hasChromium())("beside the chat", { timeout: TIMEOUT_MS }, () => {
  const chat = useChat({ inspector: "own" });

  it("the inspector opens as a drawer by Alt+I, loads only then, and the chat goes on above it", async () => {
    const page = await chat.enterAs("Ada");
    const scripts = (): Promise<readonly string[]> =>
      page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    const drawer = page.getByRole("complementary", { name: "Inspector" });
    await page.getByRole("button", { name: "Inspector", exact: true }).waitFor();
    expect((await scripts()).filter((name) => name.includes("inspector"))).toEqual([]);
    await page.keyboard.press("Alt+i");
    await drawer.waitFor();
    await drawer.getByText("Loading…").waitFor({ state: "detached" });
    expect(await drawer.getByText("could not be loaded").count()).toBe(0);
    await composer(page).click();
    await say(page, "while it is looked at");
    await message(page, "while it is looked at").waitFor();
    await picture(page, "drawer-desktop-light");
    await page.keyboard.press("Alt+i");
    await drawer.waitFor({ state: "detached" });
    await connected(page);
  });
});
