// A real Chromium. On a machine without one its tests are skipped with a word; in CI that is a failure.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export const hasChromium: boolean = existsSync(executablePath) || process.env["CI"] === "true";

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // Without a sandbox for machines that run as root; without the browser's own conversations with the outside.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
    ],
  });
}
