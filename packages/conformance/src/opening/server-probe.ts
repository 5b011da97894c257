// The suite's client end towards a server under test: raw connections, opening requests as drafts to be spoiled,
// and the correct handshake for cases that start after it. Over HTTP/2 it is `Http2Probe`.
import { randomBytes } from "node:crypto";
import { type Agreement, agreementOf } from "../deflate/agreement.ts";
import { type Extension, parseExtensions } from "../deflate/extension-header.ts";
import { Peer } from "../peer/peer.ts";
import type { Transport } from "../peer/transport.ts";
import type { CaseContext } from "../suite/case-context.ts";
import { acceptOf, encodeHead, type Head, type HeadDraft, statusOf } from "../wire/http-head.ts";
import { type Delivery, type HeadRead, readHead } from "./read-head.ts";
import { dial, type ServerAddress } from "./server-address.ts";

export interface OpeningRequest extends HeadDraft {
  readonly key: string;
}

export class ServerProbe {
  readonly address: ServerAddress;
  readonly context: CaseContext;
  readonly #transports: Transport[] = [];
  #isDestroyed = false;

  constructor(address: ServerAddress, context: CaseContext) {
    this.address = address;
    this.context = context;
  }

  get resource(): string {
    return this.address.url.pathname + this.address.url.search;
  }

  async dial(): Promise<Transport> {
    try {
      const transport = await dial(this.address, this.context.deadline.leftMs);
      this.#transports.push(transport);
      if (this.#isDestroyed) transport.destroy();
      return transport;
    } catch (error) {
      return this.context.judgement.fail(`no connection: ${(error as Error).message}`);
    }
  }

  /** A request to which a server must say yes. */
  request(extensions?: string): OpeningRequest {
    const key = randomBytes(16).toString("base64");
    return {
      key,
      startLine: `GET ${this.resource} HTTP/1.1`,
      fields: [
        ["Host", this.address.url.host],
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Key", key],
        ["Sec-WebSocket-Version", "13"],
        ...(this.address.headers ?? []),
        ...(extensions === undefined ? [] : [["Sec-WebSocket-Extensions", extensions] as const]),
      ],
    };
  }

  /** Sends a head, whole or in chops, with whatever shall follow it in the same segment. */
  async send(
    transport: Transport,
    head: HeadDraft | Buffer,
    { chop = 0, behind = Buffer.alloc(0) }: Delivery = {},
  ): Promise<void> {
    const bytes = Buffer.concat([Buffer.isBuffer(head) ? head : encodeHead(head), behind]);
    this.context.log.sent(
      `${bytes.toString("latin1", 0, 400).trimEnd()}${chop > 0 ? `\n(in chops of ${chop})` : ""}`,
      bytes,
    );
    await (chop > 0 ? transport.writeInChops(bytes, chop) : transport.write(bytes));
  }

  async response(transport: Transport, withinMs: number = this.context.deadline.leftMs): Promise<HeadRead> {
    const read = await readHead(transport, withinMs);
    if (read.kind === "head") this.context.log.received(read.bytes.toString("latin1").trimEnd());
    else this.context.log.received(read.kind === "quiet" ? "nothing" : `TCP ${read.kind}`);
    this.context.judgement.saw(
      read.kind === "head"
        ? read.head.startLine
        : read.kind === "quiet"
          ? "no response"
          : `TCP ${read.kind} without a response`,
    );
    return read;
  }

  /** Performs the opening handshake the right way; anything but success ends the case. */
  async open(extensions?: string): Promise<Peer> {
    const transport = await this.dial();
    const request = this.request(extensions);
    this.context.log.sent(`an opening request${extensions === undefined ? "" : `, offering ${extensions}`}`);
    await transport.write(encodeHead(request));
    const read = await readHead(transport, this.context.deadline.leftMs);
    if (read.kind === "head") this.context.log.received(brief(read.head));
    if (read.kind !== "head") return this.context.judgement.fail("the opening handshake got no response");
    checkAcceptance(this.context, request.key, read.head);
    return this.peer(transport, this.agreed(read.head));
  }

  /** What the response settles about compression. */
  agreed(head: Head): Agreement | undefined {
    const extension = this.#extensions(head).find(({ name }) => name === "permessage-deflate");
    if (extension === undefined) return undefined;
    try {
      return agreementOf(extension);
    } catch (error) {
      return this.context.judgement.fail(`a wrong permessage-deflate response: ${(error as Error).message}`);
    }
  }

  /** A connection whose handshake a case performed by itself. */
  peer(transport: Transport, agreement?: Agreement): Peer {
    const { judgement, log, deadline } = this.context;
    return new Peer({ role: "server", transport, agreement, judgement, log, deadline });
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const transport of this.#transports) transport.destroy();
  }

  #extensions(head: Head): Extension[] {
    const values = head.all("Sec-WebSocket-Extensions");
    try {
      return values.flatMap(parseExtensions);
    } catch (error) {
      return this.context.judgement.fail(
        `a malformed Sec-WebSocket-Extensions in the response: ${(error as Error).message}`,
      );
    }
  }
}

/** A response where the handshake is not what the case is about. */
function brief(head: Head): string {
  return [head.startLine, ...head.all("Sec-WebSocket-Extensions")].join(", ");
}

/** Everything RFC 6455 §4.2.2 asks of a response that accepts. */
export function checkAcceptance({ judgement }: CaseContext, key: string, head: Head): void {
  if (statusOf(head) !== 101) judgement.fail(`a good request was answered with "${head.startLine}"`);
  if (!head.startLine.startsWith("HTTP/1.1 "))
    judgement.failed(`"${head.startLine}" is not an HTTP/1.1 response`);
  if (head.all("Upgrade").join(",").toLowerCase() !== "websocket")
    judgement.failed("the response has no `Upgrade: websocket`");
  if (!head.tokens("Connection").includes("upgrade"))
    judgement.failed("the response has no `Connection: Upgrade`");
  const accepts = head.all("Sec-WebSocket-Accept");
  if (accepts.length !== 1)
    judgement.failed(`the response has ${accepts.length} Sec-WebSocket-Accept fields`);
  if (accepts[0] !== acceptOf(key))
    judgement.fail(`Sec-WebSocket-Accept is "${accepts[0] ?? ""}", not "${acceptOf(key)}"`);
  for (const name of ["Content-Length", "Transfer-Encoding"]) {
    // RFC 9110 §8.6 and RFC 9112 §6.1: not in a response with a status of 1xx.
    if (head.all(name).length > 0) judgement.failed(`the 101 response carries ${name}`);
  }
}
