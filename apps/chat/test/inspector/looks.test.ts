// How the inspector looks: contrast, names and roles by axe in both themes, and pictures to look at.
import { once } from "node:events";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { violations } from "../support/violations.ts";
import { talk } from "./inspected-server.ts";
import { middle, phone, picture, TIMEOUT_MS, useInspectorPage, wide } from "./inspector-page.ts";

const TABS = ["Frames", "Messages", "Handshake", "States", "Statistics"];

describe.skipIf(!hasChromium())("inspector › looks", { timeout: 3 * TIMEOUT_MS }, () => {
  const { open } = useInspectorPage();

  async function check(page: Page, theme: "light" | "dark"): Promise<void> {
    expect(await violations(page, { isSecondTheme: theme === "dark" })).toEqual([]);
  }

  it.each([
    ["1500", wide],
    ["900", middle],
    ["360", phone],
  ])("is accessible in both themes and looks right: %s px", async (name, options) => {
    const { server, page } = await open(options, { echo: { perMessageDeflate: { thresholdBytes: 60 } } });
    await page.getByText("Live", { exact: true }).waitFor();
    const connection = await talk(server, "ada", { perMessageDeflate: { thresholdBytes: 60 } });
    connection.send('{"type":"hello","from":"Ada"}');
    await once(connection, "message");
    connection.send("The engine weaves algebraic patterns as the loom weaves flowers and leaves. ".repeat(6));
    await once(connection, "message");
    await connection.sendStream(["In three ", "fragments, ", "and a ping between"]);
    connection.ping("are you there?");
    await once(connection, "pong");
    connection.send(Uint8Array.from({ length: 300 }, (_, i) => i));
    await once(connection, "message");
    const closing = await talk(server);
    closing.send("short");
    await once(closing, "message");
    await closing.close(1001, "going home");
    await page.getByText("1001 “going home”").first().waitFor();
    const isNarrow = options.viewport!.width < 720;

    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme });
      for (const tab of TABS) {
        await page.getByRole("tab", { name: tab }).click();
        if (tab === "Frames") {
          if (isNarrow) {
            await check(page, theme);
            await picture(page, `list-${name}-${theme}`);
          }
          await page
            .getByRole("row", { name: /engine weaves/ })
            .first()
            .click();
        }
        if (tab === "Messages")
          await page
            .getByRole("row", { name: /fragments, / })
            .first()
            .click();
        await check(page, theme);
        await picture(page, `${tab.toLowerCase()}-${name}-${theme}`);
        if (isNarrow && (tab === "Frames" || tab === "Messages")) {
          await page.getByRole("button", { name: "Back to the list" }).click();
          if (tab === "Messages") await picture(page, `message-list-${name}-${theme}`);
        }
      }
    }
    connection.terminate();
  });
});
