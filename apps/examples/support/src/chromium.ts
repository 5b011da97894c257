// A page of an example in a real browser: Debian's Chromium, or the one that CHROMIUM names. What it complains of fails the test.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const executablePath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export type { Page } from "playwright-core";

/** Without one the tests of pages are skipped; in CI that is a failure. */
export const hasChromium: boolean = existsSync(executablePath) || process.env["CI"] === "true";

/** Starts a browser that is closed with the test. */
export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
    ],
  });
  onTestFinished(() => browser.close());
  return browser;
}

/** Opens a page, as somebody who has not been there before. @param url of a server whose certificate nobody vouches for, too */
export async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return page;
}
