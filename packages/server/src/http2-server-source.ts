// Takes the WebSockets of an http2 server that is not ours (RFC 8441), and leaves every other stream to it.
import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import { Socket } from "node:net";
import { ConnectHandshake, isWebSocketConnect } from "./connect-handshake.ts";
import type { FirstRequestDeadline } from "./first-request-deadline.ts";
import { toConnectHead } from "./request-head.ts";
import { type Sharer, sharersOf, takerOf } from "./shared-servers.ts";

/** Joins a server that {@link Sharer} shares already; the result leaves it again. */
export function attachHttp2(
  server: Http2Server | Http2SecureServer,
  sharer: Sharer,
  deadline: FirstRequestDeadline,
): () => void {
  /** Everybody of us listens for `connect` exactly once. */
  const hasStrangers = (): boolean => server.listenerCount("connect") > sharersOf(server).size;
  const isFirst = (): boolean => [...sharersOf(server)][0] === sharer;

  const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const socket = stream.session?.socket;
    if (socket === undefined || stream.headersSent || !isWebSocketConnect(headers)) return;
    const head = toConnectHead(headers);
    if (takerOf(server, head) !== sharer || (!sharer.wants(head) && hasStrangers())) return;
    sharer.take(new ConnectHandshake(stream, headers, socket));
  };
  // Where the application listens for requests, Node answers 405 to every CONNECT that nobody listens for, ours too.
  const onConnect = (request: Http2ServerRequest, response: Http2ServerResponse | Socket): void => {
    const isHttp1 = response instanceof Socket;
    if (isHttp1) deadline.arrived(response);
    if (hasStrangers() || !isFirst()) return;
    // So where nobody else is there, the rest of them get from us what they would have got.
    if (isHttp1) {
      response.destroy();
    } else if (!isWebSocketConnect(request.headers)) {
      response.statusCode = 405;
      response.end();
    }
  };

  // RFC 8441 §3: "Upon receipt of SETTINGS_ENABLE_CONNECT_PROTOCOL with a value of 1, a client MAY use the Extended CONNECT"
  server.updateSettings({ enableConnectProtocol: true });
  server.prependListener("stream", onStream);
  server.on("connect", onConnect);
  return () => {
    server.off("stream", onStream);
    server.off("connect", onConnect);
  };
}
