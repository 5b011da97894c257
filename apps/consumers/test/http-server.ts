// An http server for one test, at a port that nobody else has, which ends with the test.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export async function serve(
  listener?: RequestListener,
): Promise<{ http: Server; port: number; url: string }> {
  const http = createServer(listener);
  await once(http.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { http, port, url: `ws://127.0.0.1:${port}` };
}
