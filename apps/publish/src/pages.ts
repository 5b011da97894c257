// What is tried in a browser: for each package that has something for one, a page, and what it must find.
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packages.ts";

export interface Page {
  /** What is imported. */
  readonly entry: string;
  readonly does: string;
  /** A module in the folder `pages`. */
  readonly file: string;
  readonly finds: unknown;
}

export const pages: readonly Page[] = [
  {
    entry: "@ws/frame",
    does: "encodes and decodes",
    file: "frame.js",
    finds: [
      ["héllo €", 100_000, true],
      ["héllo €", 100_000, true],
    ],
  },
  {
    entry: "@ws/client",
    does: "connects, and reconnects",
    file: "client.js",
    finds: {
      received: ["hello", [1, 2, 3]],
      code: 1000,
      again: "sent meanwhile",
      fate: "delivered",
      hasComeBack: true,
    },
  },
  {
    entry: "@ws/rooms/client",
    does: "joins a room, publishes, asks",
    file: "rooms.js",
    finds: { heard: ["hello €", [1, 2, 3]], sum: 6 },
  },
];

/** Puts a page into a project that has what it imports. */
export async function addPage(project: string, { file }: Page): Promise<string> {
  await copyFile(join(root, "apps/publish/pages", file), join(project, file));
  return file;
}
