// /api/session: asks who one is (GET), enters with a name (POST), leaves for good (DELETE). The only requests that
// set a cookie.
import type { IncomingMessage, ServerResponse } from "node:http";
import { decodeEnterRequest } from "../shared/decode.ts";
import { judgeName, nameKey } from "../shared/names.ts";
import { ChatClose, type SessionAnswer } from "../shared/protocol.ts";
import type { People } from "./people.ts";
import { readSessionCookie, sessionCookie } from "./session-cookie.ts";
import { TokenBucket } from "@ws/connection";

const MAX_BODY_BYTES = 1024;
const ENTER_BURST = 30;
const ENTERS_PER_SECOND = 0.5;
const MAX_ADDRESSES = 10_000;

export interface SessionRoutesOptions {
  readonly people: People;
  readonly secureCookie: boolean;
  /** Whether a page of this origin may change a session. */
  readonly isAllowedOrigin: (origin: string, host: string | undefined) => boolean;
}

export class SessionRoutes {
  readonly #options: SessionRoutesOptions;
  readonly #limits = new Map<string, TokenBucket>();

  constructor(options: SessionRoutesOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET") return this.#tellWho(request, response);
    if (!this.#isOwnPage(request)) return plain(response, 403, "Not from this page");
    if (request.method === "POST") return await this.#enter(request, response);
    if (request.method === "DELETE") return this.#leave(request, response);
    response.setHeader("Allow", "GET, POST, DELETE");
    plain(response, 405, "Method not allowed");
  }

  #tellWho(request: IncomingMessage, response: ServerResponse): void {
    const member = this.#options.people.find(readSessionCookie(request));
    answer(response, 200, { you: member?.person ?? null });
  }

  async #enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { people, secureCookie } = this.#options;
    if (!this.#mayEnter(request.socket.remoteAddress ?? "")) {
      return answer(response, 429, { error: "too-many", reason: "Too many attempts. Wait a minute." });
    }
    const body = decodeEnterRequest((await readBody(request)) ?? "");
    if (body === undefined) return plain(response, 400, "Not a request to enter");
    const verdict = judgeName(body.name);
    if (!verdict.ok) return answer(response, 422, { error: "name-invalid", reason: verdict.reason });

    const token = readSessionCookie(request);
    const known = people.find(token);
    if (known !== undefined && nameKey(known.person.name) === nameKey(verdict.name) && people.admit(known)) {
      return answer(response, 200, { you: known.person });
    }
    const entered = people.enter(verdict.name);
    if (!entered.ok) {
      const taken = `Somebody called “${verdict.name}” is here already. Choose another name.`;
      const reason = entered.reason === "name-taken" ? taken : "The chat is full. Try again later.";
      return answer(response, entered.reason === "name-taken" ? 409 : 503, { error: entered.reason, reason });
    }
    if (token !== undefined) this.#end(token);
    response.setHeader("Set-Cookie", sessionCookie(entered.token, secureCookie));
    answer(response, 200, { you: entered.member.person });
  }

  #leave(request: IncomingMessage, response: ServerResponse): void {
    const token = readSessionCookie(request);
    if (token !== undefined) this.#end(token);
    response.setHeader("Set-Cookie", sessionCookie(null, this.#options.secureCookie));
    answer(response, 200, { you: null });
  }

  #end(token: string): void {
    const { people } = this.#options;
    people.find(token)?.end(ChatClose.sessionEnded, "The session was ended");
    people.forget(token);
  }

  /** Other sites may make a browser send us requests, but not without saying so. */
  #isOwnPage(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return origin === undefined || this.#options.isAllowedOrigin(origin, host);
  }

  #mayEnter(address: string): boolean {
    let limit = this.#limits.get(address);
    if (limit === undefined) {
      if (this.#limits.size >= MAX_ADDRESSES) this.#forgetFull();
      this.#limits.set(address, (limit = new TokenBucket(ENTER_BURST, ENTERS_PER_SECOND)));
    }
    return limit.take() === 0;
  }

  #forgetFull(): void {
    for (const [address, limit] of this.#limits) if (limit.isFull) this.#limits.delete(address);
    if (this.#limits.size >= MAX_ADDRESSES) this.#limits.clear();
  }
}

/** The body as text; undefined when it is too long or breaks off. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: SessionAnswer): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(text);
}
