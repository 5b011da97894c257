// The inspector in a browser, over a server to look at: its page as the chat has it, and a server and a context for each test.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { SECURITY_HEADERS } from "../../src/server/security-headers.ts";
import { createWebPage } from "../../src/server/web-page.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Inspected, type InspectedOptions, startInspected } from "./inspected-server.ts";

export const TIMEOUT_MS = 60_000;
export const wide: BrowserContextOptions = { viewport: { width: 1500, height: 900 }, colorScheme: "light" };
export const middle: BrowserContextOptions = { viewport: { width: 900, height: 760 }, colorScheme: "light" };
export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  colorScheme: "light",
  hasTouch: true,
  isMobile: true,
};

const artefacts = fileURLToPath(new URL("../../.artefacts/", import.meta.url));

export interface OpenInspector {
  readonly server: Inspected;
  readonly page: Page;
}

export interface InspectorInBrowser {
  /** A server, and the page over it in the session of "ada". */
  readonly open: (options?: BrowserContextOptions, server?: InspectedOptions) => Promise<OpenInspector>;
}

export function useInspectorPage(): InspectorInBrowser {
  let browser: Browser;
  const webPage = createWebPage(fileURLToPath(new URL("../../dist/web", import.meta.url)));
  const contexts: BrowserContext[] = [];
  const servers: Inspected[] = [];
  let complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    browser = await launchChromium();
  }, TIMEOUT_MS);
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
    const heard = complaints;
    complaints = [];
    // Whatever breaks the content security policy, or throws, complains.
    if (heard.length > 0) throw new Error(`The page complained: ${heard.join("\n")}`);
  });

  return {
    async open(options = wide, serverOptions = {}) {
      const server = await startInspected({
        ...serverOptions,
        listener: (request, response) => {
          for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
          webPage(request, response, () => response.writeHead(404).end());
        },
      });
      servers.push(server);
      const context = await browser.newContext({ locale: "en-GB", ...options });
      context.setDefaultTimeout(TIMEOUT_MS / 4);
      contexts.push(context);
      const url = server.url.replace("ws", "http");
      await context.addCookies([{ name: "who", value: "ada", url }]);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (line) => {
        if (line.type() === "error" && !/WebSocket connection|403/.test(line.text()))
          complaints.push(line.text());
      });
      await page.goto(`${url}/inspector`);
      return { server, page };
    },
  };
}

/** Kept for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${artefacts}inspector-${name}.png`, animations: "disabled" });
}
