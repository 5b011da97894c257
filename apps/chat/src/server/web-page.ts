// The built web page, as files: what is named by its content is kept for ever, the rest is asked for again each time.
import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";

export type WebPage = (request: IncomingMessage, response: ServerResponse, onMissing: () => void) => void;

/** @param folder what the build made of src/web */
export function createWebPage(folder: string): WebPage {
  const files = sirv(folder, {
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders: (response, path) => {
      const isNamedByContent = path.startsWith("/assets/");
      response.setHeader(
        "Cache-Control",
        isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  return (request, response, onMissing) => {
    // Every room is the same page, which reads the room out of its address.
    if (/^\/(?:r\/[^/?]+(?:\/[^/?]*)?|inspector|lab)\/?(?:\?|$)/.test((request.url ?? "").slice(0, 2048)))
      request.url = "/";
    files(request, response, onMissing);
  };
}
