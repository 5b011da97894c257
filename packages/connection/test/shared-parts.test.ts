// What connections share: decoders and encoders that serve whoever needs one. Nothing of one connection may be seen in
// another, however their bytes come mixed.
import { describe, expect, it } from "vitest";
import { Protocol, type ProtocolEvent } from "@ws/connection";
import { frame, TEXT } from "./wire.ts";

const events = (protocol: Protocol): ProtocolEvent[] => {
  const all: ProtocolEvent[] = [];
  for (let event = protocol.next(); event !== undefined; event = protocol.next()) all.push(event);
  return all;
};
const server = (): Protocol => new Protocol({ role: "server", maxMessageBytes: 1000 });

describe("protocols that take turns", () => {
  it("read their own frames, octet by octet", () => {
    const protocols = Array.from({ length: 5 }, server);
    const wires = protocols.map((_, i) => frame("server", TEXT, `message ${i} `.repeat(i + 1)));
    const heard: ProtocolEvent[][] = protocols.map(() => []);
    for (let at = 0; at < Math.max(...wires.map((wire) => wire.length)); at++) {
      for (const [i, protocol] of protocols.entries()) {
        protocol.receive(wires[i]!.slice(at, at + 1));
        heard[i]!.push(...events(protocol));
      }
    }
    expect(heard).toEqual(
      protocols.map((_, i) => [{ type: "message", data: `message ${i} `.repeat(i + 1) }]),
    );
  });

  it("read on where another one failed", () => {
    const [broken, whole] = [server(), server()];
    broken.receive(Uint8Array.of(0x81, 0x01, 0x41));
    expect(events(broken)).toMatchObject([{ type: "error", error: { code: "MASK_MISSING" } }]);
    broken.receive(frame("server", TEXT, "late"));
    whole.receive(frame("server", TEXT, "well"));
    expect(events(whole)).toEqual([{ type: "message", data: "well" }]);
    expect(events(broken)).toEqual([]);
  });

  it("read what others push amid their own messages", () => {
    const [outer, inner] = [server(), server()];
    outer.receive(Uint8Array.of(...frame("server", TEXT, "one"), ...frame("server", TEXT, "two")));
    expect(outer.next()).toEqual({ type: "message", data: "one" });
    inner.receive(frame("server", TEXT, "inner"));
    expect(events(inner)).toEqual([{ type: "message", data: "inner" }]);
    expect(events(outer)).toEqual([{ type: "message", data: "two" }]);
  });

  it("write their own frames", () => {
    const [one, two] = [server(), server()];
    for (const text of ["a", "b"]) {
      one.send(text);
      two.send(text.toUpperCase());
    }
    expect([one.output.byteLength, two.output.byteLength]).toEqual([6, 6]);
    expect(Buffer.concat(two.output.take()).toString("latin1")).toBe("\x81\x01A\x81\x01B");
    two.send("C");
    expect(Buffer.concat(one.output.take()).toString("latin1")).toBe("\x81\x01a\x81\x01b");
    expect(Buffer.concat(two.output.take()).toString("latin1")).toBe("\x81\x01C");
    expect([one.output.byteLength, one.output.take()]).toEqual([0, []]);
  });
});
