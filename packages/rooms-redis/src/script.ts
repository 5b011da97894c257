// A Lua script as Redis knows it: by the hash of its text.
import { createHash } from "node:crypto";

export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

export function script(lua: string): Script {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex") };
}
