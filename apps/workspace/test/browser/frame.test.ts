// @ws/frame in a real browser, bundled as an application would bundle it.
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { build, type Rollup } from "vite";
import { hasChromium, launch } from "./chromium.ts";
import type { Found } from "./frame-page.ts";

it.skipIf(!hasChromium).each([
  { where: "in Chromium", policy: "", mayCompile: true },
  { where: "where a policy forbids WebAssembly", policy: "script-src 'unsafe-inline'", mayCompile: false },
])(
  "@ws/frame › encodes and decodes $where as it does in Node",
  async ({ policy, mayCompile }) => {
    const output = (await build({
      configFile: false,
      logLevel: "error",
      resolve: { conditions: ["@ws/source", "browser", "module", "import", "default"] },
      build: {
        write: false,
        lib: {
          entry: fileURLToPath(new URL("frame-page.ts", import.meta.url)),
          formats: ["iife"],
          name: "page",
        },
      },
    })) as Rollup.RollupOutput[];
    const browser = await launch();
    try {
      const page = await (await browser.newContext()).newPage();
      await page.route("http://page.test/", (route) =>
        route.fulfill({ contentType: "text/html", headers: { "content-security-policy": policy } }),
      );
      await page.goto("http://page.test/");
      await page.addScriptTag({ content: output[0]!.output[0].code });
      const found = await page.evaluate(() => (globalThis as unknown as { found: Found }).found);
      expect(found).toEqual({
        hasNode: false,
        mayCompile,
        wire: [0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f],
        close: [0x03, 0xe8, 0x62, 0x79, 0x65, 0x20, 0xe2, 0x82, 0xac],
        roundTrips: [true, true, true, true, true, true],
        reserved: "RESERVED_BITS",
        masked: "MASK_FORBIDDEN",
        utf8: [true, false, false],
        keysDiffer: true,
      } satisfies Found);
    } finally {
      await browser.close();
    }
  },
  60_000,
);
