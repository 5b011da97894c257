// A capture as HAR 1.2, an entry for each connection, its messages in Chromium's `_webSocketMessages`: what DevTools and
// most readers of HAR files show. Seen from the client, as always in HAR; control frames have no place there.
import type { Capture, CapturedConnection, CapturedMessage, HeadField } from "./capture.ts";
import { toBase64 } from "./base64.ts";

/** One message, as Chromium's developer tools write it. */
export interface HarMessage {
  /** Seen from the client. */
  readonly type: "send" | "receive";
  /** In seconds since 1970. */
  readonly time: number;
  /** 1 is text, 2 binary. */
  readonly opcode: number;
  /** The text, or base64 of the bytes. */
  readonly data: string;
  /** Why `data` is empty, where it is not known. */
  readonly _gap?: string;
}

interface HarPair {
  readonly name: string;
  readonly value: string;
  readonly comment?: string;
}

/** One connection: its handshake as a request with its response, and its messages. */
export interface HarEntry {
  /** When the handshake had ended, as ISO 8601. */
  readonly startedDateTime: string;
  /** For how long it was open, in milliseconds; 0 while it is. */
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarPair[];
    readonly headers: readonly HarPair[];
    readonly queryString: readonly HarPair[];
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarPair[];
    readonly headers: readonly HarPair[];
    readonly content: { readonly size: number; readonly mimeType: string };
    readonly redirectURL: string;
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  readonly connection: string;
  readonly comment?: string;
  readonly _resourceType: "websocket";
  readonly _webSocketMessages: readonly HarMessage[];
}

/** A HAR file, version 1.2, as an object: `JSON.stringify` makes the file of it. */
export interface Har {
  readonly log: {
    readonly version: "1.2";
    readonly creator: { readonly name: string; readonly version: string };
    readonly pages: readonly never[];
    readonly entries: readonly HarEntry[];
    readonly comment?: string;
  };
}

/** A byte order mark is part of what was said. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** HAR's word for what is not known. */
const UNKNOWN = -1;

/**
 * The connections and messages of a capture, as a HAR file has them; what was left out is told in its
 * comment.
 */
export function toHar({ connections, messages, leftOut }: Capture): Har {
  const byConnection = new Map<number, HarMessage[]>(connections.map(({ id }) => [id, []]));
  for (const message of messages) byConnection.get(message.connection)?.push(toHarMessage(message));
  const entries = connections.map((connection) => toEntry(connection, byConnection.get(connection.id) ?? []));
  const isWhole = leftOut.frames === 0 && leftOut.bytes === 0;
  return {
    log: {
      version: "1.2",
      creator: { name: "WebSocket inspector", version: "1" },
      pages: [],
      entries,
      ...(!isWhole && { comment: `${leftOut.frames} frames (${leftOut.bytes} bytes) were left out` }),
    },
  };
}

function toEntry(connection: CapturedConnection, messages: readonly HarMessage[]): HarEntry {
  const { request, response } = connection.handshake;
  const httpVersion = `HTTP/${request.httpVersion}`;
  const url = urlOf(connection);
  const closed = connection.states.find(({ state }) => state === "closed");
  const { end } = connection;
  return {
    startedDateTime: new Date(connection.openedAt).toISOString(),
    time: closed === undefined ? 0 : Math.max(0, closed.time - connection.openedAt),
    request: {
      method: request.method,
      url: url.href,
      httpVersion,
      // Secrets are not in the record; cookies of a request are one.
      cookies: [],
      headers: request.fields.map(toPair),
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      headersSize: UNKNOWN,
      bodySize: 0,
    },
    response: {
      status: response.status,
      statusText: response.status === 101 ? "Switching Protocols" : "",
      httpVersion,
      cookies: [],
      headers: response.fields.map(toPair),
      content: { size: 0, mimeType: "x-unknown" },
      redirectURL: "",
      headersSize: UNKNOWN,
      bodySize: UNKNOWN,
    },
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    connection: String(connection.id),
    ...(end !== undefined && {
      comment: `Closed with ${end.code}${end.reason === "" ? "" : `, ${end.reason}`}`,
    }),
    _resourceType: "websocket",
    _webSocketMessages: messages,
  };
}

function urlOf({ handshake: { request } }: CapturedConnection): URL {
  const host = request.fields.find(({ name }) => /^(?:host|:authority)$/i.test(name))?.value ?? "localhost";
  const url = `ws://${host}${request.target}`;
  return URL.canParse(url) ? new URL(url) : new URL("ws://localhost/");
}

function toPair({ name, value, isMasked }: HeadField): HarPair {
  return { name, value, ...(isMasked === true && { comment: "Not what was sent: a secret" }) };
}

function toHarMessage({ direction, time, opcode, data, gap }: CapturedMessage): HarMessage {
  return {
    type: direction === "received" ? "send" : "receive",
    time: time / 1000,
    opcode,
    data: data === undefined ? "" : opcode === 1 ? utf8.decode(data) : toBase64(data),
    ...(gap !== undefined && { _gap: gap }),
  };
}
