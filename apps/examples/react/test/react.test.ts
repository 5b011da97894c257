import { expect, it } from "vitest";
import { hasChromium, launchChromium, openPage, type Page } from "example-support/chromium";
import { startExample } from "example-support/example-process";

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Say").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

const message = (page: Page, text: string): Promise<void> =>
  page.getByRole("listitem").filter({ hasText: text }).waitFor();
const status = (page: Page, text: string): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor();
const go = (page: Page, room: string): Promise<void> => page.getByRole("button", { name: room }).click();

it.skipIf(!hasChromium)("shows a room to all who are there, and what it remembers to who comes", async () => {
  const { httpUrl } = await startExample();
  const browser = await launchChromium();
  const [ann, ben] = [
    await openPage(browser, `${httpUrl}/?name=Ann`),
    await openPage(browser, `${httpUrl}/?name=Ben`),
  ];
  await Promise.all([status(ann, "0 messages"), status(ben, "0 messages")]);
  await say(ann, "hello, red");
  await Promise.all([message(ann, "Ann: hello, red"), message(ben, "Ann: hello, red")]);
  await status(ben, "1 messages");

  await go(ben, "blue");
  await status(ben, "0 messages");
  await say(ann, "while you were away");
  await message(ann, "while you were away");
  await say(ben, "hello, blue");
  await message(ben, "Ben: hello, blue");
  expect(await ben.getByRole("listitem").allTextContents()).toEqual(["Ben: hello, blue"]);

  await go(ben, "red");
  await status(ben, "2 messages");
  const texts = ["Ann: hello, red", "Ann: while you were away"];
  expect(await ben.getByRole("listitem").allTextContents()).toEqual(texts);
});

it.skipIf(!hasChromium)("shows what there is after a gap", async () => {
  const server = await startExample();
  const page = await openPage(await launchChromium(), `${server.httpUrl}/?name=Ann`);
  await status(page, "0 messages");
  await say(page, "forgotten with the server");
  await message(page, "forgotten with the server");
  server.child.kill("SIGKILL");
  await status(page, "Connecting");
  await say(page, "said while nobody was there");
  await startExample({ PORT: new URL(server.httpUrl).port });
  await status(page, "1 messages");
  expect(await page.getByRole("listitem").allTextContents()).toEqual(["Ann: said while nobody was there"]);
});
