// The chat as people meet it: the built page in a real browser, against the server it is made for.
import { MemoryLog } from "@ws/rooms";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasChromium } from "./support/chromium.ts";
import { GatedLog } from "./support/gated-log.ts";
import { png } from "./support/png.ts";
import { arrive } from "./support/visitor.ts";
import {
  composer,
  connected,
  desktop,
  message,
  people,
  phone,
  picture,
  say,
  texts,
  TIMEOUT_MS,
  useChat,
} from "./support/web-chat.ts";

describe.skipIf(!hasChromium())("in a browser", { timeout: TIMEOUT_MS }, () => {
  const chat = useChat({ maxFileBytes: 1024 * 1024 });
  const { openPage, newTab, enterAs } = chat;

  it("two people meet and talk; one is back after a reload as if nothing had been, two tabs are one person", async () => {
    const ada = await enterAs("Ada");
    const bob = await openPage("/r/general", phone);
    await bob.getByLabel("Your name").fill("ada");
    await bob.keyboard.press("Enter");
    await bob.getByRole("alert").getByText("ada").waitFor();
    await bob.getByLabel("Your name").fill("Bob");
    await bob.keyboard.press("Enter");
    await connected(bob);
    expect(new URL(ada.url()).pathname).toBe("/r/general");
    await expect.poll(() => people(ada).count()).toBe(2);
    await bob.getByRole("button", { name: "2 people here" }).click();
    await people(bob).getByText("Ada").waitFor();
    await bob.keyboard.press("Escape");

    await say(ada, "hello Bob");
    await message(bob, "hello Bob").waitFor();
    await say(bob, "hello Ada\nwith a second line");
    expect(await message(ada, "hello Ada").locator(".message-text").innerText()).toBe(
      "hello Ada\nwith a second line",
    );
    await ada.getByRole("status").getByText("Bob: hello Ada").waitFor({ state: "attached" });
    await ada.locator(".divider").getByText("Today").waitFor();
    await composer(ada).pressSequentially("hm");
    await bob.locator(".typing-line").getByText("Ada is writing…").waitFor();

    await bob.reload();
    await connected(bob);
    await message(bob, "hello Bob").waitFor();
    await say(bob, "I am back");
    await message(ada, "I am back").waitFor();
    expect(await texts(bob)).toEqual(["hello Bob", "hello Ada\nwith a second line", "I am back"]);
    expect(await texts(ada)).toEqual(await texts(bob));

    const second = await newTab(ada.context(), "/r/general");
    await connected(second);
    await composer(second).fill("from one tab");
    await composer(second).press("Enter");
    await message(ada, "from one tab").and(ada.locator("[data-own=true]")).waitFor();
    expect(await people(ada).count()).toBe(2);
    await ada.getByRole("button", { name: "Leave the chat" }).click();
    await second.getByLabel("Your name").waitFor();
    await bob.getByRole("button", { name: "1 person here" }).waitFor();
  });

  it("one's own messages are edited and deleted, for everybody, and markup is text", async () => {
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    await say(ada, '<img src=x onerror="alert(1)"> https://example.org/a?b=1.');
    const link = message(bob, "example.org").getByRole("link");
    expect(await link.getAttribute("href")).toBe("https://example.org/a?b=1");
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await bob.locator(".message img[src]").count()).toBe(0);

    await say(ada, "helo");
    await composer(ada).fill("half a sentence");
    await message(ada, "helo").hover();
    await message(ada, "helo").getByRole("button", { name: "Edit message" }).click();
    await expect.poll(() => composer(ada).inputValue()).toBe("helo");
    await composer(ada).fill("hello");
    await picture(ada, "edit-desktop-light");
    await ada.keyboard.press("Enter");
    await message(bob, "hello").getByText("(edited)").waitFor();
    expect(await composer(ada).inputValue()).toBe("half a sentence");

    await message(ada, "example.org").hover();
    await message(ada, "example.org").getByRole("button", { name: "Delete message" }).click();
    await picture(ada, "delete-desktop-light");
    await ada.getByRole("button", { name: "Delete", exact: true }).click();
    await message(bob, "Message deleted").waitFor();
    expect(await texts(bob)).toEqual(["Message deleted", "hello (edited)"]);
    await message(bob, "hello").hover();
    expect(await bob.getByRole("button", { name: "Edit message" }).count()).toBe(0);
    await bob.reload();
    await message(bob, "hello (edited)").waitFor();
    expect(await texts(bob)).toEqual(["Message deleted", "hello (edited)"]);
  });

  // One message of blank lines was as high as a hundred screens, and in everybody's way.
  it("a message of thousands of lines is folded, and unfolded where it is read", async () => {
    const ada = await enterAs("Ada");
    await say(ada, `top${"\n".repeat(1000)}bottom`);
    const long = message(ada, "top");
    expect((await long.boundingBox())!.height).toBeLessThan(1200);
    expect(await long.locator(".message-text").textContent()).not.toContain("bottom");
    await long.getByRole("button", { name: "Show all 1,001 lines" }).click();
    await expect.poll(() => long.locator(".message-text").textContent()).toContain("bottom");
    // What was read stays in sight: its beginning, and not its end.
    const below = async (): Promise<number> =>
      (await long.boundingBox())!.y - (await ada.locator(".messages").boundingBox())!.y;
    await expect.poll(below).toBeGreaterThan(-1200);
  });

  it("files are picked, pasted and dropped, sent with progress, cancelled, seen and kept", async () => {
    const log = new GatedLog();
    await chat.stop();
    await chat.start(log);
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    const files = ada.getByRole("list", { name: "Files to send" }).getByRole("listitem");
    const big = Buffer.alloc(300_000, "notes\n");
    await ada.getByLabel("Files to attach").setInputFiles([
      { name: "engine.png", mimeType: "image/png", buffer: png(640, 400) },
      { name: "too-large.bin", mimeType: "", buffer: Buffer.alloc(1024 * 1024 + 1) },
    ]);
    await ada.getByRole("alert").getByText("too-large.bin is too large: 1 MiB, at most 1 MiB.").waitFor();
    await hand(ada, "paste", "pasted.txt", "pasted");
    await hand(ada, "drop", "dropped.txt", "dropped");
    await expect.poll(() => files.count()).toBe(3);
    await ada.getByRole("button", { name: "Remove pasted.txt" }).click();
    await composer(ada).fill("Two files");
    log.hold((room) => room.startsWith("file/"));
    await composer(ada).press("Enter");
    const sending = message(ada, "Two files");
    await sending.getByRole("progressbar", { name: "Sending files" }).waitFor();
    await picture(ada, "sending-files-desktop-light");
    await expect.poll(() => log.held).toBeGreaterThan(0);
    log.release();
    await sending.getByRole("img", { name: "Delivered" }).waitFor();
    const image = message(bob, "Two files").getByRole("img", { name: "engine.png" });
    await expect
      .poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth))
      .toBe(640);
    const download = bob.waitForEvent("download");
    await message(bob, "Two files")
      .getByRole("link", { name: /^Download dropped.txt/ })
      .click();
    expect((await download).suggestedFilename()).toBe("dropped.txt");
    await message(bob, "Two files").getByRole("button", { name: "Show engine.png" }).click();
    await bob.getByRole("dialog", { name: "engine.png" }).waitFor();
    await picture(bob, "image-desktop-light");
    await bob.keyboard.press("Escape");
    await bob.getByRole("dialog").waitFor({ state: "detached" });

    await ada.getByLabel("Files to attach").setInputFiles([{ name: "notes.txt", mimeType: "", buffer: big }]);
    await files.getByText("notes.txt").waitFor();
    log.hold((room) => room.startsWith("file/"));
    await composer(ada).press("Enter");
    await ada.locator(".upload").getByRole("button", { name: "Cancel" }).click();
    log.release();
    await say(ada, "not the notes then");
    await message(bob, "not the notes then").waitFor();
    expect(await bob.getByText("notes.txt").count()).toBe(0);
    expect(await texts(ada)).toEqual(["Two files", "not the notes then"]);
  });

  it("a message is pending, delivered, or failed with a retry that does no harm", async () => {
    const log = new GatedLog();
    await chat.stop();
    await chat.start(log);
    const ada = await enterAs("Ada");
    log.hold((room) => room === "chat/general");
    await composer(ada).fill("slow");
    await composer(ada).press("Enter");
    await message(ada, "slow").getByRole("img", { name: "Sending" }).waitFor();
    await expect.poll(() => log.held).toBe(1);
    log.release();
    await message(ada, "slow").getByRole("img", { name: "Delivered" }).waitFor();
    log.refuse((room) => room === "chat/general");
    await composer(ada).fill("refused");
    await composer(ada).press("Enter");
    await message(ada, "refused").getByText("Not sent. That did not work.").waitFor();
    await picture(ada, "failed-desktop-light");
    log.release();
    await message(ada, "refused").getByRole("button", { name: "Retry" }).click();
    await message(ada, "refused").getByRole("img", { name: "Delivered" }).waitFor();
    await ada.reload();
    await message(ada, "refused").waitFor();
    expect(await texts(ada)).toEqual(["slow", "refused"]);
  });

  it("what waits to be sent goes on after a reload, and is there once; files cannot, and are asked about", async () => {
    const log = new GatedLog();
    await chat.stop();
    await chat.start(log);
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    log.hold((room) => room === "chat/general");
    for (const text of ["first", "second"]) {
      await composer(ada).fill(text);
      await composer(ada).press("Enter");
    }
    await expect.poll(() => log.held).toBe(1);
    await ada.reload();
    await message(ada, "second").getByRole("img", { name: "Sending" }).waitFor();
    log.release();
    await message(ada, "second").getByRole("img", { name: "Delivered" }).waitFor();
    await message(bob, "second").waitFor();
    expect([await texts(ada), await texts(bob)]).toEqual([
      ["first", "second"],
      ["first", "second"],
    ]);
    await ada.reload();
    await message(ada, "second").waitFor();
    expect(await texts(ada)).toEqual(["first", "second"]);

    log.hold((room) => room.startsWith("file/"));
    const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") };
    await ada.getByLabel("Files to attach").setInputFiles([notes]);
    await ada.getByText("notes.txt").waitFor();
    await composer(ada).press("Enter");
    await ada.getByRole("progressbar").waitFor();
    const asked = ada.waitForEvent("dialog");
    await ada.evaluate(() => void setTimeout(() => location.reload()));
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    log.release();
    await message(ada, "notes.txt").getByRole("img", { name: "Delivered" }).waitFor();
    // There is nothing to ask about any more.
    await ada.reload();
    await message(ada, "notes.txt").waitFor();
    await log.close();
  });

  it("a break is waited out: what was written is sent, what was missed is counted, nothing is shown twice", async () => {
    const ada = await enterAs("Ada");
    await say(ada, "before");
    await ada.context().setOffline(true);
    await chat.stop();
    await ada.getByText(/^Reconnecting in \d+ s$/).waitFor();
    await composer(ada).fill("in between");
    await composer(ada).press("Enter");
    await message(ada, "in between").getByRole("img", { name: "Sending" }).waitFor();
    await picture(ada, "reconnecting-desktop-light");
    await chat.start();
    const bob = await arrive(chat.url, "Bob");
    const general = await bob.come("chat/general");
    await general.say("one");
    await general.say("two");
    await ada.context().setOffline(false);
    await ada.locator(".notice").getByText("2 messages recovered").waitFor();
    await picture(ada, "recovered-desktop-light");
    await message(ada, "in between").getByRole("img", { name: "Delivered" }).waitFor();
    expect((await texts(ada)).toSorted()).toEqual(["before", "in between", "one", "two"]);

    await chat.stop();
    await chat.start(new MemoryLog());
    await ada.locator(".notice").getByText("Gap: some messages were missed, history reloaded").waitFor();
    await ada.getByText("Nobody has written here yet").waitFor();
    await picture(ada, "gap-desktop-light");
    await say(ada, "anew");
    expect(await texts(ada)).toEqual(["anew"]);
  });

  it("rooms have addresses, counts, unread marks, invitations and a way out", async () => {
    const ada = await enterAs("Ada");
    const bob = await enterAs("Bob");
    await ada.getByRole("button", { name: "New room" }).click();
    await ada.getByLabel("Name of the room").fill("!");
    await ada.keyboard.press("Enter");
    await ada.getByRole("dialog").getByText("Use letters, digits").waitFor();
    await ada.getByLabel("Name of the room").fill("Tea Time");
    await picture(ada, "new-room-desktop-light");
    await ada.keyboard.press("Enter");
    await ada.waitForURL("**/r/tea-time");
    await say(bob, "are you there?");
    await ada.getByRole("link", { name: "general, 2 people here, 1 unread" }).waitFor();
    expect(await ada.title()).toBe("(1) #tea-time · Chat");
    await bob.getByRole("link", { name: "tea-time, 1 person here" }).click();
    await say(bob, "found you");
    await message(ada, "found you").waitFor();

    await ada.goBack();
    await ada.locator(".divider").getByText("New").waitFor();
    await message(ada, "are you there?").waitFor();
    await ada.getByRole("link", { name: "general, 2 people here", exact: true }).waitFor();
    await ada.getByRole("button", { name: "Leave #general" }).click();
    await ada.waitForURL("**/r/tea-time");
    await bob.getByRole("link", { name: "general, 1 person here", exact: true }).waitFor();

    await ada.getByRole("button", { name: "New room" }).click();
    await ada.getByLabel("Name of the room").fill("surprise");
    await ada.getByLabel("Invite only").check();
    await ada.keyboard.press("Enter");
    const link = ada.getByRole("textbox", { name: "Link to this room" });
    await picture(ada, "invite-desktop-light");
    const address = await link.inputValue();
    expect(address).toMatch(/\/r\/~[\w-]{22}\/surprise$/);
    await ada.keyboard.press("Escape");
    await say(ada, "for Bob only");
    expect(await bob.getByRole("link", { name: /surprise/ }).count()).toBe(0);
    await bob.goto(address);
    await message(bob, "for Bob only").waitFor();
    await bob.getByRole("heading", { name: "surprise" }).waitFor();
    await ada.getByRole("button", { name: "2 people here" }).waitFor();
  });

  it("who does nothing for some minutes is away, until they do something", async () => {
    const bob = await openPage("/");
    await bob.clock.install();
    await bob.reload();
    await bob.getByLabel("Your name").fill("Bob");
    await bob.keyboard.press("Enter");
    await connected(bob);
    const ada = await enterAs("Ada");
    await people(ada).getByText("Bob").waitFor();
    await bob.clock.fastForward("03:01");
    await people(ada, "Away").getByText("Bob").waitFor();
    await bob.keyboard.press("Shift");
    await people(ada, "Here").getByText("Bob").waitFor();
    await bob.context().close();
    await people(ada).getByText("Bob").waitFor({ state: "detached" });
  });

  it("everything can be done with the keyboard", async () => {
    const page = await openPage("/");
    const focused = (): Promise<string> =>
      page.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? "",
      );
    const goTo = async (name: string, key = "Shift+Tab"): Promise<void> => {
      for (let i = 0; i < 30 && !(await focused()).startsWith(name); i++) await page.keyboard.press(key);
      expect(await focused()).toMatch(new RegExp(`^${name}`));
    };
    await page.getByLabel("Your name").and(page.locator(":focus")).waitFor();
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await connected(page);
    await expect.poll(focused).toBe("Message #general");
    await page.keyboard.type("first line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    await message(page, "second line").getByRole("img", { name: "Delivered" }).waitFor();
    expect(await texts(page)).toEqual(["first line\nsecond line"]);

    // The last of one's own is edited with an arrow, and left alone with Escape.
    await page.keyboard.press("ArrowUp");
    await expect.poll(focused).toBe("Edit message");
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("Message #general");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("!");
    await page.keyboard.press("Enter");
    await message(page, "second line!").getByText("(edited)").waitFor();

    // Messages by arrows, and what can be done with one by Tab.
    await goTo("Messages in");
    await page.keyboard.press("ArrowUp");
    await goTo("Delete message", "Tab");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(ring).toBe("solid");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Message deleted").waitFor();

    await goTo("New room");
    await page.keyboard.press("Enter");
    await expect.poll(focused).toBe("room-name");
    await page.keyboard.type("quiet");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/r/quiet");
    await expect.poll(focused).toBe("Message #quiet");
    await goTo("general,");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/r/general");
    await expect.poll(focused).toBe("Message #general");
  });

  it("on a phone rooms and people are drawers, which Escape closes and which give the focus back", async () => {
    const page = await enterAs("Ada", "/", phone);
    const rooms = page.getByRole("button", { name: "Show rooms" });
    const isFocused = (name: string): Promise<boolean> =>
      page.getByRole("button", { name }).evaluate((element) => element === document.activeElement);
    await rooms.click();
    await expect.poll(() => isFocused("Close rooms")).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => isFocused("Show rooms")).toBe(true);
    await page.getByRole("link", { name: /^general/ }).waitFor({ state: "hidden" });
    // A long name once pushed the buttons off the screen.
    await page.goto(`${chat.url}/r/a-room-with-quite-a-long-name-is`);
    await page.getByText("Nobody has written here yet").waitFor();
    for (const name of [
      "Send",
      "Invite people",
      "Leave #a-room-with-quite-a-long-name-is",
      "1 person here: show or hide",
    ]) {
      const box = await page.getByRole("button", { name, exact: true }).boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? Infinity)).toBeLessThanOrEqual(360);
    }
    const { height = 0 } = (await composer(page).boundingBox()) ?? {};
    expect(height).toBeLessThan(50);
    await picture(page, "long-name-phone-dark");
  });

  it("limits are shown before they are met, and the theme is the system's until one is chosen, which lasts", async () => {
    const page = await enterAs("Ada", "/", desktop);
    await page.getByText("up to 4,000 characters, files to 1 MiB").waitFor();
    await composer(page).fill("x".repeat(3990));
    await page.getByText("10 characters left").waitFor();
    await composer(page).fill("x".repeat(4010));
    await page.getByText("10 characters too long").waitFor();
    expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
    // Faster than the server takes: they wait, and nothing is lost.
    await composer(page).evaluate((element: HTMLTextAreaElement) => {
      for (let i = 1; i <= 25; i++) {
        element.value = `quick ${i}`;
        element.dispatchEvent(new Event("input", { bubbles: true }));
        element.dispatchEvent(
          new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
        );
      }
    });
    await page.getByText(/^Too fast: messages wait \d s$/).waitFor();
    await message(page, "quick 25").getByRole("img", { name: "Delivered" }).waitFor();
    expect(await texts(page)).toEqual(Array.from({ length: 25 }, (_, i) => `quick ${i + 1}`));

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

/** Hands the composer a file, as a clipboard or a mouse does. */
async function hand(page: Page, type: "paste" | "drop", name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], fileName, { type: "text/plain" }));
      return transfer;
    },
    [name, content] as const,
  );
  if (type === "drop") {
    await page.dispatchEvent(".conversation", "dragenter", { dataTransfer: data });
    await page.getByText("Drop files to send them").waitFor();
    await picture(page, "drop-desktop-light");
    await page.dispatchEvent(".conversation", "drop", { dataTransfer: data });
  } else {
    await composer(page).evaluate((element, clipboardData) => {
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, data);
  }
}
