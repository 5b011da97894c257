// The site in a real browser, as readers go through it: on a desktop and on a phone, in light and dark, with search, and without a network.
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { once } from "node:events";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileAt } from "./built-site.ts";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(executablePath) || process.env["CI"] === "true";
const pictures = join(import.meta.dirname, "../.artefacts");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** One page of each kind: prose and code, figures, diagrams, wide tables, symbols of a package. */
const PAGES = [
  "/",
  "/course/8-closing.html",
  "/architecture.html",
  "/errors.html",
  "/reference/",
  "/reference/metrics.html",
];

let server: Server;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  if (!hasChromium) return;
  await mkdir(pictures, { recursive: true });
  server = createServer((request, response) => {
    const file = fileAt(new URL(request.url ?? "/", "http://site").pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      "Content-Type": TYPES[extname(file ?? "")] ?? "application/octet-stream",
    });
    response.end(file === undefined ? "" : readFileSync(file));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** A page that reports what went wrong in it, and everything that it asked others for. */
async function openPage(
  width: number,
  colorScheme: "light" | "dark",
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(request.url());
  });
  return { page, problems };
}

async function violationsOn(page: Page): Promise<string[]> {
  // Its look at contrast takes seconds where a table or a list has hundreds of cells or names that look the same.
  const { violations } = await new AxeBuilder({ page })
    .exclude("tbody tr:nth-child(n + 4)")
    .exclude(".vp-doc li:nth-child(n + 4)")
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
}

// A page of many parts takes axe seconds, and as many times more as the machine has other work.
describe.skipIf(!hasChromium)("the site in Chromium", { timeout: 120_000 }, () => {
  // Colours do not depend on widths, so axe need not see all four.
  describe.each([
    [1280, "light", true],
    [1280, "dark", false],
    [360, "light", false],
    [360, "dark", true],
  ] as const)("at %i pixels, %s", (width, theme, withAxe) => {
    it.each(PAGES)("%s: nothing fails, nothing overflows, axe has nothing to say", async (path) => {
      const { page, problems } = await openPage(width, theme);
      await page.goto(origin + path);
      if (withAxe) problems.push(...(await violationsOn(page)));
      const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
      if (scrolls > width) problems.push(`it is ${scrolls} pixels wide`);
      const name = `${width}-${theme}${path.replaceAll("/", "-").replace(".html", "")}`;
      await page.screenshot({ path: join(pictures, `${name}.png`) });
      expect(problems).toEqual([]);
      await page.context().close();
    });
  });

  it("goes from the tour to a chapter, to the next, and to the code", async () => {
    const { page, problems } = await openPage(1280, "light");
    await page.goto(origin);
    await page.getByRole("link", { name: "a course from the wire up" }).click();
    await page.getByRole("link", { name: "The first two bytes" }).first().click();
    await page.getByRole("img", { name: /a server that says Hello/ }).waitFor();
    await page.locator(".pager-link.next").click();
    await page.getByRole("heading", { level: 1, name: /How long/ }).waitFor();
    const code = page.getByRole("link", { name: "growing-buffer.ts" });
    await page.goto(new URL((await code.getAttribute("href"))!, origin).href);
    expect(await page.locator("pre").textContent()).toContain("class GrowingBuffer");
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("finds an error by its code, asking nobody else", async () => {
    const { page, problems } = await openPage(390, "light");
    await page.goto(origin);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("KEEP_ALIVE_TIMEOUT");
    await page.locator('.result[href*="errors.html#connectionerror"]').click();
    await page.waitForURL(/errors\.html#connectionerror/);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it("finds an option in the reference, and follows its type to where that is told", async () => {
    const { page, problems } = await openPage(1280, "light");
    await page.goto(origin);
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("whenBufferFull");
    await page
      .locator(".result", { hasText: /API of @ws\/connection.*ConnectionOptions/ })
      .first()
      .click();
    await page.waitForURL(/reference\/connection\.html#ConnectionOptions\.whenBufferFull/);
    await page.goto(`${origin}/reference/server.html#WebSocketServer`);
    await page.locator(".signature").getByRole("link", { name: "WebSocketServerOptions" }).first().click();
    await page.waitForURL(/server\.html#WebSocketServerOptions/);
    await page
      .getByRole("link", { name: /^server-options\.ts, line / })
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
