// The lab as people use it: the built page in Chromium, against the chat's own server.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CRAFTED_CASES } from "../../src/shared/lab/crafted-cases.ts";
import { hasChromium } from "../support/chromium.ts";
import { TIMEOUT_MS, useLabPages } from "../support/lab-pages.ts";

describe.skipIf(!hasChromium())("the lab in a browser", { timeout: TIMEOUT_MS }, () => {
  const { openAs } = useLabPages();

  it("sizes go round in the browser and come back the same, and the table can be copied", async () => {
    const page = await openAs("Ada", "/lab");
    await page.getByRole("radio", { name: "Binary" }).check({ force: true });
    await page.getByRole("spinbutton", { name: "Rounds" }).fill("1");
    await page.getByRole("button", { name: "All sizes" }).click();
    await page.getByRole("progressbar", { name: "Progress" }).waitFor();
    await page.getByRole("row").nth(8).waitFor();
    const rows = await cells(page);
    expect(rows.map(({ payload }) => payload)).toEqual(
      ["1 KiB", "16 KiB", "64 KiB − 1", "64 KiB", "256 KiB", "1 MiB", "4 MiB", "16 MiB"].map(
        (size) => `${size} binary`,
      ),
    );
    for (const { sha256, runner, deflate } of rows) {
      expect(sha256).toMatch(/^[0-9a-f]{8} equal$/);
      expect([runner, deflate]).toEqual(["Browser", "no"]);
    }
    // Small messages are one frame from any browser; the server cuts what is above a mebibyte.
    expect(rows[0]!.frames).toBe("1 → 1 ←");
    expect(rows[7]!.frames).toMatch(/→ 16 ←$/);

    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("Copied for a spreadsheet").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split("\n").map((line) => line.split("\t")[2])).toEqual([
      "Payload",
      ...rows.map(({ payload }) => payload),
    ]);
  });

  it("fragments and compression show in what is counted, by either runner; what takes long can be called off", async () => {
    const page = await openAs("Ada", "/lab");
    const measure = async (count: number): Promise<Record<string, string>> => {
      await page.getByRole("button", { name: "Measure" }).click();
      await page.getByRole("row").nth(count).waitFor();
      return (await cells(page))[count - 1]!;
    };
    await page.getByRole("group", { name: "Fragments of" }).getByRole("button", { name: "1 KiB" }).click();
    expect(await measure(1)).toMatchObject({ payload: "64 KiB text", fragments: "1 KiB", deflate: "no" });
    expect((await cells(page))[0]!.frames).toMatch(/^1 → \d+ ←$/);
    await page.getByRole("radio", { name: "The server" }).check({ force: true });
    const [, out = "", back = ""] = /^(\d+) → (\d+) ←$/.exec((await measure(2)).frames ?? "") ?? [];
    expect(Number(out)).toBeGreaterThanOrEqual(64);
    expect(back).toBe(out);
    await page.getByRole("radio", { name: "On", exact: true }).check({ force: true });
    expect(await measure(3)).toMatchObject({ runner: "Server", deflate: "yes" });
    await page.getByRole("radio", { name: "This browser" }).check({ force: true });
    expect(await measure(4)).toMatchObject({ runner: "Browser", deflate: "yes" });

    for (const runner of ["This browser", "The server"]) {
      await page.getByRole("radio", { name: runner }).check({ force: true });
      await page.getByRole("spinbutton", { name: "Fragments of" }).fill("16");
      await page.getByRole("spinbutton", { name: "Message" }).fill("1000000");
      await page.getByRole("spinbutton", { name: "Rounds" }).fill("50");
      await page.getByRole("button", { name: "Measure" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("alert").getByText("Cancelled.").waitFor();
    }
    await page.getByRole("spinbutton", { name: "Message" }).fill("16777217");
    await page.getByText("The size is from 1 to 16777216 bytes.").waitFor();
    expect(await page.getByRole("button", { name: "Measure" }).isDisabled()).toBe(true);
  });

  it("every crafted frame shows its close code", async () => {
    const page = await openAs("Ada", "/lab#craft");
    await page.getByRole("button", { name: /^Try all/ }).click();
    await page.getByText(`${CRAFTED_CASES.length} of ${CRAFTED_CASES.length} as the RFC wants it`).waitFor();
    const codes = await page.locator("td.lab-code").allInnerTexts();
    expect(codes).toEqual(CRAFTED_CASES.flatMap(({ closeCode }) => [String(closeCode), String(closeCode)]));
  });

  it("a frame of one's own is made, sent and read with the keyboard alone", async () => {
    const page = await openAs("Ada", "/lab");
    await page.getByRole("heading", { name: "Size lab" }).waitFor();
    const reach = async (
      name: string | RegExp,
      role: "link" | "button" | "checkbox" | "textbox" | "combobox",
    ): Promise<void> => {
      const target = page.getByRole(role, { name });
      for (let i = 0; i < 80; i++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Cannot reach ${String(name)} with the keyboard`);
    };
    await reach("Craft", "link");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Craft" }).waitFor();
    await reach("FIN", "checkbox");
    await page.keyboard.press("Space");
    await reach("Opcode of frame 1", "combobox");
    // From 0x3 to 0x1.
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await reach("Payload of frame 1", "textbox");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("by hand");
    await page.getByText("A sequence of your own").waitFor();
    await reach("Add a frame", "button");
    await page.keyboard.press("Enter");
    await reach("Send", "button");
    await page.keyboard.press("Enter");
    // A text that does not end, and another one behind it.
    await page.getByText("Closed with 1002").waitFor();
    const wire = await page.getByLabel("On the wire").allInnerTexts();
    expect(wire[0]).toMatch(/^01 87 37 fa 21 3d /);
    expect(wire[1]).toMatch(/^81 85 37 fa 21 3d /);
    expect(await page.getByText("close: code 1002").count()).toBe(1);

    // And what is no whole byte is not sent.
    await page.getByRole("radio", { name: "Hex" }).first().check({ force: true });
    expect(await page.getByRole("textbox", { name: "Payload of frame 1" }).inputValue()).toBe(
      "62 79 20 68 61 6e 64",
    );
    await page.getByRole("textbox", { name: "Payload of frame 1" }).fill("6");
    await page.getByText("Hex is two digits for each byte.").waitFor();
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  });
});

/** The results, by column. */
function cells(page: Page): Promise<readonly Record<string, string>[]> {
  return page
    .locator(".lab-table tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) =>
        Object.fromEntries(
          [...row.querySelectorAll<HTMLElement>("td")].map((cell) => [
            cell.dataset["column"],
            cell.innerText.trim(),
          ]),
        ),
      ),
    );
}
