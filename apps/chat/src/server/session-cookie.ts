// The cookie that holds a session's token: out of reach of scripts, and not sent along when other sites link to us by
// anything but a click.
import type { IncomingMessage } from "node:http";

const NAME = "chat_session";
const MAX_AGE_SECONDS = 7 * 24 * 60 * 60;
/** 32 bytes as base64url. */
const TOKEN = /^[\w-]{43}$/;

/** The token in a request's cookies, if there is one that can be. */
export function readSessionCookie(request: IncomingMessage): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1 || pair.slice(0, equals).trim() !== NAME) continue;
    const value = pair.slice(equals + 1).trim();
    if (TOKEN.test(value)) return value;
  }
  return undefined;
}

/** The `Set-Cookie` that gives a page its token, or takes it away. */
export function sessionCookie(token: string | null, isSecure: boolean): string {
  const parts = [`${NAME}=${token ?? ""}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  parts.push(`Max-Age=${token === null ? 0 : MAX_AGE_SECONDS}`);
  if (isSecure) parts.push("Secure");
  return parts.join("; ");
}
