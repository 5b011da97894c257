// What a server knows of a handshake, once, and as those see it whom it asks and tells. What takes time to find out is
// found out when somebody reads it.
import type { RequestHead } from "@ws/handshake";
import type { AuthenticateInfo } from "./authenticate.ts";
import type { ConnectionInfo, HandshakeInfo } from "./handshake-info.ts";
import type { ClientAddress } from "./remote-address.ts";
import { type PathParams, targetQuery } from "./request-path.ts";

export class HandshakeFacts<Path extends string> implements HandshakeInfo<Path> {
  readonly path: string;
  readonly params: PathParams<Path>;
  readonly httpVersion: string;
  readonly address: ClientAddress;
  readonly #target: string;
  #query: URLSearchParams | undefined;

  /** @param params what the server's path made of `path`; it knows their names, the compiler takes its word */
  constructor(
    { target, httpVersion }: RequestHead,
    path: string,
    params: PathParams,
    address: ClientAddress,
  ) {
    this.path = path;
    this.params = params as PathParams<Path>;
    this.httpVersion = httpVersion;
    this.address = address;
    this.#target = target;
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(targetQuery(this.#target)));
  }

  get remoteAddress(): string | undefined {
    return this.address();
  }
}

/**
 * An object of its own, so that whoever copies or prints it finds everything there. The accessors of all of them are the
 * same functions: closures would make each a dictionary.
 */
class Told<Path extends string> {
  readonly path: string;
  readonly params: PathParams<Path>;
  declare readonly query: URLSearchParams;
  declare readonly remoteAddress: string | undefined;
  readonly httpVersion: string;
  readonly #facts: HandshakeFacts<Path>;

  constructor(facts: HandshakeFacts<Path>) {
    this.path = facts.path;
    this.params = facts.params;
    this.httpVersion = facts.httpVersion;
    this.#facts = facts;
    Object.defineProperty(this, "query", Told.#query);
    Object.defineProperty(this, "remoteAddress", Told.#remoteAddress);
  }

  static readonly #query: PropertyDescriptor & ThisType<Told<string>> = {
    get() {
      return this.#facts.query;
    },
    enumerable: true,
  };

  static readonly #remoteAddress: PropertyDescriptor & ThisType<Told<string>> = {
    get() {
      return this.#facts.remoteAddress;
    },
    enumerable: true,
  };
}

class ToldToAuthenticate<Path extends string> extends Told<Path> implements AuthenticateInfo<Path> {
  readonly signal: AbortSignal;

  constructor(facts: HandshakeFacts<Path>, signal: AbortSignal) {
    super(facts);
    this.signal = signal;
  }
}

class ToldOfConnection<Context, Path extends string>
  extends Told<Path>
  implements ConnectionInfo<Context, Path>
{
  readonly context: Context;

  constructor(facts: HandshakeFacts<Path>, context: Context) {
    super(facts);
    this.context = context;
  }
}

export function authenticateInfo<Path extends string>(
  facts: HandshakeFacts<Path>,
  signal: AbortSignal,
): AuthenticateInfo<Path> {
  return new ToldToAuthenticate(facts, signal);
}

export function connectionInfo<Context, Path extends string>(
  facts: HandshakeFacts<Path>,
  context: Context,
): ConnectionInfo<Context, Path> {
  return new ToldOfConnection(facts, context);
}
