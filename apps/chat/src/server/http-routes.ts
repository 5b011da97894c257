// Every plain HTTP request ends here: a handful of paths on Node's own server, then the files of the page.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { SessionRoutes } from "./session-routes.ts";
import type { WebPage } from "./web-page.ts";

export function createRequestListener(sessions: SessionRoutes, page: WebPage): RequestListener {
  return (request, response) => {
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    const path = pathOf(request);
    if (path === "/healthz") return text(response, 200, "ok\n");
    if (path === "/api/session") {
      sessions.handle(request, response).catch(() => fail(response));
      return;
    }
    page(request, response, () => text(response, 404, "There is nothing here\n"));
  };
}

/** The path as it was sent: a peer's address is not to be trusted with a parser that throws. */
function pathOf(request: IncomingMessage): string {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  return path;
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else text(response, 500, "That did not work\n");
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(body);
}
