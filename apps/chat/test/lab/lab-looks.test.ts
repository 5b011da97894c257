// How the lab looks: contrast, names and roles by axe, pictures to look at, nothing that does not fit.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CRAFTED_CASES } from "../../src/shared/lab/crafted-cases.ts";
import { hasChromium } from "../support/chromium.ts";
import { picture, TIMEOUT_MS, useLabPages } from "../support/lab-pages.ts";
import { violations } from "../support/violations.ts";

const SIZES = [
  ["phone", { width: 360, height: 740 }],
  ["tablet", { width: 900, height: 1000 }],
  ["desktop", { width: 1500, height: 1000 }],
] as const;

describe.skipIf(!hasChromium())("the lab looks right", { timeout: 2 * TIMEOUT_MS }, () => {
  const { openAs } = useLabPages();

  it("in both themes, at every width", async () => {
    const page = await openAs("Ada", "/lab", { viewport: SIZES[2][1], colorScheme: "light" });
    const check = async (name: string): Promise<void> => {
      for (const [size, viewport] of SIZES) {
        await page.setViewportSize(viewport);
        expect(await overflow(page), `${name} at ${size}`).toBeLessThanOrEqual(0);
        if (size !== "tablet") expect(await violations(page)).toEqual([]);
        await picture(page, `${name}-${size}-light`);
        await page.emulateMedia({ colorScheme: "dark" });
        // Of another colour nothing else is another.
        if (size !== "tablet") expect(await violations(page, { isSecondTheme: true })).toEqual([]);
        await picture(page, `${name}-${size}-dark`);
        await page.emulateMedia({ colorScheme: "light" });
      }
    };

    await page.getByRole("heading", { name: "Size lab" }).waitFor();
    for (const [i, size] of ["1 KiB", "64 KiB − 1", "1 MiB"].entries()) {
      await page
        .getByRole("group", { name: "Message" })
        .getByRole("button", { name: size, exact: true })
        .click();
      await page.getByRole("button", { name: "Measure" }).click();
      await page
        .getByRole("row")
        .nth(i + 1)
        .waitFor();
    }
    await page.getByRole("radio", { name: "The server" }).check({ force: true });
    await page.getByRole("spinbutton", { name: "Fragments of" }).fill("1024");
    await page.getByRole("radio", { name: "On" }).check({ force: true });
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByRole("row").nth(4).waitFor();
    await check("lab-size");

    await page.getByRole("link", { name: "Craft" }).click();
    await page.getByRole("button", { name: /^Try all/ }).click();
    const { length } = CRAFTED_CASES;
    await page.getByText(`${length} of ${length} as the RFC wants it`).waitFor();
    await page.getByRole("button", { name: "A new text message inside of one" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Closed with 1002").waitFor();
    await check("lab-craft");
  });

  it("to a stranger, who is asked in", async () => {
    const page = await openAs(undefined, "/lab", { viewport: SIZES[0][1] });
    await page.getByRole("heading", { name: "The lab moves real bytes" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.getByRole("link", { name: "Enter the chat" }).getAttribute("href")).toBe("/");
    await picture(page, "lab-stranger-phone-light");
  });
});

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.locator(".lab-body").evaluate((element) => element.scrollWidth - element.clientWidth);
}
