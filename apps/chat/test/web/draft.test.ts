import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/shared/limits.ts";
import { fileCard } from "../../src/shared/files.ts";
import { Draft } from "../../src/web/state/draft.ts";
import { createFileDraft, fileName } from "../../src/web/state/file-draft.ts";
import { formatBytes } from "../../src/web/state/format-bytes.ts";
import type { Message } from "../../src/web/state/message.ts";
import * as v from "valibot";

const MiB = 1024 * 1024;
const file = (name: string, size: number, type = ""): File =>
  new File([new Uint8Array(size)], name, { type });
const measure = async () => ({ width: 4, height: 3 });

describe("a draft", () => {
  it("can be sent when there is something to send, and not too much", () => {
    const draft = new Draft();
    expect(draft.canSend.value).toBe(false);
    draft.text.value = "  \n ";
    expect(draft.canSend.value).toBe(false);
    draft.text.value = "x".repeat(LIMITS.text);
    expect(draft.canSend.value).toBe(true);
    draft.text.value += "x";
    expect([draft.canSend.value, draft.isTooLong.value]).toEqual([false, true]);
  });

  it("takes files up to what the server takes, and says which it did not take", async () => {
    const draft = new Draft();
    await draft.attach([file("small.png", 10, "image/png"), file("large.zip", 2 * MiB)], MiB, measure);
    expect(draft.files.value.map(({ name, width }) => [name, width])).toEqual([["small.png", 4]]);
    expect(draft.complaint.value).toBe("large.zip is too large: 2 MiB, at most 1 MiB.");
    expect(draft.canSend.value).toBe(true);
    await draft.attach(
      Array.from({ length: 8 }, (_, i) => file(`${i}.txt`, 1)),
      MiB,
      measure,
    );
    expect(draft.files.value).toHaveLength(8);
    expect(draft.complaint.value).toBe("At most 8 files go with one message.");
    draft.detach(draft.files.value[0]!.key);
    expect([draft.files.value.length, draft.complaint.value]).toEqual([7, undefined]);
  });

  it("gives files names and types that everybody takes", async () => {
    const names = ["a/b\\c.txt", "\u202Egnp.exe", "", " ", `${"long ".repeat(40)}.tar.gz`];
    for (const name of names) {
      const draft = await createFileDraft(
        Object.assign(new Blob(["x"], { type: "Text/Plain; charset=utf-8" }), { name }),
        measure,
      );
      const card = {
        room: `file/${"k".repeat(12)}-${"r".repeat(22)}`,
        name: draft.name,
        type: draft.type,
        bytes: 1,
      };
      expect(v.safeParse(fileCard, card).issues?.map(({ message }) => message)).toBeUndefined();
    }
    expect(fileName("", "image/png")).toBe("file.png");
    expect(fileName(`${"x".repeat(200)}.jpeg`, "")).toMatch(/^x{100,}….jpeg$/);
  });

  it("keeps what was being written while something is edited", () => {
    const draft = new Draft();
    draft.text.value = "half a sent";
    draft.beginEdit({ key: "1", text: "old" } as Message);
    draft.beginEdit({ key: "2", text: "older" } as Message);
    expect(draft.text.value).toBe("older");
    draft.endEdit();
    draft.endEdit();
    expect([draft.text.value, draft.editing.value]).toEqual(["half a sent", undefined]);
  });

  it("says sizes as people read them", () => {
    expect([0, 1023, 1024, 1536, 8 * MiB, 1.25 * MiB].map(formatBytes)).toEqual([
      "0 B",
      "1,023 B".replace(",", ""),
      "1 KiB",
      "1.5 KiB",
      "8 MiB",
      "1.3 MiB",
    ]);
  });
});
