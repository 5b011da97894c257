// The secret that signs sessions: the one that was given, or one that is made once and kept where only its owner reads it.
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChatConfig } from "./config.ts";

const SECRET_BYTES = 32;
const OWNER_ONLY = 0o600;

/** @throws Error where the folder cannot be written to, or the file holds no secret */
export async function loadSessionSecret(config: ChatConfig): Promise<string> {
  if (config.sessionSecret !== undefined) return config.sessionSecret;
  await mkdir(config.dataFolder, { recursive: true });
  const path = join(config.dataFolder, "session-secret");
  const kept = (await read(path)) ?? (await create(path));
  if (kept.length < SECRET_BYTES)
    throw new Error(`there is no secret in ${path}; remove it to get a new one`);
  return kept;
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written beside its place and then put there: whole for everybody, and only one of several processes puts it. */
async function create(path: string): Promise<string> {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${secret}\n`, { mode: OWNER_ONLY });
  try {
    await link(draft, path);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return (await read(path)) ?? secret;
  } finally {
    await rm(draft, { force: true });
  }
}
