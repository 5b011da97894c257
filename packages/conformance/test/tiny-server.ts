// The tiny endpoint behind a handshake of its own, on a free port.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Agreement, agreementOf } from "../src/deflate/agreement.ts";
import { parseExtensions } from "../src/deflate/extension-header.ts";
import { type Head, parseHead } from "../src/wire/http-head.ts";
import { acceptFor, type Fault, TinyEndpoint } from "./tiny-endpoint.ts";

export type HandshakeFault =
  | "wrong accept"
  | "accepts anything"
  | "no version header"
  | "chooses a protocol"
  | "chooses an extension"
  | "no connection header"
  | "loses early frames"
  | "agrees to any deflate offer";

export interface TinyServerOptions {
  readonly faults?: readonly Fault[];
  readonly handshake?: readonly HandshakeFault[];
  /** The response to every offer of permessage-deflate, or `true` to echo the first offer. */
  readonly deflate?: string | true;
  /** With `true`: agrees to no context takeover, in either direction, whatever is offered. */
  readonly withoutTakeover?: boolean;
}

export interface TinyServer extends AsyncDisposable {
  readonly url: URL;
}

export async function tinyServer({
  faults = [],
  handshake = [],
  deflate,
  withoutTakeover = false,
}: TinyServerOptions = {}): Promise<TinyServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let head: Buffer = Buffer.alloc(0);
    const onHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const parsed = parseHead(head);
      if (parsed === undefined) return;
      socket.off("data", onHead);
      const rest = head.subarray(parsed.length);
      const wellFormed = parsed.head.all("Sec-WebSocket-Extensions").every(isList);
      const answer =
        deflate === undefined || !wellFormed ? undefined : answerTo(parsed.head, deflate, handshake);
      const extension = withoutTakeover ? answer && withoutContext(answer) : answer;
      if (!respond(socket, parsed.head, handshake, extension)) return;
      const agreed = extension === undefined ? undefined : whatItSays(extension);
      const endpoint = new TinyEndpoint(socket, {
        role: "server",
        faults,
        deflate: agreed && {
          windowBits: agreed.serverMaxWindowBits,
          takeover: !agreed.serverNoContextTakeover,
          takeoverOfPeer: !agreed.clientNoContextTakeover,
        },
      });
      if (rest.length > 0 && !handshake.includes("loses early frames")) endpoint.receive(rest);
      socket.on("data", (data: Buffer) => endpoint.receive(data));
    };
    socket.on("data", onHead);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Some tests make it say nonsense, and then nothing was agreed. */
function whatItSays(extension: string): Agreement | undefined {
  try {
    return agreementOf(parseExtensions(extension)[0]!);
  } catch {
    return undefined;
  }
}

function answerTo(
  head: Head,
  deflate: string | true,
  handshake: readonly HandshakeFault[],
): string | undefined {
  for (const offer of head.all("Sec-WebSocket-Extensions").flatMap(parseExtensions)) {
    if (offer.name !== "permessage-deflate") continue;
    try {
      agreementOf({
        ...offer,
        parameters: offer.parameters.map(([name, value]) => [
          name,
          name === "client_max_window_bits" ? (value ?? "15") : value,
        ]),
      });
    } catch {
      if (!handshake.includes("agrees to any deflate offer")) continue;
      return "permessage-deflate";
    }
    if (deflate !== true) return deflate;
    return [
      offer.name,
      ...offer.parameters.map(([name, value]) =>
        name === "client_max_window_bits"
          ? `${name}=${value ?? 15}`
          : value === undefined
            ? name
            : `${name}=${value}`,
      ),
    ].join("; ");
  }
  return undefined;
}

function withoutContext(answer: string): string {
  const unsaid = ["client_no_context_takeover", "server_no_context_takeover"].filter(
    (name) => !answer.includes(name),
  );
  return [answer, ...unsaid].join("; ");
}

/** Judges a request the way RFC 6455 §4.2.1 wants, and answers it; tells whether the connection is open. */
function respond(
  socket: Socket,
  head: Head,
  faults: readonly HandshakeFault[],
  extension: string | undefined,
): boolean {
  const key = head.all("Sec-WebSocket-Key")[0] ?? "";
  const good =
    /^GET \S+ HTTP\/1\.1$/.test(head.startLine) &&
    head.all("Host").length === 1 &&
    head.tokens("Upgrade").includes("websocket") &&
    head.tokens("Connection").includes("upgrade") &&
    head.all("Sec-WebSocket-Key").length === 1 &&
    /^[A-Za-z\d+/]{21}[AQgw]==$/.test(key) &&
    head.all("Sec-WebSocket-Version").join() === "13" &&
    head.all("Sec-WebSocket-Extensions").every(isList);
  if (!good && !faults.includes("accepts anything")) {
    const version = faults.includes("no version header") ? "" : "Sec-WebSocket-Version: 13\r\n";
    socket.end(`HTTP/1.1 426 Upgrade Required\r\n${version}Content-Length: 0\r\nConnection: close\r\n\r\n`);
    return false;
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    ...(faults.includes("no connection header") ? [] : ["Connection: Upgrade"]),
    `Sec-WebSocket-Accept: ${acceptFor(faults.includes("wrong accept") ? "another key" : key)}`,
    ...(faults.includes("chooses a protocol") ? ["Sec-WebSocket-Protocol: chat"] : []),
    ...(faults.includes("chooses an extension") ? ["Sec-WebSocket-Extensions: x-unknown"] : []),
    ...(extension === undefined ? [] : [`Sec-WebSocket-Extensions: ${extension}`]),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return true;
}

function isList(value: string): boolean {
  try {
    parseExtensions(value);
    return true;
  } catch {
    return false;
  }
}
