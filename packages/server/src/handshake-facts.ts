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

// What they are told are plain objects, so that whoever copies or prints them finds everything there. The accessors of all of
// them are the same functions: with closures, each object would be a dictionary.

const FACTS: unique symbol = Symbol("facts");
type Knowing = { readonly [FACTS]: HandshakeFacts<string> };

const QUERY: PropertyDescriptor & ThisType<Knowing> = {
  get() {
    return this[FACTS].query;
  },
  enumerable: true,
  configurable: true,
};

const REMOTE_ADDRESS: PropertyDescriptor & ThisType<Knowing> = {
  get() {
    return this[FACTS].remoteAddress;
  },
  enumerable: true,
  configurable: true,
};

function told<Path extends string>(facts: HandshakeFacts<Path>): HandshakeInfo<Path> {
  const { path, params, httpVersion } = facts;
  const info = { path, params };
  Object.defineProperty(info, FACTS, { value: facts });
  Object.defineProperty(info, "query", QUERY);
  Object.defineProperty(info, "remoteAddress", REMOTE_ADDRESS);
  return Object.assign(info as HandshakeInfo<Path>, { httpVersion });
}

export function authenticateInfo<Path extends string>(
  facts: HandshakeFacts<Path>,
  signal: AbortSignal,
): AuthenticateInfo<Path> {
  return Object.assign(told(facts), { signal });
}

export function connectionInfo<Context, Path extends string>(
  facts: HandshakeFacts<Path>,
  context: Context,
): ConnectionInfo<Context, Path> {
  return Object.assign(told(facts), { context });
}
