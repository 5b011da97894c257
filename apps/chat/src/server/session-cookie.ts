// The cookie that holds a session's token: out of reach of scripts, and not sent along when other sites link to us by
// anything but a click.
import type { IncomingMessage } from "node:http";
import { SESSION_MS } from "./session.ts";

const NAME = "chat_session";

/** The token in a request's cookies, if there is one. */
export function readSessionCookie(request: Pick<IncomingMessage, "headers">): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === NAME) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** The `Set-Cookie` that gives a page its token, or takes it away. */
export function sessionCookie(token: string | null, isSecure: boolean): string {
  const parts = [`${NAME}=${token ?? ""}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  parts.push(`Max-Age=${token === null ? 0 : SESSION_MS / 1000}`);
  if (isSecure) parts.push("Secure");
  return parts.join("; ");
}
