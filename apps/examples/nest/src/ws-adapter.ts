// What Nest asks of a WebSocket library, answered by @ws/server. Messages are `{ event, data }` in JSON, as with Nest's own adapter
// for ws; what a handler returns, or each value of an Observable, is sent back.
import type { Server } from "node:http";
import type { INestApplication, WebSocketAdapter } from "@nestjs/common";
import type { Observable } from "rxjs";
import { type Connection, WebSocketServer, type WebSocketServerOptions } from "@ws/server";

type Handlers = Parameters<WebSocketAdapter["bindMessageHandlers"]>[1];

/** How the server is to be, besides where: origins, authentication, limits. */
export type WsAdapterOptions = Omit<WebSocketServerOptions, "port" | "server" | "noServer" | "path">;

export class WsAdapter implements WebSocketAdapter<WebSocketServer, Connection, { readonly path?: string }> {
  readonly #http: Server;
  readonly #options: WsAdapterOptions;

  constructor(app: INestApplication<Server>, options: WsAdapterOptions = {}) {
    this.#http = app.getHttpServer();
    this.#options = options;
  }

  /** @param port of the gateway; 0 where it has none, and shares the one of the application */
  create(port: number, { path }: { readonly path?: string } = {}): WebSocketServer {
    const where = port === 0 ? { server: this.#http } : { port };
    return new WebSocketServer({ ...this.#options, ...where, ...(path !== undefined && { path }) });
  }

  bindClientConnect(server: WebSocketServer, callback: (...args: unknown[]) => void): void {
    server.on("connection", callback);
  }

  bindClientDisconnect(connection: Connection, callback: () => void): void {
    connection.on("close", callback);
  }

  bindMessageHandlers(
    connection: Connection,
    handlers: Handlers,
    transform: (result: unknown) => Observable<unknown>,
  ): void {
    const callbacks = new Map(handlers.map(({ message, callback }) => [message, callback]));
    connection.on("message", (message) => {
      const said = readMessage(message);
      if (said === undefined) {
        void connection.close(1008, "Not { event, data }");
        return;
      }
      const answers = callbacks.get(said.event)?.(said.data, said.event);
      if (answers === undefined) return;
      transform(answers).subscribe((answer) => {
        if (answer !== undefined) connection.send(JSON.stringify(answer));
      });
    });
  }

  async close(server: WebSocketServer): Promise<void> {
    await server.shutdown({ deadlineMs: 2_000 });
  }

  /** Nest calls it at the end, though its interface does not say so. */
  dispose(): void {}
}

/** A peer may send anything. */
function readMessage(message: unknown): { readonly event: string; readonly data: unknown } | undefined {
  try {
    const { event, data } = JSON.parse(String(message)) as { event: unknown; data: unknown };
    return typeof event === "string" ? { event, data } : undefined;
  } catch {
    return undefined;
  }
}
