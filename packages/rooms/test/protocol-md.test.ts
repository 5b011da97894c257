// The examples of PROTOCOL.md are true: read and written by our codec, and each message of the protocol is in its tables.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  CLIENT_LIMITS,
  decode,
  encode,
  readClientMessage,
  readServerMessage,
  SERVER_LIMITS,
} from "@ws/rooms/wire";

const text = readFileSync(fileURLToPath(new URL("../PROTOCOL.md", import.meta.url)), "utf8");
const blocks = [...text.matchAll(/^```(\w+)(?: (\w+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, side, content]) => ({
    language,
    side,
    content: content!,
  }),
);

describe("PROTOCOL.md", () => {
  const examples = blocks.filter(({ language, side }) => language === "json" && side !== undefined);

  it("has examples of both sides", () => {
    expect(examples.filter(({ side }) => side === "client").length).toBeGreaterThan(4);
    expect(examples.filter(({ side }) => side === "server").length).toBeGreaterThan(9);
  });

  it.each(examples)("shows a message of the $side as it is: $content", ({ side, content }) => {
    const message = JSON.parse(content) as object;
    const read = side === "client" ? readClientMessage : readServerMessage;
    // Nothing of it is unknown or left out, and it is written the same.
    expect(read(JSON.stringify(message))).toEqual({ value: message });
    expect(encode(message)).toBe(JSON.stringify(message));
  });

  it("shows the bytes of a binary message as they are", () => {
    const { content: hex } = blocks.find(({ language }) => language === "hex")!;
    const frame = Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
    const message = { type: "event", name: "a", data: { image: new Uint8Array([1, 2, 3]) } };
    expect(decode(frame)).toEqual({ value: message });
    expect(encode(message)).toEqual(frame);
  });

  it("says the limits that hold", () => {
    const rows = [
      [SERVER_LIMITS.maxMessageBytes / 1024 + " KiB", CLIENT_LIMITS.maxMessageBytes / 2 ** 20 + " MiB"],
      [SERVER_LIMITS.maxDepth, CLIENT_LIMITS.maxDepth],
      [SERVER_LIMITS.maxValues, CLIENT_LIMITS.maxValues],
      [SERVER_LIMITS.maxKeyLength, CLIENT_LIMITS.maxKeyLength],
      [SERVER_LIMITS.maxBlobs, CLIENT_LIMITS.maxBlobs],
    ].map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : cell)));
    const start = text.indexOf("| Limit ");
    const table = text.slice(start, text.indexOf("\n\n", start)).split("\n").slice(2);
    const cells = table.map((line) =>
      line
        .split("|")
        .slice(2, 4)
        .map((cell) => cell.trim()),
    );
    expect(cells).toEqual(rows);
  });

  it("has every message and no other in its tables", () => {
    const named = [...text.matchAll(/^\| `(\w+)` +\| .*$/gm)]
      .map(([, type]) => type!)
      .filter((type) => /^[a-z]/.test(type));
    const known = (read: typeof readClientMessage | typeof readServerMessage, type: string): boolean =>
      read(JSON.stringify({ type })).error?.code !== "UNKNOWN_TYPE";
    const types = new Set(named.filter((type) => type !== "type"));
    expect(types.size).toBe(26);
    for (const type of types) {
      expect(known(readClientMessage, type) || known(readServerMessage, type), type).toBe(true);
    }
  });
});
