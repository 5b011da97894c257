// Events and requests between a client and its server, outside of rooms, in both directions.
import { ownEntry, type RoomsDefinition, unknownName } from "../definition/define-rooms.ts";
import { expectValid, validate, type Validated } from "../definition/standard-schema.ts";
import { InOrder } from "../in-order.ts";
import { RoomError } from "../room-error.ts";
import type { ClientMessage, EventMessage, RequestMessage, ServerMessage } from "../wire/messages.ts";
import { isErrorCode, MAX_ERROR_LENGTH } from "../wire/names.ts";
import type { ClientHost } from "./client-host.ts";
import type { CurrentConnection } from "./current-connection.ts";
import { Listeners, reportUncaught } from "./listeners.ts";

/** How a request is made. */
export interface ClientRequestOptions {
  /** How long the answer may take, in milliseconds, the wait for a connection included. Default: `answerTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Gives the answer up when aborted. */
  readonly signal?: AbortSignal;
}

export class DirectMessages {
  readonly #definition: RoomsDefinition;
  readonly #host: ClientHost;
  readonly #connection: CurrentConnection;
  readonly #onFault: (error: RoomError) => void;
  readonly #listeners = new Map<string, Listeners<[unknown]>>();
  readonly #handlers = new Map<string, (data: unknown) => unknown>();
  readonly #incoming = new InOrder();
  /** What is validated before it is sent: in order, as it was said. */
  readonly #outgoing = new InOrder();
  #working = 0;

  /** @param onFault what the server sent, or we were about to, makes no sense */
  constructor(
    definition: RoomsDefinition,
    host: ClientHost,
    connection: CurrentConnection,
    onFault: (error: RoomError) => void,
  ) {
    this.#definition = definition;
    this.#host = host;
    this.#connection = connection;
    this.#onFault = onFault;
  }

  // To the server

  /**
   * @returns false where there is no connection, and it was not told
   * @throws RoomError `UNKNOWN_NAME`, or `INVALID` where the validator says so at once; TypeError or RangeError for what no server takes
   */
  send(name: string, data: unknown): boolean {
    const schema = ownEntry(this.#definition.toServer?.events, name);
    if (schema === undefined) throw unknownName("event", name);
    const validated = validate(schema, data, `event "${name}"`);
    if (this.#connection.limits === undefined) return false;
    if (!(validated instanceof Promise) && validated.error !== undefined) throw validated.error;
    const frame = this.#connection.encode({ type: "event", name, data });
    const { link } = this.#connection;
    const put = ({ error }: Validated): void => {
      if (error !== undefined) this.#onFault(error);
      else if (this.#connection.link === link) link?.send(frame);
    };
    this.#outgoing.run(() => (validated instanceof Promise ? validated.then(put) : put(validated)));
    return true;
  }

  /** @throws RoomError: the server's, or one of our own; the signal's reason */
  async request(
    name: string,
    data: unknown,
    { timeoutMs = this.#host.options.answerTimeoutMs, signal }: ClientRequestOptions,
  ): Promise<unknown> {
    const request = ownEntry(this.#definition.toServer?.requests, name);
    if (request === undefined) throw unknownName("request", name);
    await expectValid(request.input, data, `request "${name}"`);
    if (this.#connection.isClosed) throw closed();
    signal?.throwIfAborted();
    const answer = await this.#ask(name, data, timeoutMs, signal);
    const value = answer.type === "reply" ? answer.data : undefined;
    return expectValid(request.output, value, `answer to "${name}"`);
  }

  #ask(
    name: string,
    data: unknown,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ServerMessage> {
    return new Promise((resolve, reject) => {
      const release = (): void => signal?.removeEventListener("abort", onAbort);
      const giveUp = this.#host.asker.ask({
        build: (id) => ({ type: "request", id, name, data }),
        timeoutMs,
        mayWait: true,
        onAnswer: (message) => {
          release();
          resolve(message);
        },
        onError: (error) => {
          release();
          reject(error);
        },
      });
      function onAbort(): void {
        giveUp();
        reject(signal?.reason as Error);
      }
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  // From the server

  /** @returns what ends it */
  listen(name: string, listener: (data: unknown) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, (listeners = new Listeners()));
    return listeners.add(listener);
  }

  handle(name: string, handler: (data: unknown) => unknown): void {
    this.#handlers.set(name, handler);
  }

  onEvent({ name, data }: EventMessage): void {
    if (this.#incoming.waiting >= this.#host.options.maxUnvalidated) return this.#onFault(tooMuch(name));
    this.#incoming.run(() => this.#hear(name, data));
  }

  #hear(name: string, data: unknown): void | Promise<void> {
    const schema = ownEntry(this.#definition.toClient?.events, name);
    if (schema === undefined) return this.#onFault(unknownName("event", name));
    const tell = (validated: Validated): void => {
      if (validated.error === undefined) this.#listeners.get(name)?.call(validated.value);
      else this.#onFault(validated.error);
    };
    const validated = validate(schema, data, `event "${name}"`);
    return validated instanceof Promise ? validated.then(tell) : tell(validated);
  }

  async onRequest(message: RequestMessage): Promise<void> {
    const { link } = this.#connection;
    const answer = await this.#answer(message);
    // An answer to another connection's question would answer nothing there, or something else.
    if (this.#connection.link !== link || this.#connection.limits === undefined) return;
    try {
      this.#connection.send(answer);
    } catch (error) {
      reportUncaught(error);
      this.#connection.send(internal(message.id));
    }
  }

  async #answer({ id, name, data }: RequestMessage): Promise<ClientMessage> {
    const { maxInFlight } = this.#host.options;
    if (this.#working >= maxInFlight) {
      return {
        type: "error",
        re: id,
        code: "OVERLOADED",
        message: `Cannot do that now: maxInFlight is ${maxInFlight}`,
      };
    }
    this.#working++;
    try {
      const request = ownEntry(this.#definition.toClient?.requests, name);
      const handler = this.#handlers.get(name);
      if (request === undefined || handler === undefined) throw unknownName("request", name);
      const value = await expectValid(request.input, data, `request "${name}"`);
      const answer = await handler(value);
      await expectValid(request.output, answer, `answer to "${name}"`);
      return { type: "reply", re: id, data: answer };
    } catch (error) {
      if (error instanceof RoomError && isErrorCode(error.code)) {
        const why = error.message.slice(0, MAX_ERROR_LENGTH);
        return { type: "error", re: id, code: error.code, message: why };
      }
      reportUncaught(error);
      return internal(id);
    } finally {
      this.#working--;
    }
  }
}

function internal(re: number): ClientMessage {
  return { type: "error", re, code: "INTERNAL", message: "Cannot do that: something went wrong here" };
}

function tooMuch(name: string): RoomError {
  return new RoomError("OVERLOADED", `Cannot take the event "${name}": too much waits to be validated`);
}

export function closed(): RoomError {
  return new RoomError("CLOSED", "Cannot do that: the client is closed");
}
