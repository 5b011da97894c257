// A real Chromium that runs bundles, on a page that a server of ours answers for.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { startServer, type PageServer } from "./page-server.ts";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** What the script left, or a word that it takes too long. */
const RUN = `(url) => Promise.race([
  run(url),
  new Promise((_, reject) => setTimeout(() => reject(new Error("The page takes more than 20 s")), 20000)),
])`;

/** Without one there is nothing to show; in CI that is a failure. */
export const hasChromium: boolean = existsSync(executablePath) || process.env["CI"] === "true";

export class PageRunner implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #server: PageServer;

  private constructor(browser: Browser, server: PageServer) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(): Promise<PageRunner> {
    const server = await startServer();
    const args = [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
    ];
    return new PageRunner(await chromium.launch({ executablePath, args }), server);
  }

  get version(): string {
    return `Chromium ${this.#browser.version().split(".")[0]}`;
  }

  /** Runs a script that leaves a function `run(url)` on the window, and returns what that resolves with. */
  async run(code: string): Promise<unknown> {
    const context = await this.#browser.newContext();
    try {
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(this.#server.url.replace("ws:", "http:"));
      await page.addScriptTag({ content: code });
      if (errors.length > 0) throw new Error(errors.join("\n"));
      return await page.evaluate(`(${RUN})(${JSON.stringify(this.#server.url)})`);
    } finally {
      await context.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}
