// A connection that a command talks through: dialled once, or again whenever it breaks. Tells an EventOutput what happens
// and counts nothing. Messages are pulled from it, so whoever writes them slowly slows the server down.
import {
  type CloseResult,
  connect,
  type Connection,
  type ConnectionEnd,
  ConnectionError,
  type ConnectOptions,
  type Message,
  ReconnectingConnection,
} from "@ws/client";
import { CommandError, sentence, toCommandError } from "../command-error.ts";
import { ExitCode } from "../exit-code.ts";
import { describeClose, type EventOutput } from "./event-output.ts";
import type { Watching } from "./watching.ts";

export interface Session {
  /** The one that is open now. */
  readonly connection: Connection | undefined;
  readonly messages: AsyncIterable<Message>;
  /** Resolves when there will be no more; rejects where there never was a connection. */
  readonly closed: Promise<CloseResult>;
  /** Resolves when the message has left. */
  send(data: Message): Promise<void>;
  close(code?: number, reason?: string): Promise<CloseResult>;
  /** Gives up without a word. */
  terminate(): void;
}

/** Connects once. */
export async function openSession(
  watching: Watching,
  output: EventOutput,
  signal: AbortSignal,
): Promise<Session> {
  const { url, options } = watching.target;
  const connection = await connect(url, { ...options, signal });
  announce(connection, output, watching);
  return {
    connection,
    messages: connection,
    closed: connection.closed,
    send: (data) => connection.sendAsync(data),
    close: (code, reason) => connection.close(code, reason),
    terminate: () => connection.terminate(),
  };
}

/** Connects again and again. */
export function openReconnecting(watching: Watching, output: EventOutput, signal: AbortSignal): Session {
  const { url, options } = watching.target;
  let current: Connection | undefined;
  let hasConnected = false;
  let failure: CommandError | undefined;
  const client = new ReconnectingConnection<ConnectOptions>({
    connect: async (address, its) => {
      const connection = await connect(address, its);
      current = connection;
      announce(connection, output, watching);
      return connection;
    },
    url,
    options,
    signal,
  });
  client.on("statechange", (change) => {
    if (change.state === "open") hasConnected = true;
    if (change.state !== "open") current = undefined;
    if (change.state === "waiting") output.waiting(change.attempt, change.delayMs, describeEnd(change.end));
    if (change.state === "closed" && change.end?.type === "failed")
      failure = toCommandError(change.end.error);
  });
  const closed = client.closed.then((result) => {
    if (!hasConnected && failure !== undefined) throw failure;
    return result;
  });
  // Whoever talks through it awaits it when the messages have ended; until then it is no unhandled rejection.
  closed.catch(() => {});
  return {
    get connection() {
      return current;
    },
    messages: client,
    closed,
    send: async (data) => {
      const { settled } = await client.send(data);
      if ((await settled) === "dropped") {
        throw new CommandError(
          ExitCode.disconnected,
          "Cannot send a message: the connection broke before it left",
        );
      }
    },
    close: (code, reason) => client.close(code, reason),
    terminate: () => {
      void client.close();
      current?.terminate();
    },
  };
}

function describeEnd(end: ConnectionEnd): string {
  return end.type === "failed" ? sentence(end.error) : describeClose(end.result);
}

function announce(connection: Connection, output: EventOutput, watching: Watching): void {
  const { protocol, extensions } = connection;
  output.opened({ url: shown(watching.target.url), protocol, extensions });
  watching.opened(connection);
  connection.on("ping", (data) => output.pinged(data));
  connection.on("pong", (data) => output.ponged(data, connection.getStats().roundTripMs));
}

/** Without credentials: it ends on screens and in logs. */
export function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = "";
  copy.password = "";
  return copy.href;
}

/** What the command exits with when a connection ended so. */
export function exitCodeOf({ code, wasClean }: CloseResult): ExitCode {
  const isGood = wasClean && (code === 1000 || code === 1001 || code === 1005);
  return isGood ? ExitCode.ok : ExitCode.disconnected;
}

/** Whether sending failed only because the connection is over: how it ended is told elsewhere. */
export function isEnd(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "CONNECTION_CLOSED";
}
