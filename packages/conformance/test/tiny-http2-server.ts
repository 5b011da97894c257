// The tiny endpoint behind extended CONNECTs, over HTTP/2 without TLS on a free port.
import { once } from "node:events";
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { type Fault, TinyEndpoint } from "./tiny-endpoint.ts";

export type Http2Fault =
  | "no setting"
  | "takes its setting back"
  | "demands a key"
  | "accepts any :protocol"
  | "accepts any version"
  | "no version header"
  | "chooses a protocol"
  | "chooses an extension"
  | "answers keys"
  | "refuses by reset"
  | "tunnels"
  | "ends by reset"
  | "never ends"
  | "ends the session"
  | "answers on the first stream";

export interface TinyHttp2Server extends AsyncDisposable {
  readonly url: URL;
  readonly http2: true;
}

export async function tinyHttp2Server(
  faults: readonly Http2Fault[] = [],
  endpointFaults: readonly Fault[] = [],
): Promise<TinyHttp2Server> {
  const has = (fault: Http2Fault): boolean => faults.includes(fault);
  const sessions = new Set<ServerHttp2Session>();
  const firsts = new Map<unknown, ServerHttp2Stream>();
  const server = createServer({ settings: { enableConnectProtocol: !has("no setting") } });
  server.on("session", (session) => sessions.add(session));
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const status = statusFor(headers, has);
    if (status !== 200) {
      if (has("refuses by reset")) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
      const version = has("no version header") ? {} : { "sec-websocket-version": "13" };
      return stream.respond({ ":status": status, ...version }, { endStream: true });
    }
    if (!has("tunnels")) return accept(stream);
    const tunnel = connect(Number(headers[":authority"]?.split(":")[1]), "127.0.0.1");
    tunnel.on("error", () => {});
    // The yes comes when the tunnel is there: a suite that looks at once must see it.
    tunnel.on("connect", () => setImmediate(() => accept(stream)));
  });

  const accept = (stream: ServerHttp2Stream): void => {
    stream.respond({
      ":status": 200,
      ...(has("chooses a protocol") && { "sec-websocket-protocol": "chat" }),
      ...(has("chooses an extension") && { "sec-websocket-extensions": "x-unknown" }),
      ...(has("answers keys") && { "sec-websocket-accept": "x" }),
    });
    if (has("takes its setting back")) stream.session?.settings({ enableConnectProtocol: false });
    const first = firsts.get(stream.session) ?? stream;
    firsts.set(stream.session, first.setMaxListeners(0));
    const endpoint = new TinyEndpoint(has("answers on the first stream") ? first : stream, {
      role: "server",
      faults:
        has("never ends") || has("ends by reset") ? [...endpointFaults, "never closes TCP"] : endpointFaults,
    });
    stream.on("data", (data: Buffer) => {
      endpoint.receive(data);
      const isClose = ((data[0] ?? 0) & 0xf) === 8;
      if (has("ends by reset") && isClose) {
        // Behind the Close in return, when that has left.
        stream.write(Buffer.alloc(0), () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
      }
    });
    const { session } = stream;
    // Destroyed inside the event itself, a session of Node 20 with another stream loops for ever.
    if (has("ends the session")) stream.on("close", () => setImmediate(() => session?.destroy()));
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    http2: true,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function statusFor(headers: IncomingHttpHeaders, has: (fault: Http2Fault) => boolean): number {
  if (headers[":protocol"] !== "websocket" && !has("accepts any :protocol")) return 501;
  if (headers["sec-websocket-version"] !== "13" && !has("accepts any version")) return 400;
  return has("demands a key") && headers["sec-websocket-key"] === undefined ? 400 : 200;
}
