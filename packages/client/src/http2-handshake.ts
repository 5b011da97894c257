// The opening handshake over HTTP/2 (RFC 8441), on a stream of a session that others may share; and the way back to
// HTTP/1.1 where the server does not carry WebSockets over HTTP/2.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { Socket } from "node:net";
import type { Connection } from "@ws/connection";
import { createConnectRequest, HeaderFields, type Refused, verifyConnectResponse } from "@ws/handshake";
import { ConnectError } from "./connect-error.ts";
import type { ConnectPlan } from "./connect-plan.ts";
import { dial } from "./dial.ts";
import { establish } from "./establish.ts";
import { shakeHandsOverHttp1 } from "./http1-handshake.ts";
import { SharedSession } from "./http2-sessions.ts";
import type { Target } from "./redirect.ts";
import { eventOf, SERVER } from "./wait-on.ts";

/** So many attempts that end before the server has looked at them, such as by a GOAWAY, are no accident any more. */
const MAX_LOST = 3;

export async function shakeHandsOverHttp2(
  target: Target,
  plan: ConnectPlan,
  signal: AbortSignal,
): Promise<Connection | Refused> {
  const { url, headers } = target;
  const request = createConnectRequest({ ...plan.offer, url, headers });
  const answer = await ask(request.headers, target, plan, signal);
  if (answer.stream === undefined) return fallBack(answer.http1, target, plan, signal);

  const { stream, fields } = answer;
  const response = {
    httpVersion: "2.0",
    status: fields[":status"] ?? 0,
    reason: "",
    headers: HeaderFields.fromHttp2(fields),
  };
  return establish(stream, url, response, new Uint8Array(), plan, (options) =>
    verifyConnectResponse(request, response, options),
  );
}

/** A stream and the answer that came on it; or no stream, but the socket for HTTP/1.1 if the server chose that. */
type Answer =
  | { readonly stream: ClientHttp2Stream; readonly fields: ResponseFields }
  | { readonly stream?: undefined; readonly http1: Socket | undefined };

type ResponseFields = IncomingHttpHeaders & IncomingHttpStatusHeader;

async function ask(
  headers: OutgoingHttpHeaders,
  { url, tls }: Target,
  { http2, network }: ConnectPlan,
  signal: AbortSignal,
): Promise<Answer> {
  const alpn = http2 === "only" ? ["h2"] : ["h2", "http/1.1"];
  for (let lost = 0; ;) {
    const shared = SharedSession.join({ url, tls, alpn, network });
    let stream: ClientHttp2Stream | undefined;
    try {
      const opened = await shared.opened(signal);
      if ("http1" in opened) return { http1: shared.takeSocket() };
      if (!carriesWebSockets(opened.session)) return { http1: undefined };
      stream = shared.openStream(headers);
      // Where others took its room meanwhile, there will be another session.
      const { closed, destroyed } = opened.session;
      if (stream === undefined && (closed || destroyed) && ++lost === MAX_LOST) {
        throw new ConnectError("NETWORK", "Cannot connect: the server ends its HTTP/2 sessions at once");
      }
    } finally {
      if (stream === undefined) shared.leave();
    }
    if (stream === undefined) continue;
    try {
      return { stream, fields: await eventOf<ResponseFields>(stream, "response", SERVER, signal) };
    } catch (error) {
      // RFC 9113 §8.7: "Any request that was sent on the reset stream can be safely retried."
      const isUntouched = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      if (!isUntouched || signal.aborted || ++lost === MAX_LOST) throw error;
    }
  }
}

function carriesWebSockets({ remoteSettings }: ClientHttp2Session): boolean {
  // RFC 8441 §3: "Upon receipt of SETTINGS_ENABLE_CONNECT_PROTOCOL with a value of 1, a client MAY use the Extended CONNECT"
  return remoteSettings.enableConnectProtocol === true && remoteSettings.maxConcurrentStreams !== 0;
}

/** On with HTTP/1.1, on the socket that the server chose it for, or on a new one. */
async function fallBack(
  socket: Socket | undefined,
  target: Target,
  plan: ConnectPlan,
  signal: AbortSignal,
): Promise<Connection | Refused> {
  const why = "the server carries no WebSockets over HTTP/2";
  if (plan.http2 === "only") {
    socket?.destroy();
    throw new ConnectError("HTTP2_UNAVAILABLE", `Cannot connect: ${why}, and http2 is "only"`);
  }
  try {
    const http1 = socket ?? (await dial(target.url, target.tls, ["http/1.1"], plan.network, signal));
    return await shakeHandsOverHttp1(http1, target, plan, signal);
  } catch (error) {
    const isAnswer =
      !(error instanceof ConnectError) || !["NETWORK", "MALFORMED_RESPONSE"].includes(error.code);
    if (isAnswer || socket !== undefined) throw error;
    const message = `Cannot connect: ${why}, nor over HTTP/1.1`;
    throw new ConnectError("HTTP2_UNAVAILABLE", message, { cause: error });
  }
}
