// Runs inside the browser: the browser entry of @ws/client. What it finds is left on the window.
import {
  connect,
  type ConnectError,
  ReconnectingConnection,
  WebSocket as ExportedWebSocket,
} from "@ws/client/browser";
import { play } from "./websocket-scenarios.ts";

async function useConnection(url: string): Promise<unknown> {
  const connection = await connect(`${url}echo`, { highWaterMarkBytes: 1000 });
  const { state, protocol } = connection;
  await connection.sendAsync("text");
  const mayGoOn = connection.send(new Uint8Array(100_000).fill(7));
  await new Promise<void>((resolve) => connection.once("drain", resolve));
  const received: unknown[] = [];
  for await (const message of connection) {
    received.push(typeof message === "string" ? message : [message.length, message[0]]);
    if (received.length === 2) break;
  }
  const result = await connection.close(4000, "bye");
  return { state, protocol, mayGoOn, received, result, after: connection.state };
}

async function useErrors(url: string): Promise<unknown> {
  const network = (await connect(`${url}refused`).catch((error: unknown) => error)) as ConnectError;
  const aborted = await connect(`${url}echo`, { signal: AbortSignal.abort("enough") }).catch(
    (error: unknown) => error,
  );
  const relative = await connect("/echo");
  await relative.close();
  return { network: [network.name, network.code], aborted, relative: relative.state };
}

/** Broken off once, and once closed with a word when to come back; what is sent meanwhile arrives all the same. */
async function useReconnecting(url: string): Promise<unknown> {
  const client = new ReconnectingConnection({
    connect,
    url: `${url}flaky`,
    baseDelayMs: 10,
    heartbeat: { message: "ping", isReply: (message) => message === "ping" },
  });
  const states: string[] = [];
  await new Promise<void>((resolve) => {
    client.on("statechange", (change) => {
      states.push(change.state);
      if (change.state === "waiting" && change.attempt === 3) resolve();
    });
  });
  const received: unknown[] = [];
  const receipts = await Promise.all(["a", "b"].map((text) => client.send(text)));
  for await (const message of client) if (received.push(message) === 2) break;
  const fates = await Promise.all(receipts.map(({ settled }) => settled));
  // A hint of the page's: the heartbeat asks, and its answer is swallowed.
  globalThis.dispatchEvent(new Event("online"));
  const last = await client.send("c");
  for await (const message of client) if (received.push(message) === 3) break;
  const { code } = await client.close();
  return { states, received, statuses: receipts.map(({ status }) => status), fates, last: last.status, code };
}

export interface Found {
  readonly native: boolean;
  readonly story: unknown;
  readonly connection: unknown;
  readonly errors: unknown;
  readonly reconnecting: unknown;
}

async function find(url: string): Promise<Found> {
  return {
    native: ExportedWebSocket === WebSocket,
    story: await play(WebSocket, url),
    connection: await useConnection(url),
    errors: await useErrors(url),
    reconnecting: await useReconnecting(url),
  };
}
Object.assign(globalThis, { find });
