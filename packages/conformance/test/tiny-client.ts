// The tiny endpoint as a client that loops over a list of cases.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { randomBytes } from "node:crypto";
import type { ListedCase } from "../src/suite/client-listener.ts";
import { type Head, parseHead, statusOf } from "../src/wire/http-head.ts";
import { acceptFor, type Fault, TinyEndpoint } from "./tiny-endpoint.ts";

export type ClientHandshakeFault =
  | "believes any response"
  | "believes any accept"
  | "one key"
  | "short key"
  | "version 8"
  | "no upgrade header"
  | "speaks early"
  | "loses early frames"
  | "offers a protocol twice";

export interface TinyClientOptions {
  readonly faults?: readonly Fault[];
  readonly handshake?: readonly ClientHandshakeFault[];
}

/** Plays every case of the list, one after another, and says that it is done. */
export async function tinyClient(listUrl: string, options: TinyClientOptions = {}): Promise<void> {
  const { cases, done } = (await (await fetch(listUrl)).json()) as { cases: ListedCase[]; done: string };
  for (const one of cases) await play(one, options);
  await fetch(done);
}

async function play(
  { url, protocols = [] }: ListedCase,
  { faults = [], handshake = [] }: TinyClientOptions,
): Promise<void> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  const key = (
    handshake.includes("one key")
      ? Buffer.alloc(16, "0123456789abcdef")
      : randomBytes(handshake.includes("short key") ? 12 : 16)
  ).toString("base64");
  const offered = handshake.includes("offers a protocol twice") ? ["a", "a"] : protocols;
  const lines = [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...(handshake.includes("no upgrade header") ? [] : ["Upgrade: websocket"]),
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Version: ${handshake.includes("version 8") ? 8 : 13}`,
    ...(offered.length > 0 ? [`Sec-WebSocket-Protocol: ${offered.join(", ")}`] : []),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (handshake.includes("speaks early")) socket.write(Buffer.from("898000000000", "hex"));

  let head: Buffer = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const parsed = parseHead(head);
    if (parsed === undefined) return;
    const status = statusOf(parsed.head);
    const rest = head.subarray(parsed.length);
    if (status !== undefined && status < 200 && status !== 101) {
      head = Buffer.alloc(0);
      onHead(rest);
      return;
    }
    socket.off("data", onHead);
    if (!handshake.includes("believes any response") && !believable(parsed.head, key, offered, handshake)) {
      socket.destroy();
      return;
    }
    const endpoint = new TinyEndpoint(socket, { role: "client", faults });
    if (rest.length > 0 && !handshake.includes("loses early frames")) endpoint.receive(rest);
    socket.on("data", (data: Buffer) => endpoint.receive(data));
  };
  socket.on("data", onHead);
  socket.on("end", () => socket.end());
  await once(socket, "close");
}

function believable(
  head: Head,
  key: string,
  protocols: readonly string[],
  faults: readonly ClientHandshakeFault[],
): boolean {
  const chosen = head.all("Sec-WebSocket-Protocol");
  return (
    head.startLine.startsWith("HTTP/1.1 ") &&
    statusOf(head) === 101 &&
    head.tokens("Upgrade").join() === "websocket" &&
    head.tokens("Connection").includes("upgrade") &&
    (head.all("Sec-WebSocket-Accept").join() === acceptFor(key) || faults.includes("believes any accept")) &&
    head.all("Sec-WebSocket-Extensions").length === 0 &&
    (chosen.length === 0 || (chosen.length === 1 && protocols.includes(chosen[0]!)))
  );
}
