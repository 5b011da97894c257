// How a client comes to its connection: a request of Node's own http, whose options, objects and events are part of what
// `ws` documents, the checks of the answer, and redirects. What the answer has to be follows RFC 6455 §4.1.
//
// Node's modules are called as objects, for those who put something else in the place of `https.request` or `tls.connect`.
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import net from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { randomBytes } from "node:crypto";
import { acceptKey } from "@ws/handshake";
import type { HandshakeResult } from "./open-connection.ts";
import type { ClientOptions } from "./options.ts";
import {
  acceptAnswer,
  type AgreedDeflate,
  AnswerError,
  offerHeader,
  type PerMessageDeflateOptions,
} from "./per-message-deflate.ts";
import { isToken } from "./subprotocol.ts";
import { type Destination, resolveDestination, withoutSecrets } from "./destination.ts";
import type { WebSocket } from "./websocket.ts";

const VERSIONS: readonly number[] = [8, 13];
const MAX_REDIRECTS = 10;

/** The WebSocket, as its handshake knows it. */
export interface HandshakeOwner {
  readonly websocket: WebSocket;
  isConnecting(): boolean;
  setUrl(url: string): void;
  /** It will fail, once all that is under way has ended. */
  beginToFail(): void;
  fail(error: Error): void;
  open(result: HandshakeResult): void;
}

/** What was sent, to be compared with the answer. */
interface Sent {
  readonly key: string;
  readonly deflate: PerMessageDeflateOptions | undefined;
}

export class ClientHandshake {
  readonly #owner: HandshakeOwner;
  readonly #options: ClientOptions;
  readonly #protocols: readonly string[];
  #request: ClientRequest | undefined;
  #timer: NodeJS.Timeout | undefined;
  #first: Destination | undefined;
  #redirects = 0;
  #isOver = false;

  constructor(owner: HandshakeOwner, protocols: readonly string[], options: ClientOptions) {
    this.#owner = owner;
    this.#options = options;
    this.#protocols = protocols;
  }

  /** The request, until it is answered or given up. */
  get request(): ClientRequest | undefined {
    return this.#request;
  }

  /**
   * Sends the request.
   *
   * @throws SyntaxError for a URL or a subprotocol that is none
   * @throws RangeError for a version that there is not
   */
  begin(address: string | URL): void {
    const { protocolVersion = 13 } = this.#options;
    if (!VERSIONS.includes(protocolVersion)) {
      throw new RangeError(
        `Unsupported protocol version: ${protocolVersion} (supported versions: ${VERSIONS.join(", ")})`,
      );
    }
    const destination = this.#resolve(address);
    const isRepeated = new Set(this.#protocols).size < this.#protocols.length;
    if (isRepeated || !this.#protocols.every((protocol) => isToken(protocol))) {
      throw new SyntaxError("An invalid or duplicated subprotocol was specified");
    }
    this.#send(destination);
  }

  /** Gives up: `error` and `close` follow. */
  abort(message: string): void {
    this.#failWith(new Error(message), this.#request);
  }

  /** @throws SyntaxError for what is no URL of a WebSocket */
  #resolve(address: string | URL, base?: string): Destination {
    const destination = resolveDestination(address, base);
    this.#owner.setUrl(destination.url.href);
    return destination.checked();
  }

  #send(destination: Destination): void {
    const { followRedirects = false, handshakeTimeout, finishRequest } = this.#options;
    const { websocket } = this.#owner;
    const key = randomBytes(16).toString("base64");
    const { perMessageDeflate = true } = this.#options;
    const deflate = perMessageDeflate === true ? {} : perMessageDeflate || undefined;
    const settings = this.#requestOptions(destination, key, deflate);
    const isRedirected = this.#first !== undefined;
    this.#first ??= destination;
    const request = destination.isSecure ? https.request(settings) : http.request(settings);
    this.#request = request;
    if (isRedirected) websocket.emit("redirect", websocket.url, request);
    if (handshakeTimeout) this.#startTimer(handshakeTimeout, request);
    request.on("error", (error) => this.#failWith(error, request));
    request.on("response", (response) => this.#onResponse(request, response, destination, followRedirects));
    request.on("upgrade", (response, socket, head) => {
      this.#onUpgrade(response, socket, head, { key, deflate });
    });
    if (finishRequest) finishRequest(request, websocket);
    else request.end();
  }

  #requestOptions(
    destination: Destination,
    key: string,
    deflate: PerMessageDeflateOptions | undefined,
  ): Parameters<typeof https.request>[0] & object {
    const { headers = {}, origin, protocolVersion = 13, createConnection, defaultPort } = this.#options;
    const { isSecure, host, port, socketPath, path, auth } = destination;
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const options = {
      ...this.#options,
      protocol: undefined,
      protocols: undefined,
      hostname: undefined,
      timeout: undefined,
      method: "GET",
      host,
      port,
      socketPath,
      path,
      // The first credentials are those of the caller, and not of a server that redirects.
      auth: this.#first?.auth ?? auth ?? this.#options.auth,
      defaultPort: defaultPort ?? (isSecure ? 443 : 80),
      createConnection: createConnection ?? (isSecure ? dialTls : dial),
      headers: {
        ...given,
        "Sec-WebSocket-Version": protocolVersion,
        "Sec-WebSocket-Key": key,
        Connection: "Upgrade",
        Upgrade: "websocket",
        ...(deflate !== undefined && { "Sec-WebSocket-Extensions": offerHeader(deflate) }),
        ...(this.#protocols.length > 0 && { "Sec-WebSocket-Protocol": this.#protocols.join(",") }),
        ...(origin && { [protocolVersion < 13 ? "Sec-WebSocket-Origin" : "Origin"]: origin }),
      },
    };
    const mayKnow = this.#owner.websocket.listenerCount("redirect") > 0;
    if (this.#first === undefined || mayKnow) return options as never;
    return withoutSecrets(options, this.#first, destination) as never;
  }

  #startTimer(ms: number, request: ClientRequest): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#request === request) this.abort("Opening handshake has timed out");
    }, ms);
    request.once("close", () => clearTimeout(this.#timer));
  }

  #onResponse(
    request: ClientRequest,
    response: IncomingMessage,
    from: Destination,
    followRedirects: boolean,
  ): void {
    const { location } = response.headers;
    const status = response.statusCode!;
    if (followRedirects && location !== undefined && location !== "" && status >= 300 && status < 400) {
      if (++this.#redirects > (this.#options.maxRedirects ?? MAX_REDIRECTS)) {
        return this.abort("Maximum redirects exceeded");
      }
      this.#request = undefined;
      request.destroy();
      try {
        this.#send(this.#resolve(location, from.url.href));
      } catch (error) {
        this.#failWith(error as Error, undefined);
      }
    } else if (!this.#owner.websocket.emit("unexpected-response", request, response)) {
      this.abort(`Unexpected server response: ${status}`);
    }
  }

  #onUpgrade(response: IncomingMessage, socket: Duplex, head: Buffer, sent: Sent): void {
    clearTimeout(this.#timer);
    const { websocket } = this.#owner;
    websocket.emit("upgrade", response);
    // A listener may have given up.
    if (!this.#owner.isConnecting()) return;
    this.#request = undefined;
    this.#isOver = true;
    try {
      const { protocol, deflate } = this.#verify(response, sent);
      this.#owner.open({ socket, head, protocol, deflate });
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      this.#owner.beginToFail();
      const failure = new Error(error.message);
      socket.once("close", () => this.#owner.fail(failure));
      socket.on("error", () => {});
      socket.destroy();
    }
  }

  /** @throws AnswerError for an answer that opens no WebSocket */
  #verify(
    { headers }: IncomingMessage,
    sent: Sent,
  ): { protocol: string; deflate: AgreedDeflate | undefined } {
    // RFC 6455 §4.1: "If the response lacks an |Upgrade| header field or the |Upgrade| header field contains a value that is not an ASCII case-insensitive match for the value "websocket", the client MUST _Fail the WebSocket Connection_."
    if (headers.upgrade?.toLowerCase() !== "websocket") throw new AnswerError("Invalid Upgrade header");
    if (headers["sec-websocket-accept"] !== acceptKey(sent.key)) {
      throw new AnswerError("Invalid Sec-WebSocket-Accept header");
    }
    const protocol = headers["sec-websocket-protocol"];
    const isOffered = protocol !== undefined && this.#protocols.includes(protocol);
    if (protocol !== undefined && this.#protocols.length === 0) {
      throw new AnswerError("Server sent a subprotocol but none was requested");
    }
    if (protocol !== undefined && !isOffered) throw new AnswerError("Server sent an invalid subprotocol");
    if (protocol === undefined && this.#protocols.length > 0) {
      throw new AnswerError("Server sent no subprotocol");
    }
    const extensions = headers["sec-websocket-extensions"];
    if (extensions === undefined) return { protocol: protocol ?? "", deflate: undefined };
    if (sent.deflate === undefined) {
      throw new AnswerError("Server sent a Sec-WebSocket-Extensions header but no extension was requested");
    }
    return { protocol: protocol ?? "", deflate: acceptAnswer(extensions, sent.deflate) };
  }

  /** Tells of it once, after the call that led to it, when the request is gone. */
  #failWith(error: Error, request: ClientRequest | undefined): void {
    if (this.#isOver || (request !== undefined && request !== this.#request)) return;
    this.#isOver = true;
    this.#request = undefined;
    clearTimeout(this.#timer);
    this.#owner.beginToFail();
    request?.destroy();
    // A request that is over leaves its socket alone.
    request?.socket?.destroy();
    process.nextTick(() => this.#owner.fail(error));
  }
}

function dial(options: object): Duplex {
  return net.connect({ ...options, path: (options as { socketPath?: string }).socketPath } as never);
}

function dialTls(options: object): Duplex {
  const { host, servername } = options as { host: string; servername?: string };
  return tls.connect({
    ...options,
    path: undefined,
    servername: servername ?? (net.isIP(host) === 0 ? host : ""),
  } as never);
}
