// The opening handshake over HTTP/1.1 (RFC 6455 §4.1), on a socket that speaks with the server.
import type { Socket } from "node:net";
import type { Connection } from "@ws/connection";
import { createRequest, type Refused, verifyResponse } from "@ws/handshake";
import type { ConnectPlan } from "./connect-plan.ts";
import { establish } from "./establish.ts";
import { readResponse } from "./read-response.ts";
import type { Target } from "./redirect.ts";
import { SERVER } from "./wait-on.ts";

export async function shakeHandsOverHttp1(
  socket: Socket,
  target: Target,
  plan: ConnectPlan,
  signal: AbortSignal,
): Promise<Connection | Refused> {
  const request = createRequest({ ...plan.offer, url: target.url, headers: target.headers });
  socket.write(request.head);
  const { response, rest } = await readResponse(socket, SERVER, signal);
  return establish(socket, target.url, response, rest, plan, (options) =>
    verifyResponse(request, response, options),
  );
}
