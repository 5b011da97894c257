// What becomes of one upgrade request: refused in the words of `ws`, or answered with 101. Knows no server beyond what is
// asked of it here, and forgets the socket as soon as it has a WebSocket.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { acceptKey } from "@ws/handshake";
import type { HandshakeResult } from "./open-connection.ts";
import type { ServerOptions, VerifyClientCallback } from "./options.ts";
import { type AgreedDeflate, answerOffers } from "./per-message-deflate.ts";
import { subprotocol } from "./subprotocol.ts";

/** How long whoever was refused has to read why and to leave. */
const LINGER_MS = 2000;

/** What a handshake asks of its server. */
export interface HandshakeServer {
  readonly options: ServerOptions;
  isRunning(): boolean;
  shouldHandle(): boolean;
  /** Shows the lines of the response to whoever wants to change them. */
  emitHeaders(headers: string[]): void;
  /** Leaves the answer to a bad request to listeners; `false` where there are none. */
  emitClientError(error: Error): boolean;
  open(result: HandshakeResult): void;
}

type Headers = Readonly<Record<string, string | number | readonly string[]>>;

/** A request that is no handshake. */
class BadRequest extends Error {
  readonly status: number;
  readonly headers: Headers;

  constructor(status: number, message: string, headers: Headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** A request that is one. */
interface Request {
  readonly key: string;
  readonly version: number;
  readonly protocols: Set<string>;
  readonly deflate: AgreedDeflate | undefined;
}

const handled = new WeakSet<Duplex>();

/** @throws Error for a socket that has a WebSocket */
export function handleUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  server: HandshakeServer,
): void {
  const onError = (): void => void socket.destroy();
  socket.on("error", onError);
  const complete = (asked: Request): void => {
    // The peer, or a listener, has ended it meanwhile.
    if (!socket.readable || !socket.writable) return void socket.destroy();
    if (handled.has(socket)) {
      throw new Error(
        "server.handleUpgrade() was called more than once with the same socket, possibly due to a misconfiguration",
      );
    }
    if (!server.isRunning()) return refuse(socket, 503);
    handled.add(socket);
    accept(request, socket, head, asked, server, onError);
  };

  let asked: Request | undefined;
  try {
    asked = readRequest(request, server);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    if (server.emitClientError(new Error(error.message))) return;
    return refuse(socket, error.status, error.message, error.headers);
  }
  if (asked === undefined) return refuse(socket, 400);
  verifyClient(request, asked, server.options, (verified, code = 401, message, headers) => {
    if (verified) complete(asked);
    else refuse(socket, code, message, headers);
  });
}

/**
 * @returns `undefined` where the request is for somebody else
 * @throws BadRequest for what is no handshake
 */
function readRequest(request: IncomingMessage, server: HandshakeServer): Request | undefined {
  const { method, headers } = request;
  const { perMessageDeflate = false } = server.options;
  const key = headers["sec-websocket-key"];
  const version = Number(headers["sec-websocket-version"]);
  if (method !== "GET") throw new BadRequest(405, "Invalid HTTP method");
  if (headers.upgrade?.toLowerCase() !== "websocket") throw new BadRequest(400, "Invalid Upgrade header");
  if (key === undefined || !isKey(key)) {
    throw new BadRequest(400, "Missing or invalid Sec-WebSocket-Key header");
  }
  // RFC 6455 §4.4: "the server MUST abort the WebSocket handshake … and instead send an appropriate HTTP error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version| header field indicating the version(s)"
  if (version !== 13 && version !== 8) {
    throw new BadRequest(400, "Missing or invalid Sec-WebSocket-Version header", {
      "Sec-WebSocket-Version": "13, 8",
    });
  }
  if (!server.shouldHandle()) return undefined;
  const protocols = readProtocols(headers["sec-websocket-protocol"]);
  const offers = headers["sec-websocket-extensions"];
  if (!perMessageDeflate || offers === undefined) return { key, version, protocols, deflate: undefined };
  try {
    const deflate = answerOffers(offers, perMessageDeflate === true ? {} : perMessageDeflate);
    return { key, version, protocols, deflate };
  } catch (error) {
    // Of the options it is the server's owner that has to hear.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    throw new BadRequest(400, "Invalid or unacceptable Sec-WebSocket-Extensions header");
  }
}

function readProtocols(header: string | undefined): Set<string> {
  if (header === undefined) return new Set();
  try {
    return subprotocol.parse(header);
  } catch {
    throw new BadRequest(400, "Invalid Sec-WebSocket-Protocol header");
  }
}

/** 16 bytes in base64. */
function isKey(key: string): boolean {
  return key.length === 24 && /^[+/0-9A-Za-z]{22}==$/.test(key);
}

function verifyClient(
  request: IncomingMessage,
  { version }: Request,
  { verifyClient: verify }: ServerOptions,
  then: VerifyClientCallback,
): void {
  if (!verify) return then(true);
  const { authorized, encrypted } = request.socket as { authorized?: boolean; encrypted?: boolean };
  const origin = request.headers[version === 8 ? "sec-websocket-origin" : "origin"] as string;
  const info = { origin, secure: Boolean(authorized || encrypted), req: request };
  if (verify.length === 2) verify(info, then);
  else then(Boolean((verify as (each: typeof info) => boolean)(info)));
}

function accept(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  { key, protocols, deflate }: Request,
  server: HandshakeServer,
  onError: () => void,
): void {
  const { handleProtocols } = server.options;
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key)}`,
  ];
  let protocol = "";
  if (protocols.size > 0) {
    const [first = ""] = protocols;
    protocol = (handleProtocols ? handleProtocols(protocols, request) : first) || "";
    if (protocol !== "") lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  }
  if (deflate !== undefined) lines.push(`Sec-WebSocket-Extensions: ${deflate.header}`);
  server.emitHeaders(lines);
  // Nobody but the application can have brought it in, perhaps from what a peer sent: a line must not become two.
  if (lines.some((line) => line.includes("\n") || line.includes("\r"))) return refuse(socket, 500);

  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.removeListener("error", onError);
  const { setTimeout, setNoDelay } = socket as Partial<Socket>;
  setTimeout?.call(socket, 0);
  setNoDelay?.call(socket);
  server.open({ socket, head, protocol, deflate });
}

/** Says no in a way that arrives: unread bytes would make the kernel send a reset that can overtake the answer. */
function refuse(
  socket: Duplex,
  status: number,
  message = STATUS_CODES[status] ?? "",
  headers: Headers = {},
): void {
  const fields = {
    Connection: "close",
    "Content-Type": "text/html",
    "Content-Length": Buffer.byteLength(message),
    ...headers,
  };
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (const [name, value] of Object.entries(fields)) text += `${name}: ${oneLine(String(value))}\r\n`;
  socket.end(`${text}\r\n${message}`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once("end", () => socket.destroy()).once("close", () => clearTimeout(timer));
}

function oneLine(text: string): string {
  return text.replaceAll("\r", "").replaceAll("\n", "");
}
