// The process of one node: a WebSocket server, rooms on it, an engine behind them. It is killed without a warning.
import { once } from "node:events";
import { answer, tell } from "load/process/answer";
import { RoomServer } from "@ws/rooms";
import { WebSocketServer } from "@ws/server";
import { ENGINES, type EngineName } from "../engine/engine.ts";
import { protocol, retentionFor } from "../protocol.ts";
import { KEEP_ALIVE } from "./keep-alive.ts";

export interface NodeSettings {
  readonly engine: EngineName;
  /** Of the engine, or of a link to it. */
  readonly port: number;
  readonly shortEntries: number;
}

const answers = {
  /** @returns the port that it listens on */
  start: async ({ engine, port, shortEntries }: NodeSettings): Promise<number> => {
    process.on("warning", (warning) => tell(`warning: ${String(warning)}`));
    const rooms = new RoomServer(protocol, {
      authorize: () => true,
      log: await ENGINES[engine].openLog(port, { retention: retentionFor(shortEntries) }),
      onFault: (error) => tell(`fault: ${error.message}`),
      onError: (error) => tell(`error: ${String((error as Error).stack)}`),
    });
    const server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      protocols: [rooms.subprotocol],
      ...KEEP_ALIVE,
    });
    server.on("connection", (connection, { url }) => {
      rooms.attach(connection, { person: url!.slice(1) });
    });
    await once(server, "listening");
    return server.address()!.port;
  },
};
export type NodeAnswers = typeof answers;

answer(answers);
