// The suite as a server for a client under test. Over plain HTTP it lists the cases; the client connects to each URL,
// echoes until it is closed, and says when it is done. Everything can be had over WebSocket alone, too.
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { ClientCall } from "../opening/client-call.ts";
import { readHead } from "../opening/read-head.ts";
import { Transport } from "../peer/transport.ts";
import { encodeHead, type Head } from "../wire/http-head.ts";
import type { Case } from "./case.ts";
import { CaseContext } from "./case-context.ts";
import { type CaseResult, runAgainstClient, unplayed } from "./run-case.ts";

export interface ListenerOptions {
  /** Default 0, a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** For cases without a deadline of their own. Default 5 s. */
  readonly deadlineMs?: number | undefined;
  /** Listen with TLS: certificate and key as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
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
  #finish: () => void = () => {};
  /** Settles when the client says that it is done. */
  readonly finished: Promise<void>;

  constructor(cases: readonly Case[], options: ListenerOptions = {}) {
    this.#cases = cases;
    this.#options = options;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const take = (socket: Duplex): void => {
      const served: Promise<void> = this.#serve(socket).finally(() => this.#running.delete(served));
      this.#running.add(served);
    };
    const common = { noDelay: true, allowHalfOpen: true };
    this.#server =
      options.tls === undefined
        ? createServer(common, take)
        : createTlsServer({ ...common, ...options.tls }, take);
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
    return `${scheme}${this.#options.tls === undefined ? "" : "s"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
  }

  #list(): string {
    const cases = this.#cases.map((one): ListedCase => ({
      id: one.id,
      url: `${this.#origin("ws")}/case/${one.id}${one.on === "client" ? (one.urlSuffix ?? "") : ""}`,
      ...(one.on === "client" && one.protocols !== undefined && { protocols: one.protocols }),
    }));
    return JSON.stringify({ cases, done: `${this.#origin("http")}/done` });
  }

  async #serve(socket: Duplex): Promise<void> {
    const transport = new Transport(socket);
    const read = await readHead(transport, headMs);
    if (read.kind !== "head") return transport.destroy();

    const target = (read.head.startLine.split(" ")[1] ?? "").replace(/^https?:\/\/[^/]+/, "");
    const id = /^\/case\/([^?#]+)/.exec(target)?.[1];
    const one = this.#cases.find((other) => other.id === id);
    if (one !== undefined) {
      const played: Promise<void> = this.#play(one, read.head, transport).finally(() =>
        this.#playing.delete(played),
      );
      this.#playing.add(played);
      return played;
    }

    if (target === "/cases") await answer(read.head, transport, this.#list());
    else if (target === "/done") {
      // A client that exits on the answer must not end what it left behind before it was judged.
      await Promise.all(this.#playing);
      await answer(read.head, transport, "{}");
      this.#finish();
    } else
      await answer(read.head, transport, JSON.stringify({ error: `there is no ${target}` }), "404 Not Found");
  }

  async #play(one: Case, request: Head, transport: Transport): Promise<void> {
    const result = await runAgainstClient(
      one,
      request,
      transport,
      new Set(this.#keys),
      this.#options.deadlineMs,
    );
    for (const key of request.all("Sec-WebSocket-Key")) this.#keys.add(key);
    this.#results.set(one.id, result);
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
