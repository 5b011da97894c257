import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../src/server/config.ts";
import { readSessionCookie, sessionCookie } from "../src/server/session-cookie.ts";
import { loadSessionSecret } from "../src/server/session-secret.ts";
import { SESSION_MS, Sessions } from "../src/server/session.ts";
import { isPersonKey } from "../src/shared/person.ts";

const SECRET = "a secret that is long enough for a test";
const START = Date.UTC(2030, 0, 1);

function at(now: number, secret = SECRET): Sessions {
  return new Sessions(secret, () => now);
}

describe("a session", () => {
  it.each(["Ada", "Ådä 東京", "a.b.c", "x".repeat(24), "𐐷".repeat(24)])(
    "is read by whoever has the secret: %s",
    (name) => {
      const { session, token } = at(START).create(name);
      expect(session).toEqual({ person: { key: session.person.key, name }, expiresAt: START + SESSION_MS });
      expect(isPersonKey(session.person.key)).toBe(true);
      expect(at(START).read(token)).toEqual(session);
    },
  );

  it("lasts seven days, and not a millisecond more", () => {
    const { session, token } = at(START).create("Ada");
    const sevenDays = 7 * 24 * 60 * 60 * 1000;
    expect(at(START + sevenDays - 1).read(token)).toEqual(session);
    expect(at(START + sevenDays).read(token)).toBeUndefined();
    expect(at(START + 10 * sevenDays).read(token)).toBeUndefined();
  });

  it("is not of tomorrow, but for clocks that differ a little", () => {
    const { token } = at(START).create("Ada");
    expect(at(START - 30_000).read(token)).toBeDefined();
    expect(at(START - 24 * 60 * 60 * 1000).read(token)).toBeUndefined();
  });

  it("is nobody's with another secret", () => {
    const { token } = at(START).create("Ada");
    expect(at(START, `${SECRET}!`).read(token)).toBeUndefined();
  });

  it("cannot be changed in any character", () => {
    const { session, token } = at(START).create("Ada");
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === "A" ? "B" : "A") + token.slice(i + 1);
      // The last character of a base64url text has bits that mean nothing.
      expect([undefined, session.person.name]).toContain(at(START).read(changed)?.person.name);
      if (i < token.length - 1) expect(at(START).read(changed)).toBeUndefined();
    }
  });

  it.each([undefined, "", ".", "...", "a.b.c.d", "x".repeat(100_000), `${"A".repeat(12)}.0..`])(
    "is not made of what somebody made up: %.20s",
    (token) => {
      expect(at(START).read(token)).toBeUndefined();
    },
  );

  it("has a random key each time", () => {
    const keys = Array.from({ length: 1000 }, () => at(START).create("Ada").session.person.key);
    expect(new Set(keys).size).toBe(1000);
  });
});

describe("the session's cookie", () => {
  it("is out of reach of scripts and other sites, and lasts as long as the session", () => {
    expect(sessionCookie("a.b", true)).toBe(
      "chat_session=a.b; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure",
    );
    expect(sessionCookie(null, false)).toBe("chat_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  });

  it.each([
    ["chat_session=a.b", "a.b"],
    ["other=1; chat_session=a.b ; more=2", "a.b"],
    ["chat_session2=a.b; =; ;", undefined],
    ["chat_session", undefined],
    [undefined, undefined],
  ])("is found in %j", (cookie, token) => {
    expect(readSessionCookie({ headers: cookie === undefined ? {} : { cookie } })).toBe(token);
  });
});

describe("the secret", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "chat-secret-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is the one that was given", async () => {
    expect(await loadSessionSecret({ ...readConfig({}), sessionSecret: SECRET })).toBe(SECRET);
  });

  it("is made once, for all processes that start together, and kept for its owner only", async () => {
    const config = { ...readConfig({}), dataFolder: join(folder, "new") };
    const secrets = await Promise.all(Array.from({ length: 5 }, () => loadSessionSecret(config)));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[\w-]{43}$/);
    const path = join(config.dataFolder, "session-secret");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, "utf8")).trim()).toBe(secrets[0]);
    expect(await loadSessionSecret(config)).toBe(secrets[0]);
  });

  it("is not an empty file", async () => {
    await writeFile(join(folder, "session-secret"), "");
    await expect(loadSessionSecret({ ...readConfig({}), dataFolder: folder })).rejects.toThrow(
      "there is no secret in",
    );
  });
});
