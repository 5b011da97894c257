// The page of errors has each code that the packages declare, under the heading of its type, and none besides.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../src/site-paths.ts";

const page = readFileSync(join(root, "docs/errors.md"), "utf8");

/** The codes in the first column of the table below a heading. */
function documented(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code]) => code!);
}

/** The codes of a union, or of the object whose keys make one, as the source has them. */
function declared(file: string, beginning: string): string[] {
  const source = readFileSync(join(root, "packages", file), "utf8").replaceAll(/\/\*\*[\s\S]*?\*\//g, "");
  const start = source.indexOf(beginning);
  expect(start, `${file} has ${beginning}`).toBeGreaterThan(-1);
  const declaration = source.slice(start, source.indexOf(";", start));
  return [...declaration.matchAll(/"([A-Z0-9_]+)"|^ {2}([A-Z0-9_]+):/gm)].map(
    ([, literal, key]) => (literal ?? key)!,
  );
}

describe("the page of errors", () => {
  it.each([
    ["ProtocolError", "frame/src/protocol-error.ts", "const closeCodes"],
    ["ConnectionError", "connection/src/connection-error.ts", "export type ConnectionErrorCode"],
    ["ConnectError", "client/src/connect-error.ts", "export type ConnectErrorCode"],
    ["Refusal by the client", "handshake/src/refused.ts", "export type RefusalCode"],
    ["Rejection by the server", "handshake/src/rejected.ts", "export type RejectionCode"],
    ["HandshakeError", "handshake/src/handshake-error.ts", "export type HandshakeErrorCode"],
    ["DecompressError", "deflate/src/decompress-error.ts", "export type DecompressFailure"],
    ["RoomError", "rooms/src/room-error.ts", "export type RoomErrorCode"],
    ["EngineError", "rooms/src/room-log.ts", "export type EngineErrorCode"],
  ])("%s: has the codes of %s", (heading, file, beginning) => {
    const codes = declared(file, beginning);
    expect(codes.length).toBeGreaterThan(1);
    expect(documented(heading).toSorted()).toEqual(codes.toSorted());
  });
});
