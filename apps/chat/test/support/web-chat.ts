// A chat with its page open in a browser: started fresh for each test, and watched for complaints.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type ChatServer, startChatServer } from "../../src/server/chat-server.ts";
import { MemoryMessageStore } from "../../src/server/memory-message-store.ts";
import { launchChromium } from "./chromium.ts";

export const TIMEOUT_MS = 30_000;
export const desktop = { viewport: { width: 1280, height: 800 }, colorScheme: "light" } as const;
export const phone = {
  viewport: { width: 360, height: 740 },
  colorScheme: "dark",
  hasTouch: true,
  isMobile: true,
} as const;

const artefacts = fileURLToPath(new URL("../../.artefacts/", import.meta.url));

export interface WebChat {
  readonly url: string;
  /** Starts the server again where it was, with the messages it had. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly openPage: (path: string, options?: BrowserContextOptions) => Promise<Page>;
  readonly newTab: (context: BrowserContext, path: string) => Promise<Page>;
  readonly enterAs: (name: string, path?: string, options?: BrowserContextOptions) => Promise<Page>;
  /** Sends a message, and waits until it is delivered. */
  readonly say: (page: Page, text: string) => Promise<void>;
}

export function useChat(): WebChat {
  let browser: Browser;
  let store: MemoryMessageStore;
  let server: ChatServer;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  const listen = async (port: number): Promise<void> => {
    server = await startChatServer({ port, host: "127.0.0.1", store, graceMs: 3000 });
  };

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    browser = await launchChromium();
  }, TIMEOUT_MS);
  afterAll(() => browser.close());

  beforeEach(async () => {
    contexts = [];
    complaints = [];
    store = new MemoryMessageStore();
    await listen(0);
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await server.stop();
    // Whatever breaks the content security policy, or throws, complains.
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join("\n")}`);
  });

  async function openPage(path: string, options: BrowserContextOptions = desktop): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    context.setDefaultTimeout(TIMEOUT_MS / 2);
    contexts.push(context);
    return await newTab(context, path);
  }

  async function newTab(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      // The browser itself reports refused names and broken connections, which some tests are about.
      const isExpected = /409|ERR_CONNECTION|ERR_INTERNET|WebSocket connection/.test(line.text());
      if (line.type() === "error" && !isExpected) complaints.push(line.text());
    });
    await page.goto(server.url + path);
    return page;
  }

  return {
    get url() {
      return server.url;
    },
    start: () => listen(server.port),
    stop: () => server.stop(),
    openPage,
    newTab,
    async enterAs(name, path = "/", options = desktop) {
      const page = await openPage(path, options);
      await page.getByLabel("Your name").fill(name);
      await page.getByRole("button", { name: "Enter" }).click();
      await page.getByText("Connected", { exact: true }).waitFor();
      return page;
    },
    async say(page, text) {
      await composer(page).fill(text);
      await composer(page).press("Enter");
      const [firstLine = text] = text.split("\n");
      await message(page, firstLine).last().getByRole("img", { name: "Delivered" }).waitFor();
    },
  };
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: /^Message #/ });
}

export function message(page: Page, text: string): Locator {
  return page.locator(".message", { hasText: text });
}

export function people(page: Page): Locator {
  return page.getByRole("list", { name: "Here now" }).getByRole("listitem");
}

export function texts(page: Page): Promise<readonly string[]> {
  return page.locator(".message-text").allTextContents();
}

/** Kept for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${artefacts}${name}.png`, animations: "disabled" });
}
