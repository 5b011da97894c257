// The suite as a server for a client under test. Over plain HTTP it lists the cases; the client connects to each URL,
// echoes until it is closed, and says when it is done. Everything can be had over WebSocket alone, too.
import { once } from "node:events";
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type Server } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { ClientCall } from "../opening/client-call.ts";
import { Http2ClientCall } from "../opening/http2-client-call.ts";
import { readHead } from "../opening/read-head.ts";
import { Transport } from "../peer/transport.ts";
import { encodeHead, type Head } from "../wire/http-head.ts";
import { type Case, isPlayedOver } from "./case.ts";
import { CaseContext } from "./case-context.ts";
import { type CaseResult, runAgainstClient, unplayed } from "./run-case.ts";

export interface ListenerOptions {
  /** Default 0, a free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** For cases without a deadline of their own. Default 5 s. */
  readonly deadlineMs?: number | undefined;
  /** Listen with TLS: certificate and key as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** With `tls`: the cases are played over HTTP/2 (RFC 8441). The list is there over HTTP/1.1 too. Default `false`. */
  readonly http2?: boolean | undefined;
  readonly onResult?: (result: CaseResult) => void;
}

/** One entry of the list that a client under test gets. */
export interface ListedCase {
  readonly id: string;
  readonly url: string;
  /** Subprotocols to offer; a client that cannot may ignore it. */
  readonly protocols?: readonly string[];
}

const headMs = 10_000;

export class ClientListener {
  readonly #server: Server;
  readonly #cases: readonly Case[];
  readonly #options: ListenerOptions;
  readonly #results = new Map<string, CaseResult>();
  /** Connections, and those among them that play a case. */
  readonly #running = new Set<Promise<void>>();
  readonly #playing = new Set<Promise<void>>();
  readonly #keys = new Set<string>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #finish: () => void = () => {};
  /** Settles when the client says that it is done. */
  readonly finished: Promise<void>;

  constructor(cases: readonly Case[], options: ListenerOptions = {}) {
    const { http2 = false } = options;
    if (http2 && options.tls === undefined)
      throw new TypeError("Cannot listen for HTTP/2: it needs tls here");
    this.#cases = cases.filter((one) => isPlayedOver(one, http2));
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const take = (socket: Duplex): void => {
      if ((socket as Partial<TLSSocket>).alpnProtocol === "h2") return this.#takeSession(socket);
      const served: Promise<void> = this.#serve(socket).finally(() => this.#running.delete(served));
      this.#running.add(served);
    };
    const common = { noDelay: true, allowHalfOpen: true };
    this.#server =
      options.tls === undefined
        ? createServer(common, take)
        : createTlsServer(
            { ...common, ...options.tls, ALPNProtocols: http2 ? ["h2", "http/1.1"] : ["http/1.1"] },
            take,
          );
  }

  /** Starts listening and resolves with the URL of the list. */
  async listen(): Promise<string> {
    this.#server.listen(this.#options.port ?? 0, this.#options.host ?? "127.0.0.1");
    await once(this.#server, "listening");
    return `${this.#origin("http")}/cases`;
  }

  /** Stops, waits for what is under way, and resolves with a result for every case. */
  async close(): Promise<CaseResult[]> {
    await Promise.all(this.#running);
    // In the turn in which a stream closed, Node 20 can loop for ever over this.
    await new Promise(setImmediate);
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    return this.#cases.map((one) => {
      if (this.#results.has(one.id)) return this.#results.get(one.id) as CaseResult;
      if (one.on === "client" && one.mayNotCall)
        return unplayed(one, "client", "ok", "the client never connected (allowed here)");
      return unplayed(one, "client", "failed", "the client never connected for this case");
    });
  }

  #origin(scheme: "http" | "ws"): string {
    const { port } = this.#server.address() as AddressInfo;
    const host = this.#options.host ?? "127.0.0.1";
    return `${this.#scheme(scheme)}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  }

  #scheme(scheme: "http" | "ws"): string {
    return this.#options.tls === undefined ? scheme : `${scheme}s`;
  }

  /** Under the name by which the client found it, which may be one that only the client knows. */
  #list(request: Head): string {
    const [host = ""] = request.all("Host");
    const origin = (scheme: "http" | "ws"): string =>
      /^[\w.:[\]-]+$/.test(host) ? `${this.#scheme(scheme)}://${host}` : this.#origin(scheme);
    const cases = this.#cases.map((one): ListedCase => ({
      id: one.id,
      url: `${origin("ws")}/case/${one.id}${one.on === "client" ? (one.urlSuffix ?? "") : ""}`,
      ...(one.on === "client" && one.protocols !== undefined && { protocols: one.protocols }),
    }));
    return JSON.stringify({ cases, done: `${origin("http")}/done` });
  }

  #takeSession(socket: Duplex): void {
    const session = performServerHandshake(socket, {
      settings: { enableConnectProtocol: true },
      // A session whose cases hold more than these megabytes has its next streams refused; Node's 10 are soon reached.
      maxSessionMemory: 1_000,
    });
    this.#sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => this.#sessions.delete(session));
    session.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      const one = this.#caseAt(headers[":path"] ?? "");
      if (one === undefined) return stream.respond({ ":status": 404 }, { endStream: true });
      const served: Promise<void> = this.#playStream(one, stream, headers).finally(() =>
        this.#running.delete(served),
      );
      this.#running.add(served);
    });
  }

  async #playStream(one: Case, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    await this.#play(one, (context) => new Http2ClientCall(stream, headers, context));
  }

  #caseAt(target: string): Case | undefined {
    const id = /^\/case\/([^?#]+)/.exec(target)?.[1];
    return this.#cases.find((other) => other.id === id);
  }

  async #serve(socket: Duplex): Promise<void> {
    const transport = new Transport(socket);
    const read = await readHead(transport, headMs);
    if (read.kind !== "head") return transport.destroy();

    const target = (read.head.startLine.split(" ")[1] ?? "").replace(/^https?:\/\/[^/]+/, "");
    const one = this.#caseAt(target);
    if (one !== undefined) return this.#playRequest(one, read.head, transport);

    if (target === "/cases") await answer(read.head, transport, this.#list(read.head));
    else if (target === "/done") {
      // A client that exits on the answer must not end what it left behind before it was judged.
      await Promise.all(this.#playing);
      await answer(read.head, transport, "{}");
      this.#finish();
    } else
      await answer(read.head, transport, JSON.stringify({ error: `there is no ${target}` }), "404 Not Found");
  }

  async #playRequest(one: Case, request: Head, transport: Transport): Promise<void> {
    if (this.#options.http2) {
      this.#keep(unplayed(one, "client", "not offered", "the client came over HTTP/1.1"));
      return transport.destroy();
    }
    const earlierKeys = new Set(this.#keys);
    await this.#play(one, (context) => new ClientCall(request, transport, context, earlierKeys));
    for (const key of request.all("Sec-WebSocket-Key")) this.#keys.add(key);
  }

  async #play(one: Case, arrive: (context: CaseContext) => ClientCall): Promise<void> {
    const played: Promise<void> = this.#judge(one, arrive).finally(() => this.#playing.delete(played));
    this.#playing.add(played);
    await played;
  }

  async #judge(one: Case, arrive: (context: CaseContext) => ClientCall): Promise<void> {
    this.#keep(await runAgainstClient(one, arrive, this.#options.deadlineMs));
  }

  #keep(result: CaseResult): void {
    this.#results.set(result.case.id, result);
    this.#options.onResult?.(result);
  }
}

/** As HTTP, or as one text message where a WebSocket was asked for. */
async function answer(request: Head, transport: Transport, json: string, status = "200 OK"): Promise<void> {
  if (request.tokens("Upgrade").includes("websocket") && status.startsWith("200")) {
    const context = new CaseContext({ deadlineMs: 2_000 });
    const peer = await new ClientCall(request, transport, context, new Set()).accept();
    await peer.send(peer.text(json), peer.close(1000));
    await peer.next("the Close in return", 1_000);
    transport.end();
    await transport.read(1_000);
    transport.destroy();
    return;
  }
  const head = encodeHead({
    startLine: `HTTP/1.1 ${status}`,
    fields: [
      ["Content-Type", "application/json"],
      ["Content-Length", String(Buffer.byteLength(json))],
      // Pages may run the loop of a browser's client.
      ["Access-Control-Allow-Origin", "*"],
      ["Connection", "close"],
    ],
  });
  await transport.write(Buffer.concat([head, Buffer.from(json)]));
  transport.end();
  await transport.read(1_000);
  transport.destroy();
}
