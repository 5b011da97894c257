// The figures of the course are drawn from the frames that the code writes today. `pnpm --filter docs figures` draws them anew.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { encodeFrame, FrameDecoder, Opcode } from "@ws/frame";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { figures } from "../src/figures.ts";
import { frameFields } from "../src/frame-fields.ts";
import { packageGraph } from "../src/package-graph.ts";
import { statesPage, statesTable } from "../src/states.ts";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));
const folder = `${docs}course/figures/`;

/** The key of RFC 6455 §5.7, so that its example comes out. */
const KEY = 0x37_fa_21_3d;

let drawn: Record<string, string> = {};
beforeAll(() => {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    if (array instanceof Int32Array) array.fill(KEY);
    return array;
  });
  drawn = figures();
});

describe("figures", () => {
  it("are those that the pages show", async () => {
    for (const [name, svg] of Object.entries(drawn)) await expect(svg).toMatchFileSnapshot(folder + name);
    expect(Object.keys(drawn)).toEqual(expect.arrayContaining(readdirSync(folder)));
  });

  it("of the packages is what their manifests say", async () => {
    await expect(packageGraph()).toMatchFileSnapshot(`${docs}figures/packages.svg`);
  });

  it("of the states is what the protocol answers", async () => {
    await expect(statesPage()).toMatchFileSnapshot(`${docs}states.md`);
    // A server that has both close frames ends the transport; a client in the same place does not.
    const clean = /`closing` \| – \| – \| (yes|–) \| 1000, clean/;
    expect(clean.exec(statesTable("server"))?.[1]).toBe("yes");
    expect(clean.exec(statesTable("client"))?.[1]).toBe("–");
  });

  it("draw the masked frame of RFC 6455 §5.7", () => {
    expect([...encodeFrame("client", Opcode.text, "Hello")].map((byte) => byte.toString(16)).join(" ")).toBe(
      "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    );
  });

  it.each([0, 5, 125, 126, 65_535, 65_536])(
    "say of a payload of %i bytes where the decoder finds it",
    (length) => {
      for (const role of ["server", "client"] as const) {
        const bytes = encodeFrame(role, Opcode.binary, new Uint8Array(length).fill(120));
        const fields = frameFields(bytes)!;
        const decoder = new FrameDecoder({ role: role === "server" ? "client" : "server" });
        decoder.push(bytes.slice());
        expect(decoder.next()?.payload.length).toBe(length);
        expect(fields.at(-1)!.end).toBe(bytes.length);
        expect(fields[1]!.text).toContain(`length ${length}`);
      }
    },
  );
});
