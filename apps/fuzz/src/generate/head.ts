// Heads of requests and responses as lines, and their bytes.
import { latin1 } from "../bytes.ts";
import type { Random } from "../random.ts";

export interface HeadModel {
  readonly startLine: string;
  readonly fields: readonly FieldModel[];
}

export interface FieldModel {
  readonly name: string;
  /** Between name and value. */
  readonly separator: string;
  readonly value: string;
  readonly lineEnd: string;
}

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const PROTOCOLS: readonly string[] = ["chat", "superchat", "v2.example"];

export function field(name: string, value: string): FieldModel {
  return { name, separator: ": ", value, lineEnd: "\r\n" };
}

export function encodeHeadModel({ startLine, fields }: HeadModel): Uint8Array {
  const lines = fields.map(({ name, separator, value, lineEnd }) => `${name}${separator}${value}${lineEnd}`);
  return latin1(`${startLine}\r\n${lines.join("")}\r\n`);
}

/** A request that a server without wishes of its own accepts. */
export function requestHead(random: Random): HeadModel {
  const fields = [
    field("Host", random.pick(["example.org", "example.org:8080", "[::1]:80", "127.0.0.1", "EXAMPLE.org"])),
    field("Upgrade", random.pick(["websocket", "WebSocket", "HTTP/3.0, websocket"])),
    field("Connection", random.pick(["Upgrade", "keep-alive, Upgrade", "upgrade"])),
    field("Sec-WebSocket-Key", KEY),
    field("Sec-WebSocket-Version", "13"),
  ];
  if (random.oneIn(2)) fields.push(field("Sec-WebSocket-Extensions", extensionValue(random)));
  if (random.oneIn(2)) fields.push(field("Sec-WebSocket-Protocol", protocolValue(random)));
  if (random.oneIn(3)) fields.push(field("User-Agent", "x".repeat(random.below(200))));
  if (random.oneIn(3)) fields.push(field("Cookie", "a=1; b=\xe9"));
  const target = random.pick(["/", "/chat?room=1", "/%2e%2e/", "http://example.org/chat", "/*"]);
  return { startLine: `GET ${target} HTTP/1.1`, fields: shuffle(fields, random) };
}

/** A response that accepts the request with {@link KEY}. */
export function responseHead(random: Random): HeadModel {
  const fields = [
    field("Upgrade", random.pick(["websocket", "WebSocket"])),
    field("Connection", random.pick(["Upgrade", "upgrade, keep-alive"])),
    field("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
  ];
  if (random.oneIn(2)) fields.push(field("Sec-WebSocket-Protocol", random.pick(PROTOCOLS)));
  if (random.oneIn(2)) {
    const parameters = [
      "server_no_context_takeover",
      "client_no_context_takeover",
      "server_max_window_bits=10",
    ];
    const chosen = parameters.filter(() => random.oneIn(2));
    fields.push(field("Sec-WebSocket-Extensions", ["permessage-deflate", ...chosen].join("; ")));
  }
  if (random.oneIn(3)) fields.push(field("Server", "x".repeat(random.below(100))));
  return {
    startLine: `HTTP/1.1 101 ${random.pick(["Switching Protocols", "", "\xe9"])}`,
    fields: shuffle(fields, random),
  };
}

/** A list of offers that keeps the grammar. */
export function extensionValue(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () => {
    const name = random.oneIn(4)
      ? random.pick(["x-webkit-deflate-frame", "foo", "__proto__"])
      : "permessage-deflate";
    const parameters = new Set(
      Array.from({ length: random.below(5) }, () =>
        random.pick([
          "server_no_context_takeover",
          "client_no_context_takeover",
          "client_max_window_bits",
          `client_max_window_bits=${random.between(8, 15)}`,
          `server_max_window_bits=${random.between(8, 15)}`,
          `server_max_window_bits="${random.between(8, 15)}"`,
        ]),
      ),
    );
    return [name, ...parameters].join(random.pick(["; ", ";", " ;\t"]));
  }).join(random.pick([", ", ",", " , "]));
}

function protocolValue(random: Random): string {
  return shuffle(PROTOCOLS, random).slice(0, random.between(1, PROTOCOLS.length)).join(", ");
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
  }
  return shuffled;
}
