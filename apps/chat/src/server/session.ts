// Sessions: who somebody is, signed into a cookie, so that every node knows it and none has to remember it. What a session that was
// left is worth is not known here, see ended-sessions.ts.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isPersonKey, type Person } from "../shared/person.ts";

export const SESSION_MS: number = 7 * 24 * 60 * 60 * 1000;
/** Of a token: the longest name, and all that is around it. Nothing longer is looked at. */
const MAX_TOKEN_LENGTH = 400;
/** Clocks of nodes may differ; a token from further in the future is nobody's. */
const MAX_SKEW_MS = 60_000;
const PERSON_KEY_BYTES = 9;

export interface Session {
  readonly person: Person;
  /** In ms since 1970. */
  readonly expiresAt: number;
}

/** Whose a request is, by its cookie; undefined for nobody. */
export type ReadSession = (request: IncomingMessage) => Session | undefined;

/** Makes and reads the tokens of sessions: `<key>.<issued>.<name>.<signature>`, each part as base64url or a number. */
export class Sessions {
  readonly #key: Uint8Array;
  readonly #now: () => number;

  /** @param secret what all nodes share; keys of other uses are derived apart from this one */
  constructor(secret: string, now: () => number = Date.now) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "chat session", 32));
    this.#now = now;
  }

  /** Makes a new person of a name, which must be one that judgeName has passed. */
  create(name: string): { readonly session: Session; readonly token: string } {
    const key = randomBytes(PERSON_KEY_BYTES).toString("base64url");
    const issued = this.#now();
    const claims = `${key}.${issued}.${Buffer.from(name).toString("base64url")}`;
    const session = { person: { key, name }, expiresAt: issued + SESSION_MS };
    return { session, token: `${claims}.${this.#sign(claims).toString("base64url")}` };
  }

  /** The session of a token; undefined where it is not ours, or over. */
  read(token: string | undefined): Session | undefined {
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) return undefined;
    const end = token.lastIndexOf(".");
    const claims = token.slice(0, Math.max(end, 0));
    // Of the bytes, not the text: base64url has several spellings of the same ones.
    const signature = Buffer.from(token.slice(end + 1), "base64url");
    const expected = this.#sign(claims);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
    const [key = "", issued = "", name = ""] = claims.split(".");
    const expiresAt = Number(issued) + SESSION_MS;
    const now = this.#now();
    const isNow = now < expiresAt && now >= Number(issued) - MAX_SKEW_MS;
    if (!isNow || !isPersonKey(key)) return undefined;
    return { person: { key, name: Buffer.from(name, "base64url").toString() }, expiresAt };
  }

  #sign(claims: string): Buffer {
    return createHmac("sha256", this.#key).update(claims).digest();
  }
}
