// The suite's server end towards a client under test: one incoming connection with its request already read,
// responses as drafts to be spoiled, and the correct one for cases that start after it. Over HTTP/2 it is `Http2ClientCall`.
import { agreementOf, type Agreement } from "../deflate/agreement.ts";
import { type Extension, parseExtensions } from "../deflate/extension-header.ts";
import { Peer } from "../peer/peer.ts";
import type { Transport } from "../peer/transport.ts";
import type { CaseContext } from "../suite/case-context.ts";
import { acceptOf, encodeHead, type Head, type HeadDraft } from "../wire/http-head.ts";
import type { Delivery } from "./read-head.ts";

export class ClientCall {
  readonly request: Head;
  readonly transport: Transport;
  readonly context: CaseContext;
  /** Keys of all earlier connections of this run. */
  readonly earlierKeys: ReadonlySet<string>;

  constructor(request: Head, transport: Transport, context: CaseContext, earlierKeys: ReadonlySet<string>) {
    this.request = request;
    this.transport = transport;
    this.context = context;
    this.earlierKeys = earlierKeys;
  }

  get key(): string {
    return this.request.all("Sec-WebSocket-Key")[0] ?? "";
  }

  /** The client's permessage-deflate offers, the preferred one first. */
  get offers(): Extension[] {
    try {
      const extensions = this.request.all("Sec-WebSocket-Extensions").flatMap(parseExtensions);
      return extensions.filter(({ name }) => name === "permessage-deflate");
    } catch (error) {
      return this.context.judgement.fail(
        `a malformed Sec-WebSocket-Extensions in the request: ${(error as Error).message}`,
      );
    }
  }

  /** A response to which a client must say yes. */
  response(extensions?: string): HeadDraft {
    return {
      startLine: "HTTP/1.1 101 Switching Protocols",
      fields: [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", acceptOf(this.key)],
        ...(extensions === undefined ? [] : [["Sec-WebSocket-Extensions", extensions] as const]),
      ],
    };
  }

  async send(head: HeadDraft | Buffer, { chop = 0, behind = Buffer.alloc(0) }: Delivery = {}): Promise<void> {
    const bytes = Buffer.concat([Buffer.isBuffer(head) ? head : encodeHead(head), behind]);
    this.context.log.sent(
      `${bytes.toString("latin1", 0, 400).trimEnd()}${chop > 0 ? `\n(in chops of ${chop})` : ""}`,
      bytes,
    );
    await (chop > 0 ? this.transport.writeInChops(bytes, chop) : this.transport.write(bytes));
  }

  /** Accepts the right way. */
  async accept(extensions?: string): Promise<Peer> {
    this.context.log.sent(`101${extensions === undefined ? "" : `, ${extensions}`}`);
    await this.transport.write(encodeHead(this.response(extensions)));
    return this.peerAfter(extensions);
  }

  /** A connection that was accepted with this Sec-WebSocket-Extensions. */
  peerAfter(extensions: string | undefined): Peer {
    return this.peer(
      extensions === undefined ? undefined : agreementOf(parseExtensions(extensions)[0] as Extension),
    );
  }

  peer(agreement?: Agreement): Peer {
    const { judgement, log, deadline } = this.context;
    return new Peer({ role: "client", transport: this.transport, agreement, judgement, log, deadline });
  }
}
