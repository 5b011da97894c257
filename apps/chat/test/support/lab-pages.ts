// The lab's page in a browser, of somebody who has a session, or of a stranger; watched for complaints.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { startNode } from "./nodes.ts";
import { enter } from "./visitor.ts";

export const TIMEOUT_MS = 60_000;
const artefacts = fileURLToPath(new URL("../../.artefacts/", import.meta.url));

export interface LabPages {
  readonly openAs: (name: string | undefined, path: string, options?: BrowserContextOptions) => Promise<Page>;
}

export function useLabPages(): LabPages {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    browser = await launchChromium();
  }, TIMEOUT_MS);
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    // Whatever breaks the content security policy, or throws, complains.
    const told = complaints.splice(0);
    if (told.length > 0) throw new Error(`The page complained: ${told.join("\n")}`);
  });

  return {
    async openAs(name, path, options = { viewport: { width: 1500, height: 1000 } }) {
      const { url } = await startNode({ hasLab: true });
      const context = await browser.newContext({ locale: "en-GB", ...options });
      contexts.push(context);
      context.setDefaultTimeout(TIMEOUT_MS / 2);
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      if (name !== undefined) {
        const { cookie } = await enter(url, name);
        const [key = "", value = ""] = cookie.split("=");
        await context.addCookies([{ name: key, value, url, httpOnly: true, sameSite: "Lax" }]);
      }
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (line) => {
        if (line.type() === "error") complaints.push(line.text());
      });
      await page.goto(url + path);
      return page;
    },
  };
}

/** Kept for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${artefacts}${name}.png`, animations: "disabled" });
}
