// The inspector in the chat: as a drawer beside the conversation, and as a page in the same session.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { violations } from "../support/violations.ts";
import { desktop, phone, picture, say, TIMEOUT_MS, useChat } from "../support/web-chat.ts";

/** Of the inspector: the chat around it has tests of its own. */
async function check(page: Page): Promise<void> {
  expect(await violations(page, { within: ".inspector" })).toEqual([]);
}

describe.skipIf(!hasChromium())("inspector › in the chat", { timeout: 3 * TIMEOUT_MS }, () => {
  const chat = useChat({ inspector: "own" });

  it.each([
    ["wide", desktop],
    ["phone", phone],
  ])("opens as a drawer, shows what is written, and closes again: %s", async (name, options) => {
    const page = await chat.enterAs("Ada", "/r/lobby", options);
    await say(page, "before anybody looked");
    await page.keyboard.press("Alt+KeyI");
    const drawer = page.getByRole("complementary", { name: "Inspector" });
    await drawer.getByText("Live", { exact: true }).waitFor();
    if (name === "wide") {
      await say(page, "seen in the drawer");
    } else {
      // There is no room for both: what is written is written elsewhere, in the same session.
      const other = await chat.newTab(page.context(), "/r/lobby");
      await say(other, "seen in the drawer");
    }
    await drawer
      .getByRole("row", { name: /seen in the drawer/ })
      .first()
      .waitFor();
    expect(await drawer.getByRole("row", { name: /before anybody looked/ }).count()).toBe(0);
    await check(page);
    await picture(page, `inspector-drawer-${name}`);
    await drawer.getByRole("tab", { name: "Handshake" }).click();
    await drawer.getByText("every rule is kept").waitFor();
    await drawer.getByRole("button", { name: "Close Inspector" }).click();
    await drawer.waitFor({ state: "detached" });
  });

  it("is a page too, which shows nothing of anybody else", async () => {
    const ada = await chat.enterAs("Ada", "/r/lobby");
    const eve = await chat.enterAs("Eve", "/r/lobby");
    const page = await chat.newTab(ada.context(), "/inspector");
    await page.getByText("Live", { exact: true }).waitFor();
    await say(eve, "from Eve");
    // What Eve sends is hers; that it comes to Ada is seen on Ada's connection.
    await page
      .getByRole("row", { name: /to client .*"from Eve"/ })
      .first()
      .waitFor();
    expect(await page.getByRole("row", { name: /to server .*"from Eve"/ }).count()).toBe(0);
    expect(await page.getByRole("option", { name: /\/ws/ }).count()).toBe(1);
  });

  it("says to strangers that they have to enter first", async () => {
    const page = await chat.openPage("/inspector");
    await page.getByText("The inspector did not let you in").waitFor();
    await check(page);
  });
});
