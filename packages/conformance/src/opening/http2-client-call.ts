// The suite's server end towards a client under test over HTTP/2 (RFC 8441): a stream with its request already read.
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Peer } from "../peer/peer.ts";
import { Transport } from "../peer/transport.ts";
import type { CaseContext } from "../suite/case-context.ts";
import { type Field, headOf } from "../wire/http-head.ts";
import { ClientCall } from "./client-call.ts";

export class Http2ClientCall extends ClientCall {
  readonly headers: IncomingHttpHeaders;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, context: CaseContext) {
    const fields = Object.entries(headers).map(([name, value]): Field => [name, String(value)]);
    super(headOf("HEADERS", fields), new Transport(stream), context, new Set());
    this.#stream = stream;
    this.headers = headers;
  }

  respond(headers: OutgoingHttpHeaders): void {
    this.context.log.sent(`HEADERS ${JSON.stringify(headers)}`);
    if (!this.#stream.destroyed) this.#stream.respond(headers);
  }

  override async accept(extensions?: string): Promise<Peer> {
    this.respond({
      ":status": 200,
      ...(extensions !== undefined && { "sec-websocket-extensions": extensions }),
    });
    return this.peerAfter(extensions);
  }
}
