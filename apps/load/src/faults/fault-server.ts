// The process of the server under attack: echoes, broadcasts, and keeps the books.
import { once } from "node:events";
import { WebSocketServer } from "@ws/server";
import { answer } from "../process/answer.ts";
import { type Holdings, takeHoldings } from "../process/holdings.ts";
import { type Sample, takeSample } from "../process/sample.ts";
import { HOST } from "../wire/address.ts";
import { writeMessage } from "../wire/numbered-message.ts";
import { type Account, Ledger } from "../ledger.ts";
import type { Limits } from "./limits.ts";

const WATCH_MS = 100;

export interface Broadcasts {
  readonly everyMs: number;
  readonly bytes: number;
}

export interface Peaks {
  readonly rssBytes: number;
  readonly bufferedBytes: number;
  readonly clients: number;
}

const ledger = new Ledger();
const peaks = { rssBytes: 0, bufferedBytes: 0, clients: 0 };
const intervals: NodeJS.Timeout[] = [];
let server: WebSocketServer;
let broadcasts = 0;

function watch(): void {
  peaks.rssBytes = Math.max(peaks.rssBytes, process.memoryUsage.rss());
  peaks.clients = Math.max(peaks.clients, server.clients.size);
  for (const { bufferedAmount } of server.clients)
    peaks.bufferedBytes = Math.max(peaks.bufferedBytes, bufferedAmount);
}

function broadcast(bytes: number): void {
  const message = writeMessage("broadcast", broadcasts++, bytes);
  let prepared;
  for (const client of server.clients) client.send((prepared ??= client.prepare(message)));
}

const answers = {
  holdings: (): Promise<Holdings> => takeHoldings(),
  listen: async (limits: Limits): Promise<number> => {
    server = new WebSocketServer({ port: 0, host: HOST, ...limits });
    server.on("connection", (connection, { url }) => {
      ledger.enter(url!.slice(1), connection);
      connection.on("message", (data) => void connection.send(data));
    });
    await once(server, "listening");
    intervals.push(setInterval(watch, WATCH_MS));
    return server.address()!.port;
  },
  startBroadcasts: ({ everyMs, bytes }: Broadcasts): void => {
    intervals.push(setInterval(() => broadcast(bytes), everyMs));
  },
  /** How many there were. */
  stopBroadcasts: (): number => {
    clearInterval(intervals.pop());
    return broadcasts;
  },
  accounts: (): Readonly<Record<string, Account>> => ledger.accounts,
  peaks: (): Peaks => peaks,
  sample: (): Promise<Sample> => takeSample(),
  /** How many clients are left. */
  shutdown: async (): Promise<number> => {
    clearInterval(intervals.pop());
    await server.shutdown({ deadlineMs: 2000 });
    return server.clients.size;
  },
};
export type FaultServer = typeof answers;

answer(answers);
