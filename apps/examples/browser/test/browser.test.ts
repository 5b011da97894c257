import { expect, it } from "vitest";
import { hasChromium, launchChromium, openPage, type Page } from "example-support/chromium";
import { startExample } from "example-support/example-process";

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Say").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

const state = (page: Page, name: string): Promise<void> => page.getByText(name, { exact: true }).waitFor();
const item = (page: Page, text: string): Promise<void> =>
  page.getByRole("listitem").filter({ hasText: text }).waitFor();

it.skipIf(!hasChromium)("keeps its connection when the server goes and comes back", async () => {
  const server = await startExample();
  const browser = await launchChromium();
  const ann = await openPage(browser, server.httpUrl);
  const ben = await openPage(browser, server.httpUrl);
  await Promise.all([state(ann, "open"), state(ben, "open")]);
  await say(ann, "hello");
  await Promise.all([item(ann, "hello"), item(ben, "hello")]);

  server.child.kill("SIGKILL");
  await state(ann, "waiting");
  await say(ann, "said while nobody was there");
  const { port } = new URL(server.httpUrl);
  await startExample({ PORT: port });
  await item(ann, "said while nobody was there");
  await state(ann, "open");
  expect(await ann.getByRole("listitem").allTextContents()).toEqual(["hello", "said while nobody was there"]);
});
