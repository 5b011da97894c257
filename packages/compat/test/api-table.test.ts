// docs/compat.md says of each member of `ws` whether it is here: it forgets none, and what it says of exports is so.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as real from "ws";
import * as compat from "@ws/compat";
import { describe, expect, it } from "vitest";

const require = createRequire(import.meta.url);
const ws = dirname(require.resolve("ws/package.json"));
/** For `require` everything is a property of the class. */
const required = require(join(ws, "index.js")) as typeof real.WebSocket;
const text = readFileSync(fileURLToPath(new URL("../../../docs/compat.md", import.meta.url)), "utf8");

interface Row {
  readonly standing: string;
  readonly how: string;
}

/** Each member by its name, without the object it is of. */
const rows = new Map<string, Row>();
for (const line of text.split("\n")) {
  const [, member, standing, how] = /^\| (`.*?) +\| (\w+) +\| (.*?) *\|$/.exec(line) ?? [];
  for (const [, name] of member?.matchAll(/`([^`]+)`/g) ?? []) {
    rows.set(short(name!), { standing: standing!, how: how! });
  }
}

function short(name: string): string {
  return name.replace(/^(?:server|websocket|options)\./, "");
}

function sourceOf(file: string): string {
  return readFileSync(join(ws, "lib", file), "utf8");
}

/** The options that the sources of `ws` describe. */
function optionsIn(file: string): string[] {
  return [...sourceOf(file).matchAll(/@param \{.*?\} \[?options\.(\w+)/g)].map(([, name]) => name!);
}

function publicNames(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter(
    (name) => name !== "constructor" && !name.startsWith("_"),
  );
}

/** What ours does not say of `ws` itself: its own business. */
const INTERNAL = ["isServer", "extensions"];

describe("docs/compat.md", () => {
  it.each([
    ["exports", Object.keys(real).filter((name) => name !== "module.exports")],
    ["properties of the class", Object.keys(required)],
    ["members of a WebSocket", publicNames(real.WebSocket.prototype)],
    ["members of a server", publicNames(real.WebSocketServer.prototype)],
    ["options of a server", optionsIn("websocket-server.js")],
    ["options of a client", optionsIn("websocket.js")],
    ["options of compression", optionsIn("permessage-deflate.js")],
    ["errors", [...sourceOf("receiver.js").matchAll(/'(WS_ERR_\w+)'/g)].map(([, code]) => code!)],
    [
      "variables of the environment",
      ["buffer-util.js", "validation.js"].flatMap((file) =>
        [...sourceOf(file).matchAll(/process\.env\.(\w+)/g)].map(([, name]) => name!),
      ),
    ],
    [
      "events of a WebSocket",
      ["open", "message", "ping", "pong", "close", "error", "upgrade", "redirect", "unexpected-response"].map(
        (name) => `Event: '${name}'`,
      ),
    ],
    [
      "events of a server",
      ["connection", "headers", "listening", "wsClientError", "error", "close"].map(
        (name) => `Event: '${name}'`,
      ),
    ],
  ])("has all %s", (_, names) => {
    expect(names.length).toBeGreaterThan(1);
    const wanted = names.filter((name) => !INTERNAL.includes(name));
    expect(wanted.filter((name) => !rows.has(name))).toEqual([]);
  });

  it("says of each how it stands, and how it differs or why it is refused", () => {
    expect(rows.size).toBeGreaterThan(100);
    for (const [name, { standing, how }] of rows) {
      expect(["supported", "differs", "refused"], name).toContain(standing);
      if (standing !== "supported") expect(how, name).not.toBe("");
    }
  });

  it("is true of exports and members: those are here that it does not refuse, and no others", () => {
    const ours = new Set([
      ...Object.keys(compat),
      ...Object.keys(compat.WebSocket),
      ...publicNames(compat.WebSocket.prototype),
      ...publicNames(compat.WebSocketServer.prototype),
    ]);
    ours.delete("module.exports");
    const theirs = new Set([
      ...Object.keys(real),
      ...Object.keys(required),
      ...publicNames(real.WebSocket.prototype),
      ...publicNames(real.WebSocketServer.prototype),
    ]);
    theirs.delete("module.exports");
    const refused = [...theirs].filter((name) => rows.get(name)!.standing === "refused");
    expect(refused.toSorted()).toEqual(["PerMessageDeflate", "Receiver", "completeUpgrade", "emitClose"]);
    expect([...theirs].filter((name) => !ours.has(name)).toSorted()).toEqual(refused.toSorted());
    expect([...ours].filter((name) => !theirs.has(name))).toEqual([]);
  });
});
