// The suite's client end towards a server under test over HTTP/2 (RFC 8441), beside `ServerProbe`: sessions, extended
// CONNECTs as drafts to be spoiled, and the correct handshake for cases that start after it. Frames of HTTP/2 are left to
// Node: what it refuses to send cannot be a case here.
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from "node:http2";
import { type Agreement, agreementOf } from "../deflate/agreement.ts";
import { type Extension, parseExtensions } from "../deflate/extension-header.ts";
import { Peer } from "../peer/peer.ts";
import { Transport } from "../peer/transport.ts";
import type { CaseContext } from "../suite/case-context.ts";
import type { ServerAddress } from "./server-address.ts";

/** How a stream was answered. */
export type Http2Answer =
  | {
      readonly kind: "response";
      readonly status: number;
      readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
    }
  | { readonly kind: "reset"; readonly code: number }
  | { readonly kind: "quiet" };

/** A stream with what it was opened by. */
export interface Http2Call {
  readonly stream: ClientHttp2Stream;
  readonly transport: Transport;
  readonly answer: Http2Answer;
}

/** Small, so that cases on flow control need no megabytes; that of the session, so large that no stream can fill it. */
const streamWindowBytes = 128 * 1024;
const sessionWindowBytes = 16 * 1024 * 1024;

export class Http2Probe {
  readonly address: ServerAddress;
  readonly context: CaseContext;
  readonly #sessions: ClientHttp2Session[] = [];

  constructor(address: ServerAddress, context: CaseContext) {
    this.address = address;
    this.context = context;
  }

  /** A new TCP connection that speaks HTTP/2 and allows extended CONNECT; without one the case ends. */
  async session(): Promise<ClientHttp2Session> {
    const { judgement, log } = this.context;
    const { url, ca, insecure = false } = this.address;
    const session = connect(`${url.protocol === "wss:" ? "https" : "http"}://${url.host}`, {
      ...(ca !== undefined && { ca }),
      rejectUnauthorized: !insecure,
      settings: { initialWindowSize: streamWindowBytes },
    });
    this.#sessions.push(session);
    const failure = once(session, "error") as Promise<NodeJS.ErrnoException[]>;
    const settings = once(session, "remoteSettings");
    settings.catch(() => {});
    const error = await Promise.race([failure.then(([reason]) => reason), settings.then(() => undefined)]);
    if (error !== undefined) {
      const reason = `no HTTP/2 session: ${error.code ?? ""} ${error.message}`;
      return error.code === "ECONNREFUSED" ? judgement.fail(reason) : judgement.notOffered(reason);
    }
    session.on("error", () => {});
    session.setLocalWindowSize(sessionWindowBytes);
    log.received(`SETTINGS, enableConnectProtocol ${session.remoteSettings.enableConnectProtocol}`);
    if (!session.remoteSettings.enableConnectProtocol) {
      judgement.notOffered("did not send SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3)");
    }
    session.on("remoteSettings", ({ enableConnectProtocol }) => {
      if (!enableConnectProtocol) {
        judgement.failed('took its setting back (RFC 8441 §3: "MUST NOT send … the value of 0 after … 1")');
      }
    });
    return session;
  }

  /** A request to which a server must say yes. */
  request(extensions?: string): OutgoingHttpHeaders {
    const { url, headers = [] } = this.address;
    const { protocol, host, pathname, search } = url;
    return {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": protocol === "wss:" ? "https" : "http",
      ":path": pathname + search,
      ":authority": host,
      "sec-websocket-version": "13",
      ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      ...(extensions !== undefined && { "sec-websocket-extensions": extensions }),
    };
  }

  /** Opens a stream with these header fields and waits for what they are answered with. */
  async call(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<Http2Call> {
    const { log, judgement, deadline } = this.context;
    log.sent(`HEADERS ${JSON.stringify(headers)}`);
    const stream = session.request(headers, { endStream: false });
    const answer = await new Promise<Http2Answer>((resolve) => {
      const timer = setTimeout(() => resolve({ kind: "quiet" }), deadline.leftMs);
      const settle = (one: Http2Answer): void => {
        clearTimeout(timer);
        resolve(one);
      };
      stream.on("response", (fields) =>
        settle({ kind: "response", status: fields[":status"] ?? 0, headers: fields }),
      );
      stream.on("error", () => {});
      stream.on("close", () => settle({ kind: "reset", code: stream.rstCode }));
    });
    log.received(answer.kind === "response" ? `HEADERS ${JSON.stringify(answer.headers)}` : answer.kind);
    judgement.saw(describeAnswer(answer));
    return { stream, transport: new Transport(stream), answer };
  }

  /** Performs the opening handshake the right way, on a session of its own unless given one. */
  async open(extensions?: string, on?: ClientHttp2Session): Promise<Peer> {
    const session = on ?? (await this.session());
    const call = await this.call(session, this.request(extensions));
    const { headers } = this.accepted(call.answer);
    return this.peer(call.transport, this.#agreed(headers));
  }

  /** The response that accepts; anything else ends the case. */
  accepted(answer: Http2Answer): Http2Answer & { kind: "response" } {
    const { judgement } = this.context;
    if (answer.kind !== "response" || answer.status < 200 || answer.status > 299) {
      return judgement.fail(`a good request was answered with ${describeAnswer(answer)}`);
    }
    // RFC 9110 §9.3.6: "A server MUST NOT send any Transfer-Encoding or Content-Length header fields in a 2xx"
    if ("content-length" in answer.headers)
      judgement.failed("the response that accepts has a content-length");
    if ("sec-websocket-accept" in answer.headers) {
      judgement.nonStrict("answers a key that was not asked for (RFC 8441 §5: it is not processed)");
    }
    return answer;
  }

  /** A connection whose handshake a case performed by itself. */
  peer(transport: Transport, agreement?: Agreement): Peer {
    const { judgement, log, deadline } = this.context;
    return new Peer({ role: "server", transport, agreement, judgement, log, deadline });
  }

  async destroy(): Promise<void> {
    if (this.#sessions.length === 0) return;
    // In the turn in which a stream closed, Node 20 can loop for ever over this.
    await new Promise(setImmediate);
    for (const session of this.#sessions) session.destroy();
  }

  #agreed(headers: IncomingHttpHeaders): Agreement | undefined {
    try {
      const value = headers["sec-websocket-extensions"];
      const extensions: Extension[] = value === undefined ? [] : parseExtensions(String(value));
      const deflate = extensions.find(({ name }) => name === "permessage-deflate");
      return deflate && agreementOf(deflate);
    } catch (error) {
      return this.context.judgement.fail(`a wrong permessage-deflate response: ${(error as Error).message}`);
    }
  }
}

export function describeAnswer(answer: Http2Answer): string {
  if (answer.kind === "response") return `:status ${answer.status}`;
  return answer.kind === "reset" ? `RST_STREAM ${answer.code}` : "no answer";
}
