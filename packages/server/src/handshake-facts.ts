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

// Objects of their own, so that whoever copies or prints them finds everything there.

export function authenticateInfo<Path extends string>(
  facts: HandshakeFacts<Path>,
  signal: AbortSignal,
): AuthenticateInfo<Path> {
  const { path, params, httpVersion } = facts;
  return {
    path,
    params,
    get query() {
      return facts.query;
    },
    get remoteAddress() {
      return facts.remoteAddress;
    },
    httpVersion,
    signal,
  };
}

export function connectionInfo<Context, Path extends string>(
  facts: HandshakeFacts<Path>,
  context: Context,
): ConnectionInfo<Context, Path> {
  const { path, params, httpVersion } = facts;
  return {
    path,
    params,
    get query() {
      return facts.query;
    },
    get remoteAddress() {
      return facts.remoteAddress;
    },
    httpVersion,
    context,
  };
}
