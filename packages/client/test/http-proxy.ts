// An HTTP proxy that speaks CONNECT, and leads every tunnel to a port of this machine, whatever the name.
import { connect, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { rawServer, type RawServer } from "./raw-server.ts";

export interface ProxyOptions {
  /** Where the tunnels lead. Default: to the port that was asked for. */
  readonly port?: number;
  /** What stands in place of the 200. */
  readonly answer?: string;
  readonly tls?: TlsOptions;
}

/** Its `requests` are the CONNECTs; its `url` has the scheme of a proxy. */
export async function httpProxy(options: ProxyOptions = {}): Promise<RawServer> {
  const { port, answer = "HTTP/1.1 200 Connection Established\r\n\r\n", tls } = options;
  const proxy = await rawServer(
    (socket, _key, head) => {
      socket.write(answer, "latin1");
      if (answer.startsWith("HTTP/1.1 2"))
        joinTo(socket, port ?? Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]));
    },
    { ...(tls && { tls }) },
  );
  return { ...proxy, url: `${tls === undefined ? "http" : "https"}://localhost:${proxy.port}` };
}

/** Joins a socket to a port of this machine. */
export function joinTo(socket: Socket, port: number, greeting?: Uint8Array): void {
  const far = connect({ port, host: "localhost", noDelay: true });
  far.on("error", () => socket.destroy());
  socket.on("close", () => far.destroy());
  far.on("close", () => socket.destroy());
  if (greeting !== undefined) socket.write(greeting);
  socket.pipe(far).pipe(socket);
}
