// /api/session: asks who one is (GET), enters with a name (POST), leaves for good (DELETE). The only requests that
// set a cookie.
import type { IncomingMessage, ServerResponse } from "node:http";
import { judgeName, nameKey } from "../shared/names.ts";
import type { Person } from "../shared/person.ts";
import { readEnterRequest, type SessionAnswer, type SessionErrorCode } from "../shared/session-api.ts";
import type { EndedSessions } from "./ended-sessions.ts";
import { json, readJson, text } from "./http-answers.ts";
import type { Route } from "./http-routes.ts";
import { LimitsByKey } from "./limits-by-key.ts";
import type { NamesInUse } from "./names-in-use.ts";
import { sessionCookie } from "./session-cookie.ts";
import type { ReadSession, Sessions } from "./session.ts";

const MAX_BODY_BYTES = 1024;
const ENTERING = { burst: 30, perSecond: 0.5 };

const UNAVAILABLE = {
  error: "unavailable",
  reason: "The chat cannot reach its memory at the moment. Try again soon.",
} as const;

export interface SessionRouteOptions {
  readonly sessions: Sessions;
  readonly ended: EndedSessions;
  readonly names: NamesInUse;
  readonly secureCookie: boolean;
  /** Default: `performance.now`. */
  readonly limitsNow?: (() => number) | undefined;
  readonly readSession: ReadSession;
  /** Whether a page of this origin may change a session. */
  readonly isAllowedOrigin: (origin: string, host: string | undefined) => boolean;
  readonly addressOf: (request: IncomingMessage) => string;
  /** Somebody came in, was refused, or left. */
  readonly onOutcome: (outcome: "entered" | "left" | SessionErrorCode) => void;
}

export function createSessionRoute(options: SessionRouteOptions): Route {
  const route = new SessionRoute(options);
  return (request, response) => route.handle(request, response);
}

class SessionRoute {
  readonly #options: SessionRouteOptions;
  readonly #limits: LimitsByKey<"entering">;

  constructor(options: SessionRouteOptions) {
    this.#options = options;
    this.#limits = new LimitsByKey({ entering: ENTERING }, options.limitsNow);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") return this.#tellWho(request, response);
    if (!this.#isOwnPage(request)) return text(response, 403, "Not from this page\n");
    if (request.method === "POST") return await this.#enter(request, response);
    if (request.method === "DELETE") return await this.#leave(request, response);
    response.setHeader("Allow", "GET, POST, DELETE");
    text(response, 405, "Method not allowed\n");
  }

  #tellWho(request: IncomingMessage, response: ServerResponse): void {
    const { ended, readSession } = this.#options;
    if (!ended.isKnown) return this.#refuse(response, 503, UNAVAILABLE);
    answer(response, 200, { you: readSession(request)?.person ?? null });
  }

  async #enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { addressOf, readSession, secureCookie, sessions, ended, onOutcome } = this.#options;
    const retryAfterMs = this.#limits.take(addressOf(request), "entering");
    if (retryAfterMs > 0) {
      response.setHeader("Retry-After", Math.ceil(retryAfterMs / 1000));
      return this.#refuse(response, 429, {
        error: "too-many",
        reason: "Too many attempts. Wait a minute.",
        retryAfterMs,
      });
    }
    const body = readEnterRequest(await readJson(request, MAX_BODY_BYTES));
    if (body === undefined) return text(response, 400, "Not a request to enter\n");
    const verdict = judgeName(body.name);
    if (!verdict.ok) return this.#refuse(response, 422, { error: "name-invalid", reason: verdict.reason });

    if (!ended.isKnown) return this.#refuse(response, 503, UNAVAILABLE);
    const before = readSession(request);
    const isSame = before !== undefined && nameKey(before.person.name) === nameKey(verdict.name);
    const created = isSame ? undefined : sessions.create(verdict.name);
    const person = created?.session.person ?? before!.person;
    const refusal = await this.#claim(person);
    if (refusal !== undefined) return refusal(response);
    if (created !== undefined) {
      if (before !== undefined) await ended.end(before.person.key);
      response.setHeader("Set-Cookie", sessionCookie(created.token, secureCookie));
    }
    onOutcome("entered");
    answer(response, 200, { you: person });
  }

  /** @returns what refuses, where the name cannot be had */
  async #claim(person: Person): Promise<((response: ServerResponse) => void) | undefined> {
    try {
      if (await this.#options.names.claim(person)) return undefined;
      const reason = `Somebody called “${person.name}” is here already. Choose another name.`;
      return (response) => this.#refuse(response, 409, { error: "name-taken", reason });
    } catch {
      return (response) => this.#refuse(response, 503, UNAVAILABLE);
    }
  }

  async #leave(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { readSession, ended, names, secureCookie, onOutcome } = this.#options;
    const session = readSession(request);
    if (session !== undefined) {
      await Promise.all([ended.end(session.person.key), names.release(session.person)]);
      onOutcome("left");
    }
    response.setHeader("Set-Cookie", sessionCookie(null, secureCookie));
    answer(response, 200, { you: null });
  }

  #refuse(
    response: ServerResponse,
    status: number,
    refusal: Extract<SessionAnswer, { error: string }>,
  ): void {
    this.#options.onOutcome(refusal.error);
    answer(response, status, refusal);
  }

  /** Other sites may make a browser send us requests, but not without saying so. */
  #isOwnPage(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return origin === undefined || this.#options.isAllowedOrigin(origin, host);
  }
}

function answer(response: ServerResponse, status: number, body: SessionAnswer): void {
  json(response, status, body);
}
