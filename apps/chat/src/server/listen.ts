// Listening: on the port that was asked for, or the usual one and those after it; and where a browser finds that.
import { once } from "node:events";
import type { Server } from "node:http";
import { type ChatConfig, DEFAULT_PORT } from "./config.ts";

const PORTS_TO_TRY = 20;

/** @throws Error when there is none to be had */
export async function listen(http: Server, { port, host }: Pick<ChatConfig, "port" | "host">): Promise<void> {
  const first = port ?? DEFAULT_PORT;
  const last = port ?? DEFAULT_PORT + PORTS_TO_TRY - 1;
  for (let candidate = first; ; candidate++) {
    try {
      http.listen(candidate, host);
      await once(http, "listening");
      return;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!isTaken || candidate >= last) throw error;
    }
  }
}

/** Where a browser on this machine finds it. */
export function urlOf(host: string | undefined, port: number): string {
  const isEverywhere = host === undefined || host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
