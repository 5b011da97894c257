import { expect, it } from "vitest";
import { FrameDecoder, encodeFrame } from "@ws/frame";
it("roundtrip", () => {
  for (const n of [0, 5, 125, 126, 65535, 65536, 100000]) {
    const p = new Uint8Array(n).map((_, i) => i * 7);
    for (const [r, d] of [
      ["client", "server"],
      ["server", "client"],
    ] as const) {
      const b = encodeFrame(r, 2, p);
      const dec = new FrameDecoder({ role: d });
      for (let i = 0; i < b.length; i += 7) dec.push(b.slice(i, i + 7));
      const f = dec.next()!;
      expect(f.payload).toEqual(p);
      expect(dec.next()).toBe(undefined);
    }
  }
});
