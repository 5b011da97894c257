// Every plain HTTP request ends here: a handful of paths, then the files of the page. On Node's own server: a framework would bring
// more than these few lines take away, and the WebSockets share the server anyway.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { text } from "./http-answers.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { WebPage } from "./web-page.ts";

/** Answers a request, or rejects: that is a 500. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface Routes {
  readonly session: Route;
  /** @param id what follows `/files/` */
  readonly file: (request: IncomingMessage, response: ServerResponse, id: string) => Promise<void> | void;
  readonly metrics: Route;
  /** Whether clients may be sent here. */
  readonly isReady: () => boolean;
  readonly page: WebPage;
}

const FILES = "/files/";

export function createRequestListener(routes: Routes, logger: Logger): RequestListener {
  return (request, response) => {
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    answer(routes, request, response).catch((error: unknown) => {
      logger.error({ err: error, method: request.method }, "a request failed");
      if (response.headersSent) response.destroy();
      else text(response, 500, "That did not work\n");
    });
  };
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Handshakes come here only when the WebSockets are gone, on connections that were there before. A 404 would tell their clients that
  // there is nothing to come back to.
  if (request.headers.upgrade !== undefined) {
    response.setHeader("Connection", "close");
    return text(response, 503, "The server is shutting down\n");
  }
  const path = pathOf(request);
  switch (path) {
    case "/api/session":
      return routes.session(request, response);
    case "/healthz":
      return text(response, 200, "ok\n");
    case "/readyz":
      return routes.isReady() ? text(response, 200, "ready\n") : text(response, 503, "not ready\n");
    case "/metrics":
      return routes.metrics(request, response);
  }
  if (path.startsWith(FILES)) return routes.file(request, response, path.slice(FILES.length));
  routes.page(request, response, () => text(response, 404, "There is nothing here\n"));
}

/** The path as it was sent: a peer's address is not to be trusted with a parser that throws. */
function pathOf(request: IncomingMessage): string {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  return path;
}
