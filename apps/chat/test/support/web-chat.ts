// A chat with its page open in a browser: a server for each test, and an ear for complaints of the pages.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MemoryLog, type RoomLog } from "@ws/rooms";
import { pino } from "pino";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type ChatServer, type ChatServerOptions, startChatServer } from "../../src/server/chat-server.ts";
import { launchChromium } from "./chromium.ts";
import { SECRET } from "./nodes.ts";

export const TIMEOUT_MS = 120_000;
export const desktop = { viewport: { width: 1400, height: 860 }, colorScheme: "light" } as const;
export const phone = {
  viewport: { width: 360, height: 740 },
  colorScheme: "dark",
  hasTouch: true,
  isMobile: true,
} as const;

const artefacts = fileURLToPath(new URL("../../.artefacts/", import.meta.url));

export interface WebChat {
  readonly url: string;
  readonly log: RoomLog;
  /** Starts the server again where it was. @param log what it remembers; default: what it remembered */
  readonly start: (log?: RoomLog) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** @param path undefined for a page that has not gone anywhere */
  readonly openPage: (path: string | undefined, options?: BrowserContextOptions) => Promise<Page>;
  readonly newTab: (context: BrowserContext, path: string | undefined) => Promise<Page>;
  readonly enterAs: (name: string, path?: string, options?: BrowserContextOptions) => Promise<Page>;
}

export function useChat(options: ChatServerOptions = {}): WebChat {
  let browser: Browser;
  let log: RoomLog;
  let server: ChatServer;
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  const listen = async (port: number): Promise<void> => {
    server = await startChatServer({
      port,
      host: "127.0.0.1",
      sessionSecret: SECRET,
      graceMs: 50,
      log,
      logger: pino({ level: "silent" }),
      ...options,
    });
  };

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    browser = await launchChromium();
  }, TIMEOUT_MS);
  afterAll(() => browser.close());

  beforeEach(async () => {
    contexts = [];
    complaints = [];
    log = new MemoryLog();
    await listen(0);
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await server.stop();
    await log.close();
    // Whatever breaks the content security policy, or throws, complains.
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join("\n")}`);
  });

  async function openPage(
    path: string | undefined,
    contextOptions: BrowserContextOptions = desktop,
  ): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", ...contextOptions });
    context.setDefaultTimeout(TIMEOUT_MS / 4);
    contexts.push(context);
    return await newTab(context, path);
  }

  async function newTab(context: BrowserContext, path: string | undefined): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (line) => {
      // The browser itself reports refused names and broken connections, which some tests are about.
      const isExpected = /409|ERR_CONNECTION|ERR_INTERNET|WebSocket connection/.test(line.text());
      if (line.type() === "error" && !isExpected) complaints.push(line.text());
    });
    if (path !== undefined) await page.goto(server.url + path);
    return page;
  }

  return {
    get url() {
      return server.url;
    },
    get log() {
      return log;
    },
    start: async (other = log) => {
      log = other;
      await listen(server.port);
    },
    stop: () => server.stop(),
    openPage,
    newTab,
    async enterAs(name, path = "/", contextOptions = desktop) {
      const page = await openPage(path, contextOptions);
      await page.getByLabel("Your name").fill(name);
      await page.getByRole("button", { name: "Enter" }).click();
      await connected(page);
      return page;
    },
  };
}

export function connected(page: Page): Promise<void> {
  return page.getByText("Connected", { exact: true }).waitFor();
}

/** Sends a message, and waits until it is delivered. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  const [firstLine = text] = text.split("\n");
  await message(page, firstLine).last().getByRole("img", { name: "Delivered" }).waitFor();
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: /^(?:Message #|Edit message)/ });
}

export function message(page: Page, text: string): Locator {
  return page.locator(".message", { hasText: text });
}

export function people(page: Page, title: "Here" | "Away" = "Here"): Locator {
  return page.getByRole("list", { name: title, exact: true }).getByRole("listitem");
}

export function texts(page: Page): Promise<readonly string[]> {
  return page.locator(".message-text").allTextContents();
}

/** Kept for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${artefacts}${name}.png`, animations: "disabled" });
}
