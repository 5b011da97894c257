// The process of the server that is soaked: echoes, and ends a connection when it is told to.
import { once } from "node:events";
import { type Connection, type Message, WebSocketServer } from "@ws/server";
import { type Account, Ledger } from "../ledger.ts";
import { answer } from "../process/answer.ts";
import { type Holdings, takeHoldings } from "../process/holdings.ts";
import { type Sample, takeSample } from "../process/sample.ts";
import { HOST } from "../wire/address.ts";

const ledger = new Ledger();
let server: WebSocketServer;

const answers = {
  holdings: (): Promise<Holdings> => takeHoldings(),
  listen: async (): Promise<number> => {
    server = new WebSocketServer({
      port: 0,
      host: HOST,
      http2: true,
      perMessageDeflate: {
        thresholdBytes: 64,
        serverNoContextTakeover: false,
        clientNoContextTakeover: false,
      },
      pingIntervalMs: 1000,
      pongTimeoutMs: 1000,
      handshakeTimeoutMs: 1500,
      closeTimeoutMs: 1000,
    });
    server.on("connection", (connection, { url }) => {
      ledger.enter(url!.slice(1), connection);
      if (url === "/stream" || url === "/givenUp") void echoStreams(connection);
      else connection.on("message", (data) => serve(connection, data));
    });
    await once(server, "listening");
    return server.address()!.port;
  },
  count: (): number => server.clients.size,
  accounts: (): Readonly<Record<string, Account>> => ledger.accounts,
  sample: (): Promise<Sample> => takeSample(),
  shutdown: (): Promise<void> => server.shutdown({ deadlineMs: 2000 }),
};

function serve(connection: Connection, data: Message): void {
  if (data === "close") void connection.close(1000, "As you wish");
  else if (data === "terminate") connection.terminate();
  else connection.send(data);
}

/** Sends what it receives as it arrives; what the client gives up, both ends learn from their close. */
async function echoStreams(connection: Connection): Promise<void> {
  try {
    for await (const message of connection.messageStreams()) {
      await connection.sendStream(message, { type: message.type });
    }
  } catch {
    await connection.close(1011);
  }
}

export type SoakServer = typeof answers;

answer(answers);
