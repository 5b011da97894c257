// What a case is: a description that stands on its own in a report, and a function that plays it.
import type { Role } from "../role.ts";
import type { Extension } from "../deflate/extension-header.ts";
import type { ClientCall } from "../opening/client-call.ts";
import type { Http2ClientCall } from "../opening/http2-client-call.ts";
import type { Http2Probe } from "../opening/http2-probe.ts";
import type { ServerProbe } from "../opening/server-probe.ts";
import type { Peer } from "../peer/peer.ts";

/** The parts of a report, in order. */
export const groups = [
  "opening handshake, server",
  "opening handshake, client",
  "HTTP/2",
  "framing",
  "masking",
  "reserved bits",
  "opcodes",
  "ping and pong",
  "fragmentation",
  "UTF-8, valid",
  "UTF-8, invalid",
  "UTF-8, failing fast",
  "closing",
  "close codes",
  "limits",
  "compression, negotiation",
  "compression, messages",
  "compression, streams",
  "compression, violations",
] as const;
export type Group = (typeof groups)[number];

/** `short`: representative cases, `full`: all of them, `long`: with sweeps besides, such as every close code there is. */
export type Form = "short" | "full" | "long";

/** What a case says of itself to people. */
export interface CaseText {
  /** `<RFC>-<section>-<what>`: stable, and safe in a URL. */
  readonly id: string;
  readonly group: Group;
  /** `RFC 6455 §5.2` */
  readonly section: string;
  /** The rule in one sentence; between quotes where it is the RFC's own. */
  readonly rule: string;
  readonly sends: string;
  readonly expects: string;
  readonly form: Form;
  /** Runs alone, after the others: it moves megabytes. */
  readonly heavy?: boolean;
  /** Default 5 s. */
  readonly deadlineMs?: number;
}

/** Plays on an open connection, with either role under test. */
export interface ConnectionCase extends CaseText {
  readonly on: "connection";
  readonly roles: readonly Role[];
  /** Negotiate permessage-deflate first; without agreement the verdict is `not offered`. */
  readonly compression?: Compression;
  run(peer: Peer): Promise<void>;
}

/** Opens connections to a server by itself. */
export interface ServerCase extends CaseText {
  readonly on: "server";
  run(server: ServerProbe): Promise<void>;
}

/** Opens connections to a server over HTTP/2 by itself. */
export interface Http2ServerCase extends CaseText {
  readonly on: "http2-server";
  run(server: Http2Probe): Promise<void>;
}

/** Answers the extended CONNECT of a client. */
export interface Http2ClientCase extends CaseText {
  readonly on: "http2-client";
  run(call: Http2ClientCall): Promise<void>;
}

/** Answers the opening request of a client. */
export interface ClientCase extends CaseText {
  readonly on: "client";
  /** Subprotocols the client is asked to offer. */
  readonly protocols?: readonly string[];
  /** Appended to the URL the client is given. */
  readonly urlSuffix?: string;
  /** A client may refuse such a URL, and then never calls. */
  readonly mayNotCall?: boolean;
  run(call: ClientCall): Promise<void>;
}

/** One requirement of an RFC as something that happens on a wire. */
export type Case = ConnectionCase | ServerCase | Http2ServerCase | ClientCase | Http2ClientCase;

/** How a case wants permessage-deflate to be agreed. */
export interface Compression {
  /** What to offer a server. */
  readonly offer: string;
  /** What to answer a client, or `undefined` where its offer does not allow this case. */
  answer(offer: Extension): string | undefined;
}

export const bothRoles: readonly Role[] = ["server", "client"];

export function rolesOf(one: Case): readonly Role[] {
  if (one.on === "connection") return one.roles;
  return [one.on === "client" || one.on === "http2-client" ? "client" : "server"];
}

/** Whether the case can be played over this version of HTTP. */
export function isPlayedOver(one: Case, http2: boolean): boolean {
  return one.on === "connection" || http2 === one.on.startsWith("http2-");
}
