// A server that runs until it is interrupted: it says where it listens, who comes and how they leave.
import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, isIPv6 } from "node:net";
import { type Connection, WebSocketServer } from "@ws/server";
import sirv from "sirv";
import { CommandError, sentence, usageError } from "../command-error.ts";
import { type CommandIo, note, write } from "../command-io.ts";
import { describeClose } from "../connect/event-output.ts";
import { ExitCode } from "../exit-code.ts";
import { readKeyPair } from "../flags/pem-files.ts";
import { printableLine } from "../terminal-text.ts";

export interface ServerFlags {
  readonly port: number;
  readonly host: string;
  readonly cert?: string;
  readonly key?: string;
  readonly origin?: readonly string[];
  readonly subprotocol?: readonly string[];
  readonly compress?: true;
  readonly quiet?: true;
  readonly maxConnections: number;
  readonly maxMessage: number;
}

/** What its WebSockets do. */
export type Talk = "echo" | "broadcast";

/** How long connections may take to close when the server ends. */
const SHUTDOWN_MS = 2000;

/** Serves until the signal is aborted. */
export async function serve(
  flags: ServerFlags,
  talk: Talk,
  folder: string | undefined,
  io: CommandIo,
): Promise<ExitCode> {
  const isSecure = flags.cert !== undefined || flags.key !== undefined;
  const http = await createHttp(flags, folder);
  const { origin, subprotocol } = flags;
  const server = new WebSocketServer({
    server: http,
    ...(origin !== undefined && { origin: origin.includes("*") ? () => true : origin }),
    ...(subprotocol !== undefined && { protocols: subprotocol }),
    perMessageDeflate: flags.compress === true,
    maxConnections: flags.maxConnections,
    maxMessageBytes: flags.maxMessage,
  });
  const say = (text: string): void => {
    if (flags.quiet !== true) note(io.stderr, printableLine(text));
  };
  let count = 0;
  server.on("connection", (connection, request, { remoteAddress }) => {
    const name = `#${++count}`;
    say(`${name} connected from ${remoteAddress} to ${request.url}`);
    connection.on("close", (result) => say(`${name} ${describeClose(result)}`));
    answer(talk, connection, server);
  });
  try {
    http.listen(flags.port, flags.host);
    await once(http, "listening");
  } catch (error) {
    throw new CommandError(ExitCode.unreachable, `Cannot listen: ${sentence(error)}`, { cause: error });
  }
  try {
    const { port } = http.address() as AddressInfo;
    const host = isIPv6(flags.host) ? `[${flags.host}]` : flags.host;
    const scheme = folder === undefined ? "ws" : "http";
    await write(io.stdout, `${scheme}${isSecure ? "s" : ""}://${host}:${port}/\n`);
    if (!io.signal.aborted) await once(io.signal, "abort");
  } finally {
    const closed = new Promise((resolve) => http.close(resolve));
    await server.shutdown({ deadlineMs: SHUTDOWN_MS });
    http.closeAllConnections();
    await closed;
  }
  // An interrupt is how a server is meant to end.
  return ExitCode.ok;
}

function answer(talk: Talk, connection: Connection, server: WebSocketServer): void {
  if (talk === "echo") return echo(connection);
  connection.on("message", (message) => {
    const prepared = connection.prepare(message);
    for (const other of server.clients) if (other !== connection) other.send(prepared);
  });
}

/** An answer leaves before the next message is read, and so before a close is answered; who does not read is not read from. */
function echo(connection: Connection): void {
  connection.on("message", (message) => void (connection.send(message) || connection.pause()));
  connection.on("drain", () => connection.resume());
}

async function createHttp(flags: ServerFlags, folder: string | undefined): Promise<HttpServer> {
  const listener = folder === undefined ? upgradeRequired : filesOf(folder);
  const pair = await readKeyPair(flags, "speak TLS");
  return pair === undefined ? createServer(listener) : createTlsServer({ ...pair }, listener);
}

/** The files as they are when they are asked for. In that mode sirv serves hidden ones, whatever it is told. */
function filesOf(folder: string): RequestListener {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw usageError(`Cannot serve ${folder}: it is no folder`);
  }
  const files = sirv(folder, { dev: true });
  return (request, response) => {
    if (isHidden(request.url ?? "/")) response.writeHead(404).end();
    else files(request, response);
  };
}

function isHidden(target: string): boolean {
  try {
    return /[/\\]\./.test(decodeURIComponent(target.split("?", 1)[0]!));
  } catch {
    return true;
  }
}

const upgradeRequired: RequestListener = (_request, response) => {
  response
    .writeHead(426, { "Content-Type": "text/plain", Upgrade: "websocket", Connection: "Upgrade" })
    .end("This is a WebSocket server\n");
};
