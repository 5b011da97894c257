// Who is who: secret session tokens to people, and names to the people present. Knows neither cookies nor rooms.
import { createHash, randomBytes } from "node:crypto";
import { nameKey } from "../shared/names.ts";
import { Member } from "./member.ts";

const TOKEN_BYTES = 32;
const PERSON_ID_BYTES = 9;
const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_SESSIONS = 10_000;

interface Session {
  readonly member: Member;
  usedAt: number;
}

export type Entered =
  | { readonly ok: true; readonly member: Member; readonly token: string }
  | { readonly ok: false; readonly reason: "name-taken" | "too-many" };

export class People {
  readonly #graceMs: number;
  /** By a digest of the token, so that looking one up tells nothing about the others; least recently used first. */
  readonly #sessions = new Map<string, Session>();
  readonly #presentByName = new Map<string, Member>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** The people present. */
  get present(): Iterable<Member> {
    return this.#presentByName.values();
  }

  /** Makes a new person of a name, which must be one that {@link judgeName} has passed. */
  enter(name: string): Entered {
    if (this.#presentByName.has(nameKey(name))) return { ok: false, reason: "name-taken" };
    if (!this.#makeRoom()) return { ok: false, reason: "too-many" };

    const member = new Member({ id: randomId(PERSON_ID_BYTES), name }, this.#graceMs);
    const token = randomId(TOKEN_BYTES);
    this.#sessions.set(digest(token), { member, usedAt: Date.now() });
    member.on("close", () => {
      if (this.#presentByName.get(nameKey(name)) === member) this.#presentByName.delete(nameKey(name));
    });
    this.admit(member);
    return { ok: true, member, token };
  }

  /** Counts a person as present from now on; false when somebody else who is present has their name. */
  admit(member: Member): boolean {
    const key = nameKey(member.person.name);
    const holder = this.#presentByName.get(key) ?? member;
    if (holder !== member) return false;
    this.#presentByName.set(key, member);
    member.arrive();
    return true;
  }

  /** The person that a token belongs to. */
  find(token: string | undefined): Member | undefined {
    if (token === undefined) return undefined;
    const key = digest(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    this.#sessions.delete(key);
    if (Date.now() - session.usedAt > SESSION_MS) return undefined;
    session.usedAt = Date.now();
    this.#sessions.set(key, session);
    return session.member;
  }

  /** Makes a token worthless. */
  forget(token: string): void {
    this.#sessions.delete(digest(token));
  }

  /** Makes room for one more session: the longest unused of somebody away has to go. */
  #makeRoom(): boolean {
    if (this.#sessions.size < MAX_SESSIONS) return true;
    for (const [key, { member }] of this.#sessions) {
      if (member.isPresent) continue;
      this.#sessions.delete(key);
      return true;
    }
    return false;
  }
}

function randomId(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
