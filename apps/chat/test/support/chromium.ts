// Chromium for the tests: Debian's, or the one that CHROMIUM names.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Whether there is a browser. In CI there must be: tests that silently do not run are worse than none. */
export function hasChromium(): boolean {
  if (existsSync(executablePath)) return true;
  if (process.env["CI"] === "true")
    throw new Error(`Cannot test in a browser: there is no ${executablePath}`);
  console.warn(`Skipped: there is no ${executablePath}; install Chromium, or name one in CHROMIUM`);
  return false;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
