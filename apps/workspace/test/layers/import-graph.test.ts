// Keeps the layers: who may import whom, and what must stay free of any I/O.
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { closure, filesBelow, members, root, testMembers } from "../members.ts";
import { code, importsOf } from "./imports.ts";

/** What each package may import of ours, `types` as types only; and the libraries it may use. */
interface Layer {
  readonly values: readonly string[];
  readonly types?: readonly string[];
  readonly libraries?: readonly string[];
}

const LAYERS: Readonly<Record<string, Layer>> = {
  "@ws/frame": { values: [] },
  "@ws/handshake": { values: [] },
  "@ws/deflate": { values: [] },
  "@ws/connection": { values: ["@ws/frame"] },
  "@ws/server": { values: ["@ws/connection", "@ws/deflate", "@ws/handshake"] },
  "@ws/client": { values: ["@ws/connection", "@ws/deflate", "@ws/handshake"], libraries: ["socks"] },
  // `ws` documents its handshakes in the objects and options of Node's http, which server and client keep to themselves.
  "@ws/compat": { values: ["@ws/connection", "@ws/deflate", "@ws/frame", "@ws/handshake"] },
  "@ws/rooms": { values: [], types: ["@ws/connection"] },
  "@ws/rooms-sqlite": { values: ["@ws/rooms"], libraries: ["libsql"] },
  "@ws/rooms-redis": { values: ["@ws/rooms"], libraries: ["ioredis"] },
  "@ws/rooms-nats": {
    values: ["@ws/rooms"],
    libraries: ["@nats-io/jetstream", "@nats-io/transport-node"],
  },
  "@ws/testing": { values: ["@ws/connection"] },
  "@ws/metrics": {
    values: [],
    types: ["@ws/connection"],
    libraries: ["@opentelemetry/api", "prom-client"],
  },
  "@ws/capture": { values: [] },
  // It judges the others, and so has all that it needs of its own.
  "@ws/conformance": { values: [] },
  "@ws/cli": {
    values: ["@ws/capture", "@ws/client", "@ws/conformance", "@ws/frame", "@ws/server"],
    libraries: ["commander", "picocolors", "sirv"],
  },
};

/** Sans-I/O: bytes and values in, events and bytes out. What of Node they may use nevertheless. */
const SANS_IO: readonly {
  readonly what: string;
  readonly files: () => string[];
  readonly builtins: readonly string[];
}[] = [
  { what: "@ws/frame", files: () => sources("frame"), builtins: [] },
  { what: "@ws/handshake", files: () => sources("handshake"), builtins: ["node:buffer", "node:crypto"] },
  { what: "@ws/deflate", files: () => sources("deflate"), builtins: ["node:buffer", "node:zlib"] },
  {
    what: "Protocol of @ws/connection",
    files: () => reachable("packages/connection/src/protocol.ts"),
    builtins: [],
  },
];

/** What runs in browsers: nothing of Node, and nothing of other packages, is reached from there. */
const BROWSER_ENTRIES: readonly string[] = [
  "packages/capture/src/index.ts",
  "packages/client/src/browser.ts",
  "packages/rooms/src/client.ts",
  "packages/rooms/src/wire.ts",
];

const IO =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|fetch|XMLHttpRequest|EventEmitter|Duplex|Socket)\b/;

const packages = members("packages");
const sources = (name: string): string[] => filesBelow(join(root, "packages", name, "src"), /\.ts$/);

/** The files next to it that a file imports at run time. */
function neighbours(file: string): string[] {
  return importsOf(file)
    .filter(({ from, isTypeOnly }) => from.startsWith(".") && !isTypeOnly)
    .map(({ from }) => relative(root, join(root, dirname(file), from)));
}

/** A file and every file of its package that it imports at run time, by whatever way. */
function reachable(file: string): string[] {
  const found = new Set([file]);
  for (const current of found) for (const next of neighbours(current)) found.add(next);
  return [...found];
}

describe("layers", () => {
  it("has a rule for every package", () => {
    expect(packages.map(({ manifest }) => manifest.name).toSorted()).toEqual(Object.keys(LAYERS).toSorted());
  });

  it.each(packages)(
    "$manifest.name imports only what lies below it, and declares it",
    ({ folder, manifest }) => {
      const { values, types = [], libraries = [] } = LAYERS[manifest.name]!;
      for (const file of sources(basename(folder))) {
        for (const { from, isTypeOnly } of importsOf(file)) {
          if (from.startsWith("./") || from.startsWith("../") || from.startsWith("node:")) continue;
          const allowed = isTypeOnly ? [...values, ...types, ...libraries] : [...values, ...libraries];
          // A part of a package is of the same layer.
          const name = /^@[^/]+\/[^/]+|^[^/]+/.exec(from)![0];
          expect(allowed, `${file} imports ${from}`).toContain(name);
          const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
          expect(declared, `${file} imports ${from}`).toContain(name);
        }
      }
    },
  );

  it.each(packages)("$manifest.name stays within its own folder", ({ folder }) => {
    for (const file of sources(basename(folder))) {
      for (const { from } of importsOf(file).filter((statement) => statement.from.startsWith("."))) {
        const target = join(root, dirname(file), from);
        expect(target.startsWith(join(folder, "src")), `${file} imports ${from}`).toBe(true);
      }
    }
  });

  it.each(packages)("$manifest.name has no cycle, of files or of packages", ({ folder, manifest }) => {
    expect(closure(manifest.name).slice(1)).not.toContain(manifest.name);
    for (const file of sources(basename(folder))) {
      for (const next of neighbours(file)) {
        expect(reachable(next), `${file} imports itself through ${next}`).not.toContain(file);
      }
    }
  });

  it("no member of the workspace needs itself, its tests and tools included", () => {
    const all = [...packages, ...testMembers(), ...members("apps")].map(({ manifest }) => manifest);
    const needs = new Map(
      all.map(({ name, dependencies, devDependencies, peerDependencies }) => [
        name,
        Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
      ]),
    );
    for (const name of needs.keys()) {
      const found = new Set(needs.get(name));
      for (const current of found) for (const next of needs.get(current) ?? []) found.add(next);
      expect([...found], name).not.toContain(name);
    }
  });

  it.each(SANS_IO)("$what touches no stream, timer or socket", ({ files, builtins }) => {
    expect(files().length).toBeGreaterThan(3);
    for (const file of files()) {
      for (const { from } of importsOf(file)) {
        if (from.startsWith("node:")) expect(builtins, `${file} imports ${from}`).toContain(from);
      }
      expect(IO.exec(code(file))?.[0], file).toBeUndefined();
    }
  });

  it.each(BROWSER_ENTRIES)("%s reaches nothing that a browser has not", (entry) => {
    const files = reachable(entry);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const values = importsOf(file).filter(({ isTypeOnly }) => !isTypeOnly);
      const foreign = values.filter(({ from }) => !from.startsWith("."));
      expect(foreign, `${file} imports ${foreign[0]?.from}`).toEqual([]);
      expect(/\b(?:Buffer|process)\b/.exec(code(file))?.[0], file).toBeUndefined();
    }
  });

  it("depends on no WebSocket library at run time", () => {
    const known = [
      "ws",
      "websocket",
      "uWebSockets.js",
      "faye-websocket",
      "isomorphic-ws",
      "engine.io",
      "socket.io",
      "undici",
    ];
    for (const { manifest } of [...packages, ...members("apps"), ...members("apps/examples")]) {
      const runtime = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      expect(
        runtime.filter((name) => known.includes(name)),
        manifest.name,
      ).toEqual([]);
    }
  });

  it("lets apps use packages only through their public exports", () => {
    const published = packages.flatMap(({ manifest: { name, publishConfig } }) =>
      Object.keys(publishConfig?.exports ?? {}).map((path) => name + path.slice(1)),
    );
    // Of an example all is read by users: its page and its tests, too.
    const folders = [
      ...members("apps").map(({ folder }) => join(folder, "src")),
      ...members("apps/examples").flatMap(({ folder }) =>
        ["src", "web", "test"].map((part) => join(folder, part)),
      ),
    ];
    for (const folder of folders) {
      for (const file of filesBelow(folder, /\.tsx?$/)) {
        for (const { from } of importsOf(file)) {
          const isPrivate = from.startsWith("@ws/") && !published.includes(from);
          expect(isPrivate || from.includes("/packages/"), `${file} imports ${from}`).toBe(false);
        }
      }
    }
  });
});
