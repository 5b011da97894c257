// The chat as people meet it: the built page in a real browser, against the server it is made for.
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { arrive } from "./support/peer.ts";
import { composer, message, people, phone, picture, texts, TIMEOUT_MS, useChat } from "./support/web-chat.ts";

describe.skipIf(!hasChromium())("in a browser", { timeout: TIMEOUT_MS }, () => {
  const chat = useChat();
  const { openPage, newTab, enterAs, say } = chat;

  it("two people meet, talk both ways, and one is back after a reload as if nothing had been", async () => {
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob", "/r/lobby", phone);
    expect(new URL(ada.url()).pathname).toBe("/r/lobby");
    await expect.poll(() => people(ada).allInnerTexts()).toHaveLength(2);
    await bob.getByRole("button", { name: "2 people here" }).click();
    await people(bob).getByText("Ada").waitFor();
    await bob.keyboard.press("Escape");

    await say(ada, "hello Bob");
    await message(bob, "hello Bob").waitFor();
    await say(bob, "hello Ada\nwith a second line");
    expect(await message(ada, "hello Ada").locator(".message-text").innerText()).toBe(
      "hello Ada\nwith a second line",
    );
    await composer(ada).pressSequentially("hm");
    await bob.getByText("Ada is writing…").waitFor();

    await bob.reload();
    await bob.getByText("Connected", { exact: true }).waitFor();
    await message(bob, "hello Bob").waitFor();
    await say(bob, "I am back");
    await message(ada, "I am back").waitFor();
    expect(await texts(bob)).toEqual(["hello Bob", "hello Ada\nwith a second line", "I am back"]);
    expect(await texts(ada)).toEqual(await texts(bob));
    expect(await people(ada).count()).toBe(2);
  });

  it("a name that is taken is refused with a sentence, and another is not", async () => {
    await enterAs("Ada");
    const page = await openPage("/");
    await page.getByLabel("Your name").fill("ada");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Somebody called “ada” is here already.").waitFor();
    await page.getByLabel("Your name").fill("Bob");
    await page.keyboard.press("Enter");
    await page.getByText("Connected", { exact: true }).waitFor();
  });

  it("two tabs are one person", async () => {
    const ada = await enterAs("Ada");
    const second = await newTab(ada.context(), "/r/lobby");
    await second.getByText("Connected", { exact: true }).waitFor();
    await say(ada, "from one tab");
    await message(second, "from one tab").and(second.locator("[data-own=true]")).waitFor();
    expect(await people(ada).count()).toBe(1);
  });

  it("a server that restarts is waited for; what was written meanwhile is sent, and nothing is shown twice", async () => {
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    await say(ada, "before");
    await message(bob, "before").waitFor();

    await chat.stop();
    await ada.getByText(/^Reconnecting/).waitFor();
    await composer(ada).fill("in between");
    await composer(ada).press("Enter");
    await message(ada, "in between").getByRole("img", { name: "Sending" }).waitFor();
    await picture(ada, "reconnecting-desktop-light");

    await chat.start();
    await message(ada, "in between").getByRole("img", { name: "Delivered" }).waitFor();
    await message(bob, "in between").waitFor();
    await say(bob, "after");
    await message(ada, "after").waitFor();
    expect(await texts(ada)).toEqual(["before", "in between", "after"]);
    expect(await texts(bob)).toEqual(["before", "in between", "after"]);
    await expect.poll(() => people(ada).count()).toBe(2);
  });

  it("what was said during a break is recovered, and counted", async () => {
    const ada = await enterAs("Ada");
    await say(ada, "one");
    await ada.context().setOffline(true);
    await chat.stop();
    await chat.start();
    const bob = await arrive(chat.url, "Bob");
    bob.say({ type: "send", room: "lobby", id: "b1", text: "two" });
    bob.say({ type: "send", room: "lobby", id: "b2", text: "three" });
    await bob.next("message", ({ message: { id } }) => id === "b2");
    await ada.context().setOffline(false);
    await ada.getByText("2 messages recovered").and(ada.locator(".status-text")).waitFor();
    expect(await texts(ada)).toEqual(["one", "two", "three"]);
  });

  it("rooms have addresses, unread marks and a way out", async () => {
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    await ada.getByRole("textbox", { name: "Create or join a room" }).fill("Tea Time");
    await ada.keyboard.press("Enter");
    await ada.waitForURL("**/r/tea-time");
    await say(bob, "are you there?");
    await ada.getByRole("link", { name: /^lobby, 2 people here, 1 unread$/ }).waitFor();
    expect(await ada.title()).toBe("(1) #tea-time · Chat");
    await bob.getByRole("link", { name: /^tea-time, 1 person here$/ }).click();
    await say(bob, "found you");
    await message(ada, "found you").waitFor();

    await ada.goBack();
    await message(ada, "are you there?").waitFor();
    await ada.getByRole("link", { name: /^lobby, 2 people here$/ }).waitFor();
    await ada.getByRole("button", { name: "Leave #lobby" }).click();
    await ada.waitForURL("**/r/tea-time");
    await bob.getByRole("link", { name: /^lobby, 1 person here$/ }).waitFor();
  });

  it("everything can be done with the keyboard", async () => {
    const page = await openPage("/");
    const focused = (): Promise<string> =>
      page.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? "",
      );
    await page.getByLabel("Your name").and(page.locator(":focus")).waitFor();
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await page.getByText("Connected", { exact: true }).waitFor();
    await expect.poll(focused).toBe("Message #lobby");
    await page.keyboard.type("first line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    await message(page, "second line").getByRole("img", { name: "Delivered" }).waitFor();
    expect(await texts(page)).toEqual(["first line\nsecond line"]);

    for (let i = 0; i < 20 && (await focused()) !== "Create or join a room"; i++) {
      await page.keyboard.press("Shift+Tab");
    }
    const ring = await page.evaluate(
      () => getComputedStyle(document.activeElement?.closest(".new-room-row") ?? document.body).outlineStyle,
    );
    expect(ring).toBe("solid");
    await page.keyboard.type("quiet");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/r/quiet");
    await expect.poll(focused).toBe("Message #quiet");
    for (let i = 0; i < 20 && !(await focused()).startsWith("lobby,"); i++)
      await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/r/lobby");
  });

  it("on a phone rooms and people are drawers, which Escape closes and which give the focus back", async () => {
    const page = await enterAs("Ada", "/", phone);
    const rooms = page.getByRole("button", { name: "Show rooms" });
    await rooms.click();
    await expect
      .poll(() =>
        page
          .getByRole("button", { name: "Close rooms" })
          .evaluate((element) => element === document.activeElement),
      )
      .toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => rooms.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("link", { name: /^lobby/ }).waitFor({ state: "hidden" });
    // A long name once pushed the buttons off the screen.
    await page.goto(`${chat.url}/r/a-room-with-quite-a-long-name`);
    await page.getByText("This is the beginning of").waitFor();
    for (const name of ["Send", "Leave #a-room-with-quite-a-long-name", "1 person here: show or hide"]) {
      const box = await page.getByRole("button", { name, exact: true }).boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? Infinity)).toBeLessThanOrEqual(360);
    }
    const { height = 0 } = (await composer(page).boundingBox()) ?? {};
    expect(height).toBeLessThan(50);
    await picture(page, "long-name-phone-dark");
  });

  it("markup is text, links are links, and limits are shown before they are met", async () => {
    const page = await enterAs("Ada");
    await say(page, '<img src=x onerror="alert(1)"> https://example.org/a?b=1.');
    const link = message(page, "example.org").getByRole("link");
    expect(await link.getAttribute("href")).toBe("https://example.org/a?b=1");
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await page.locator(".message img[src]").count()).toBe(0);

    await page.getByText("up to 4,000 characters").waitFor();
    await composer(page).fill("x".repeat(3990));
    await page.getByText("10 characters left").waitFor();
    await composer(page).fill("x".repeat(4010));
    await page.getByText("10 characters too long").waitFor();
    expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
  });

  it("the theme follows the system until one is chosen, which lasts", async () => {
    const page = await enterAs("Ada");
    const ground = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.getByRole("button", { name: "Theme: system" }).click();
    expect(await ground()).toBe(light);
    await page.reload();
    expect(await ground()).toBe(light);
    await page.getByRole("button", { name: "Theme: light" }).click();
    expect(await ground()).toBe(dark);
  });
});
