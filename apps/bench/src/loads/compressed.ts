// Echoes with permessage-deflate, of JSON: every peer decompresses and compresses each.
import type { Load } from "./load.ts";

const SIZES = { "200B": 200, "1KiB": 1024, "16KiB": 16 * 1024 } as const;
const TITLES = { "200B": "200 B", "1KiB": "1 KiB", "16KiB": "16 KiB" } as const;
const WAYS = { none: "without takeover", takeover: "with takeover" } as const;

export const compressed: readonly Load[] = (["none", "takeover"] as const).flatMap((compression) =>
  (["200B", "1KiB", "16KiB"] as const).map((size): Load => {
    return {
      name: `deflate-${size}${compression === "takeover" ? "-takeover" : ""}`,
      title: `compressed echo of ${TITLES[size]}, ${WAYS[compression]}`,
      per: "message",
      drive: "echo",
      connections: 100,
      inFlight: 1,
      bytes: SIZES[size],
      compression,
    };
  }),
);
