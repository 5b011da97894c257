// Events and requests between the application and one client, outside of rooms, in both directions.
import { ownEntry, unknownName } from "../definition/define-rooms.ts";
import { expectValid, validate, type Validated } from "../definition/standard-schema.ts";
import { InOrder } from "../in-order.ts";
import { PendingAnswers } from "../pending-answers.ts";
import { RoomError } from "../room-error.ts";
import type {
  ErrorMessage,
  EventMessage,
  ReplyMessage,
  RequestMessage,
  ServerMessage,
} from "../wire/messages.ts";
import { frameFor } from "./local-room.ts";
import type { AnyPeer, PeerHost } from "./peer-host.ts";
import type { RequestOptions } from "./peer.ts";

export class DirectMessages {
  readonly #host: PeerHost;
  readonly #peer: AnyPeer;
  readonly #tell: (message: ServerMessage) => void;
  /** Aborted when the client has gone. */
  readonly #gone: AbortSignal;
  readonly #answers: PendingAnswers<unknown>;
  /** What is validated before it is sent: in order, as it was said. */
  readonly #outgoing = new InOrder();

  constructor(host: PeerHost, peer: AnyPeer, tell: (message: ServerMessage) => void, gone: AbortSignal) {
    this.#host = host;
    this.#peer = peer;
    this.#tell = tell;
    this.#gone = gone;
    this.#answers = new PendingAnswers(host.limits.maxPendingRequests);
  }

  /** Whoever waits for an answer is told that the client has gone. */
  end(): void {
    this.#answers.failAll(this.#gone.reason as RoomError);
  }

  // From the application

  /** @throws RoomError `UNKNOWN_NAME`, or `INVALID` where the validator says so at once */
  send(name: string, data: unknown): void {
    const schema = ownEntry(this.#host.protocol.definition.toClient?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const validated = validate(schema, data, `event "${name}"`);
    if (!(validated instanceof Promise) && validated.error !== undefined) throw validated.error;
    const frame = frameFor({ type: "event", name, data });
    const send = ({ error }: Validated): void => {
      if (error !== undefined) this.#host.reportError(error, this.#peer);
      else if (!this.#gone.aborted) this.#peer.socket.send(frame);
    };
    this.#outgoing.run(() => (validated instanceof Promise ? validated.then(send) : send(validated)));
  }

  /** @throws RoomError: the client's, or one of our own */
  async request(name: string, data: unknown, options: RequestOptions): Promise<unknown> {
    const request = ownEntry(this.#host.protocol.definition.toClient?.requests, name);
    if (request === undefined) throw unknownName("request", name);
    await expectValid(request.input, data, `request "${name}"`);
    this.#gone.throwIfAborted();
    const { timeoutMs = this.#host.limits.requestTimeoutMs, signal } = options;
    const ask = (id: number): void => this.#tell({ type: "request", id, name, data });
    const answer = await this.#answers.ask(ask, { timeoutMs, signal });
    return expectValid(request.output, answer, `answer to "${name}"`);
  }

  // From the client

  onReply({ re, data }: ReplyMessage): void {
    this.#answers.answer(re, data);
  }

  onError({ re, code, message }: ErrorMessage): void {
    if (re !== undefined) this.#answers.refuse(re, new RoomError(code, message));
  }

  /** @throws RoomError, and whatever its handler throws */
  async onEvent({ name, data }: EventMessage): Promise<void> {
    const schema = ownEntry(this.#host.protocol.definition.toServer?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const value = await expectValid(schema, data, `event "${name}"`);
    await this.#host.eventHandlers.get(name)?.(value, this.#peer);
  }

  /** @throws RoomError, and whatever its handler throws */
  async onRequest({ id, name, data }: RequestMessage): Promise<ServerMessage> {
    const request = ownEntry(this.#host.protocol.definition.toServer?.requests, name);
    const handler = this.#host.requestHandlers.get(name);
    if (request === undefined || handler === undefined) throw unknownName("request", name);
    const value = await expectValid(request.input, data, `request "${name}"`);
    const answer = await handler(value, this.#peer, { signal: this.#gone });
    const validated = await validate(request.output, answer, `answer to "${name}"`);
    // It is not the client's fault, nor its business.
    if (validated.error !== undefined) throw new Error(validated.error.message, { cause: validated.error });
    return { type: "reply", re: id, data: answer };
  }
}
